internal import HourglassTasksCommon

/// The items that a network was trained on, by a fingerprint of each as the network sees it, or of a whole sound.
///
/// A stored item that was trained on says nothing about items that are not in the database. Fingerprints
/// have 24 bits, which a Float32 holds exactly: of some 10,000 trained items, one new item in 1,700 is taken
/// for one of them and is left out of the calibration, which does no harm.
struct TrainedItems: Sendable {
  /// The name of the tensor that keeps the fingerprints in a model file.
  private static let tensorName = "trained_items"
  /// The items are read so many at a time.
  private static let batch = 256

  private let fingerprints: Set<UInt32>

  /// No items.
  init() {
    fingerprints = []
  }

  /// Some items of a source.
  init(_ indices: [Int], of source: any BatchSource) {
    var found: Set<UInt32> = []
    let width = source.itemShape.elementCount
    var values = [Float](repeating: 0, count: Self.batch * width)
    for start in stride(from: 0, to: indices.count, by: Self.batch) {
      let part = Array(indices[start..<min(start + Self.batch, indices.count)])
      var span = values.mutableSpan
      source.copyItems(part.span, into: &span)
      for place in part.indices {
        found.insert(Self.fingerprint(values.span.extracting(place * width..<(place + 1) * width)))
      }
    }
    fingerprints = found
  }

  /// Sounds, by the hashes of what they hold.
  init(sounds hashes: [UInt64]) { fingerprints = Set(hashes.map(Self.fingerprint)) }

  /// Whether a sound is one of them, by the hash of what it holds.
  func contains(sound hash: UInt64) -> Bool { fingerprints.contains(Self.fingerprint(hash)) }

  /// The fewest sounds that were not trained on that are enough for all rates from .01 on.
  private static let enoughSounds = 99

  /// The sounds of a set whose query clips calibrate: those that were not trained on where they are many, else all.
  ///
  /// Distances of sounds are relative, and those of sounds that were trained on are nearly as those of others
  /// (decision 0059).
  func calibrating(in sounds: SoundSet) -> [Int] {
    let others = (0..<sounds.count).filter { !contains(sound: sounds.contentHash($0)) }
    return others.count >= Self.enoughSounds ? others : Array(0..<sounds.count)
  }

  /// Reads them from a model file.
  init(_ file: ModelContents) throws(TaskError) {
    guard let tensor = file.tensors[Self.tensorName] else {
      fingerprints = []
      return
    }
    guard tensor.scalars.allSatisfy({ (0..<16_777_216).contains($0) }) else {
      throw file.damaged("the tensor \(Self.tensorName) should hold numbers of 24 bits")
    }
    fingerprints = Set(tensor.scalars.map { UInt32($0) })
  }

  /// What a model file keeps: `[count]`, ascending.
  var tensors: [String: Tensor] {
    guard !fingerprints.isEmpty else { return [:] }
    let scalars = fingerprints.sorted().map { Float($0) }
    return [Self.tensorName: Tensor(scalars, shape: [scalars.count])]
  }

  /// Whether an item of a source is one of them.
  func contains(_ index: Int, of source: any BatchSource) -> Bool {
    guard !fingerprints.isEmpty else { return false }
    var values = [Float](repeating: 0, count: source.itemShape.elementCount)
    var span = values.mutableSpan
    source.copyItems([index].span, into: &span)
    return fingerprints.contains(Self.fingerprint(values.span))
  }

  private static func fingerprint(_ values: Span<Float>) -> UInt32 {
    fingerprint(Fingerprint.hash(values.bytes))
  }

  private static func fingerprint(_ hash: UInt64) -> UInt32 { UInt32(hash & 0xFF_FFFF) }
}

/// How many images or rows are not trained on, so that they calibrate from which distance on an item is not in the database.
///
/// Training drives the items that it sees away from one another, so that only items that it did not see are as near
/// to the stored ones as an item not in the database is.
enum HeldOutItems {
  /// The most of few items, which are enough for a rate of .01.
  private static let most = 120
  /// As many as a rate of .05 needs, and one of .01, and one more.
  private static let enough = (forTwentieth: 20, forHundredth: 100)

  /// The number of items that are held out.
  ///
  /// Of few items it is a quarter, at least 20 and from 300 on at least 100, but at most two fifths and at most 120, so
  /// that a false-accept rate of .05 can be asked of 50 items, and one of .01 of 300; of many images and rows a
  /// twentieth, at most 1,000.
  static func count(of count: Int) -> Int {
    let least = count >= 3 * enough.forHundredth ? enough.forHundredth : enough.forTwentieth
    let few = min(max(count / 4, least), count * 2 / 5, most)
    return max(few, min(count / 20, 1_000))
  }
}
