internal import HourglassAutoencoders
internal import HourglassData
internal import HourglassEncodings
internal import HourglassEngines
internal import HourglassMedia
internal import HourglassTensors

/// How the items of a kind of data become items of the network: fitted with it, and kept in the model.
enum MatchEncoding: Hashable, Sendable, Codable {
  /// Images, all of one size.
  case images(ImageEncoding)
  /// Sounds.
  case sounds(SoundPatching)
  /// Rows of a table.
  case table(TableEncoding)

  /// The longest side of the images that signatures are made of; larger ones are made smaller.
  static let longestSide = 64
  /// The most sounds that are trained on, taken at regular steps; it bounds memory.
  static let mostSounds = 300

  /// The kind of data.
  var kind: DataKind {
    switch self {
    case .images: .images
    case .sounds: .sounds
    case .table: .table
    }
  }

  /// The shape of an item of the network.
  var itemShape: Shape {
    switch self {
    case .images(let fields): fields.itemShape
    case .sounds(let patching): patching.itemShape
    case .table(let encoding): [encoding.width + encoding.fields.count]
    }
  }

  /// What an item is to the network.
  var form: AugmentedViews.Form {
    switch self {
    case .images: .image
    case .sounds(let patching): .patch(frames: patching.frames, margin: patching.margin)
    case .table(let encoding): .row(width: encoding.width)
    }
  }

  /// What is wrong with an encoding that was read from a file, if anything.
  var problem: String? {
    switch self {
    case .images(let fields): fields.problem
    case .sounds(let patching): patching.problem
    case .table(let encoding): encoding.problem
    }
  }
}

// MARK: - Fitting

extension MatchEncoding {
  /// Fits the encoding to data, and gives the items that a network is trained on.
  static func learning(
    from data: Dataset,
    _ kept: SoundSpectrograms
  ) throws -> (encoding: MatchEncoding, items: any BatchSource) {
    switch data {
    case .images(let images):
      let numbers = try uniform(images)
      let fields = try ImageEncoding(numbers, rows: Array(0..<numbers.count))
      return (.images(fields), try EncodedRows(.images(numbers), encoding: .images(fields)))
    case .sounds(let sounds):
      let patching = SoundPatching()
      let step = max((sounds.count + mostSounds - 1) / mostSounds, 1)
      let chosen = Array(stride(from: 0, to: sounds.count, by: step))
      let spectrograms = try spectrograms(of: sounds, chosen, patching, kept)
      let places = spectrograms.indices.flatMap { sound in
        patching.starts(frameCount: spectrograms[sound].shape[0], every: 1)
          .map { SignaturePatches.Place(sound: sound, start: $0) }
      }
      let varies = spectrograms.contains { $0.scalars.contains { value in value > -13 } }
      guard varies, places.count > 1 else {
        throw TaskError.nothingVaries(name: data.name, rows: places.count)
      }
      return (.sounds(patching), SignaturePatches(spectrograms, places: places, patching))
    case .table(let rows):
      let table = rows.sample
      let encoding = try TableEncoding(learning: table, rows: Array(0..<table.rowCount))
      return (.table(encoding), EncodedRows(try encoding.encoded(table), layout: encoding.layout))
    case .series:
      throw TaskError.otherKind(
        name: data.name,
        expected: "images, sounds or rows of a table",
        found: "windows of a time series"
      )
    }
  }

  /// Images of one size that is not larger than signatures need.
  private static func uniform(_ images: ImageSet) throws(DatasetError) -> NumericDataset {
    if let shape = images.commonShape, max(shape[1], shape[2]) <= longestSide {
      return try images.uniform()
    }
    guard let shape = images.commonShape else {
      return try images.uniform(size: ImageSize(width: longestSide, height: longestSide))
    }
    let longest = max(shape[1], shape[2])
    func fitted(_ side: Int) -> Int { max((side * longestSide + longest / 2) / longest, 1) }
    return try images.uniform(size: ImageSize(width: fitted(shape[2]), height: fitted(shape[1])))
  }

  static func spectrograms(
    of sounds: SoundSet,
    _ indices: [Int],
    _ patching: SoundPatching,
    _ kept: SoundSpectrograms,
    keeps: Bool = true
  ) throws -> [Tensor] {
    try indices.map { index in
      try Task.checkCancellation()
      return try kept.spectrogram(of: sounds, index, patching, keeps: keeps)
    }
  }
}

// MARK: - Use

/// The signatures that some named items are to have, as items of the network.
struct MatchItems: Sendable {
  /// The items of the network, those of one named item after those of the other.
  let source: any BatchSource
  /// The rows of each named item.
  let rows: [Range<Int>]
  /// The positions of the rows within their named items.
  let positions: [Double]
}

extension MatchEncoding {
  /// Data for the trained network: one row for each image or row of a table, and one for each
  /// half second of a sound.
  ///
  /// - Parameters:
  ///   - range: The sounds to take; ignored for other kinds of data.
  ///   - kept: Where the spectrograms of sounds are, as far as they were computed before.
  func items(
    of data: Dataset,
    range: Range<Int>,
    _ kept: SoundSpectrograms = SoundSpectrograms()
  ) throws -> MatchItems {
    switch (self, data) {
    case (.images(let fields), .images(let images)):
      let shape = fields.itemShape
      let numbers = try images.uniform(
        channels: shape[0],
        size: ImageSize(width: shape[2], height: shape[1])
      )
      return Self.single(try EncodedRows(.images(numbers), encoding: .images(fields)))
    case (.table(let encoding), .table(let table)):
      return Self.single(
        EncodedRows(try encoding.encoded(table.whole()), layout: encoding.layout)
      )
    case (.sounds(let patching), .sounds(let sounds)):
      let spectrograms = try Self.spectrograms(
        of: sounds,
        Array(range),
        patching,
        kept,
        keeps: false
      )
      var places: [SignaturePatches.Place] = []
      var rows: [Range<Int>] = []
      for (sound, spectrogram) in spectrograms.enumerated() {
        let first = places.count
        places += patching.starts(frameCount: spectrogram.shape[0], every: patching.step)
          .map { SignaturePatches.Place(sound: sound, start: $0) }
        rows.append(first..<places.count)
      }
      return MatchItems(
        source: SignaturePatches(spectrograms, places: places, patching),
        rows: rows,
        positions: places.map { Double($0.start) * patching.frameSeconds }
      )
    default:
      throw TaskError.otherKind(
        name: data.name,
        expected: kind.nouns.many,
        found: data.kind.nouns.many
      )
    }
  }

  private static func single(_ source: any BatchSource) -> MatchItems {
    MatchItems(
      source: source,
      rows: (0..<source.count).map { $0..<$0 + 1 },
      positions: [Double](repeating: 0, count: source.count)
    )
  }
}

extension Dataset {
  /// A name for each item: that of its file, or the name of the data and a number from 1 on.
  func itemNames(after first: Int = 0) -> [String] {
    switch self {
    case .images(let images):
      images.names == (1...images.count).map(String.init)
        ? images.names.map { "\(images.name):\($0)" } : images.names
    case .sounds(let sounds): sounds.names
    case .table, .series: (0..<count).map { "\(name):\(first + $0 + 1)" }
    }
  }
}
