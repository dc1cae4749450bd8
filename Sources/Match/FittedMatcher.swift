package import HourglassSignatures
public import HourglassTasksCommon

/// A fitted matcher: it gives items their signatures.
///
/// It is a value: nothing that is done with it changes it. An item has the same signatures, to the
/// bit, alone and in any company.
public struct FittedMatcher: Sendable {
  /// The name of the application in the header of a model file.
  public static let application = "match"

  /// How it was set up.
  public let configuration: Matcher
  /// What every fitted model has; its evaluation is of how many items are found from augmented copies.
  public let core: FittedCore

  package let encoding: ItemEncoding
  let model: SignatureModel
  let trained: TrainedItems

  /// The number of numbers of a signature.
  public var dimensions: Int { model.network.latent }

  /// What the items are.
  public var kind: DataKind { encoding.kind }

  /// The items of some data with their names, signatures, metadata and thumbnails, ready to be stored.
  ///
  /// An image or a row of a table has one signature at the position 0. A sound has one for each half
  /// second, at the second where it begins. Items are named after their files, or after the data with
  /// a number; the metadata say the name of the data, and the label of an image that has one.
  ///
  /// - Throws: `application` where the data do not suit the model; `interrupted` on cancellation.
  package func items(
    of data: Dataset,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> [NewItem] {
    try await items(of: data, after: 0, on: engine).items
  }

  /// The same for a part of data, of which some items come before, with the names of those that the
  /// network was not trained on, and of the sounds that are silent, which are not among the items.
  func items(
    of data: Dataset,
    after count: Int,
    _ spectrograms: SoundSpectrograms = SoundSpectrograms(),
    on engine: ComputeEngine
  ) async throws(HourglassError) -> (items: [NewItem], unseen: [String], silent: [String]) {
    try await HourglassError.wrapping {
      let names = data.itemNames(after: count)
      var result: [NewItem] = []
      var unseen: [String] = []
      var silent: [String] = []
      result.reserveCapacity(data.count)
      // Some sounds at a time, whose spectrograms need memory.
      let part = kind == .sounds ? 16 : data.count
      for start in stride(from: 0, to: data.count, by: max(part, 1)) {
        let range = start..<min(start + part, data.count)
        let items = try MatchItems(data, range: range, encoding: encoding, spectrograms)
        let signatures = try await model.signatures(of: items.source, on: engine)
        for (place, rows) in items.rows.enumerated() {
          let index = start + place
          if items.areSilent[place] {
            silent.append(names[index])
            continue
          }
          if kind != .sounds, !trained.contains(rows.lowerBound, of: items.source) {
            unseen.append(names[index])
          }
          result.append(
            NewItem(
              name: names[index],
              signatures: rows.map { signatures.row($0) },
              positions: rows.map { items.positions[$0] },
              metadata: data.metadata(of: index),
              thumbnail: try data.thumbnail(of: index)
            )
          )
        }
      }
      return (result, unseen, silent)
    }
  }

  /// How many items of some data are found from augmented copies, beside principal components and the raw
  /// values.
  ///
  /// Of more than 200 sounds the first 200 are evaluated.
  public func evaluate(
    _ data: Dataset,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> Evaluation {
    try await HourglassError.wrapping {
      let items = try MatchItems(data, range: 0..<min(data.count, 200), encoding: encoding)
      return try await RecallEvaluator(model, seed: configuration.learning.seed)
        .evaluation(items, of: data, as: .given, on: engine)
    }
  }

  /// The signatures of each image or row as a query.
  func queries(of data: Dataset, on engine: ComputeEngine) async throws -> [[Float]] {
    let items = try MatchItems(data, range: 0..<data.count, encoding: encoding)
    let signatures = try await model.signatures(of: items.source, on: engine)
    return (0..<signatures.shape[0]).map { signatures.row($0) }
  }

  /// The signatures of a sound at every other frame, from which those of each phase are taken.
  func queryClip(
    of spectrogram: Tensor,
    _ encoding: SoundEncoding,
    on engine: ComputeEngine
  ) async throws -> QueryClip {
    let frames = spectrogram.shape[0]
    let places = encoding.starts(frameCount: frames, every: SoundEncoding.phaseStep)
      .map { SoundPatch(sound: 0, start: $0) }
    let source = EncodedRows([spectrogram], places: places, encoding: encoding)
    let signatures = try await model.signatures(of: source, on: engine)
    return QueryClip(
      signatures: (0..<signatures.shape[0]).map { signatures.row($0) },
      areSilent: encoding.areSilent(places.map(\.start), in: spectrogram),
      encoding: encoding
    )
  }
}

extension Tensor {
  /// A row of a tensor of two dimensions.
  fileprivate func row(_ index: Int) -> [Float] {
    let width = shape[1]
    return Array(scalars[index * width..<(index + 1) * width])
  }
}

extension Dataset {
  /// The longest side of a thumbnail.
  private static let thumbnailSide = 64

  /// What is known about an item beside its name.
  func metadata(of index: Int) -> [String: String] {
    var metadata = ["source": name]
    if case .images(let images) = self, let labels = images.labels {
      metadata["label"] = String(labels[index])
    }
    return metadata
  }

  /// A small image of an item as PNG; none for other data than images.
  func thumbnail(of index: Int) throws(DatasetError) -> [UInt8]? {
    guard case .images(let images) = self, (images.commonShape?[0] ?? 1) <= 4 else { return nil }
    var image = try images.image(index).withDepth(8)
    let longest = max(image.width, image.height)
    if longest > Self.thumbnailSide {
      func fitted(_ side: Int) -> Int { max(side * Self.thumbnailSide / longest, 1) }
      image = image.resized(
        to: ImageSize(width: fitted(image.width), height: fitted(image.height))
      )
    }
    return try asData(try image.encoded(as: .png))
  }
}
