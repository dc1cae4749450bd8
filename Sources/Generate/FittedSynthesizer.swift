internal import HourglassAutoencoders
public import HourglassData
public import HourglassEncodings
public import HourglassEngines
public import HourglassEvaluation
internal import HourglassModelFiles
internal import HourglassStatistics
public import HourglassTasksCommon
internal import HourglassTensors

/// A fitted generator: it makes new items like those it trained on.
///
/// It is a value: nothing that is done with it changes it. The same seed gives the same items, and
/// fewer of them are the first of more.
public struct FittedSynthesizer: Sendable {
  /// The name of the application in the header of a model file.
  public static let application = "generate"

  /// How it was set up.
  public let configuration: Synthesizer
  /// What every fitted model has: its header, evaluation and checkpoint.
  public let core: FittedCore

  let model: SynthesisModel

  /// How items are encoded.
  package var encoding: ItemEncoding { model.fields.encoding }

  /// What it generates.
  public var kind: DataKind { model.fields.kind }

  /// The number of latent dimensions; 0 where the distribution is one of trees.
  public var latent: Int { model.latent }

  /// What the distribution was learned by.
  public var modelType: Synthesizer.ModelType {
    if case .trees = model { .trees } else { .vae }
  }

  /// The names of the columns of what it generates; empty for images.
  public var columns: [String] { model.fields.columns.map(\.name) }

  /// How the columns of a table are encoded; none for images.
  package var fields: TableEncoding? { model.fields.encoding.fields }

  /// New items: rows of a table, images, or windows of a series as the rows of a table, with the
  /// columns `window` and `step`, the key of the series and the time before those of the channels.
  ///
  /// - Parameters:
  ///   - count: The number of items, at least 1.
  ///   - seed: Where all random numbers come from.
  ///   - engine: Where it is computed.
  public func generated(
    _ count: Int,
    seed: UInt64 = 0,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> Dataset {
    try await HourglassError.wrapping {
      try requireHeld(count)
      guard kind == .images else {
        return .table(try await model.newTable(count, seed: seed, on: engine))
      }
      var scalars: [Float] = []
      let network = try model.requireNetwork(to: "generate images from")
      try await network.forEachBlock(count, seed: seed) { codes, block in
        scalars += try await network.values(at: codes, block: block, seed: seed, on: engine).scalars
      }
      return try dataset(images: scalars, count: count)
    }
  }

  /// How alike generated items are to those of some data.
  ///
  /// - Parameters:
  ///   - data: The data.
  ///   - boundSamples: The latent vectors that are drawn for an image to bound its probability, at least 1;
  ///     `nil` takes 200.
  ///   - boundImages: The most images that latent vectors are drawn for, spread over all; `nil` takes 500 at
  ///     most, or where 200 are drawn, 1,000 at most and fewer after short training.
  ///   - engine: Where it is computed.
  public func evaluate(
    _ data: Dataset,
    boundSamples: Int? = nil,
    boundImages: Int? = nil,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> Evaluation {
    try await HourglassError.wrapping {
      try requireBoundSize(samples: boundSamples, images: boundImages)
      let (seen, overflows) = header.training.epochs
        .multipliedReportingOverflow(by: header.provenance.itemCount)
      let size = BoundSize(
        samples: boundSamples,
        images: boundImages,
        seen: overflows ? .max : max(seen, 0)
      )
      return try await SynthesisEvaluator(
        model: model,
        seed: configuration.learning.seed,
        boundSize: size
      )
      .evaluation(of: data, evaluated: nil, learned: nil, as: .given, on: engine)
    }
  }

  /// What latent vectors `[count, latent]` stand for.
  func decoded(_ codes: Tensor, on engine: ComputeEngine) async throws -> Dataset {
    let network = try model.requireNetwork(to: "decode latent vectors by")
    guard kind == .images else {
      let table = try await network.dataset(at: codes, block: 0, seed: 0, on: engine)
      return .table(model.fields.formed(table, seed: 0))
    }
    let values = try await network.values(at: codes, block: 0, seed: 0, on: engine)
    return try dataset(images: values.scalars, count: codes.shape[0])
  }

  /// Images of values from 0 to 1 in the units of the data.
  func dataset(images: [Float], count: Int) throws -> Dataset {
    guard case .images(let encoding) = model.fields.encoding else {
      preconditionFailure("no images")
    }
    var values = images
    encoding.decode(&values)
    let tensor = Tensor(values, shape: Shape([count] + encoding.shape.dimensions))
    return .images(ImageSet(try NumericDataset(name: "generated", images: tensor)))
  }
}

extension FittedSynthesizer {
  /// For each column whose texts are made in their own form how many of so many rows that are generated with a seed
  /// have longer texts, as the form has too few: these have a number behind them.
  package func lengthenedTexts(_ count: Int, seed: UInt64) -> [String: Int] {
    model.fields.lengthenedTexts(count, seed: seed)
  }
}
