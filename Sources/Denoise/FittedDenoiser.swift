public import HourglassTasksCommon

/// A fitted denoiser: it removes noise from data of the kind that it was trained on.
///
/// It is a value: nothing that is done with it changes it. An image of any size is worked on in tiles
/// that overlap so far that the result does not depend on them; it keeps its depth, its alpha, its
/// color profile and its EXIF data.
public struct FittedDenoiser: Sendable {
  /// The name of the application in the header of a model file.
  public static let application = "denoise"

  /// How it was set up.
  public let configuration: Denoiser
  /// What every fitted model has: its header, evaluation and checkpoint.
  public let core: FittedCore

  /// The network for each kind of data.
  enum Content: Sendable {
    case images(ImageDenoising)
    case table(TableDenoising)
    case series(SeriesDenoising)
    case sounds(SoundDenoising)
  }

  let content: Content

  /// How the columns of a table are encoded; none for other data.
  package var fields: TableEncoding? {
    if case .table(let table) = content { table.encoding } else { nil }
  }

  init(configuration: Denoiser, core: FittedCore, content: Content) {
    self.configuration = configuration
    self.core = core
    self.content = content
  }

  /// Makes it at the end of a training run.
  init(
    _ denoiser: Denoiser,
    _ run: TrainingRun,
    _ record: HourglassAutoencoders.TrainingRecord,
    _ evaluation: Evaluation?,
    _ content: Content,
    estimate: Double? = nil
  ) throws(ModelFileError) {
    var evaluation = evaluation
    evaluation?.warnings += [TrainingDiagnostics.budget(record)].compactMap { $0 }
    self.init(
      configuration: denoiser,
      core: try run.core(
        record,
        evaluation,
        estimates: estimate.map { [Self.estimateName: $0] } ?? [:]
      ),
      content: content
    )
  }

  private static let estimateName = "PSNR, estimated"

  /// How near images come to clean ones, where it was trained on noisy ones alone of a given noise: the
  /// peak signal-to-noise ratio in decibels, estimated on patches that were held out; none elsewhere.
  ///
  /// It is right where the noise is the given one, and a little too low, since the network sees the patches
  /// with more noise than theirs.
  public var estimatedPeakSignalToNoiseRatio: Double? {
    header.training.metrics[Self.estimateName]
  }

  /// What it was trained on.
  public var kind: DataKind {
    switch content {
    case .images: .images
    case .table: .table
    case .series: .series
    case .sounds: .sounds
    }
  }

  /// The noise that it takes off.
  public var noise: Noise { configuration.noise(for: kind) }

  /// An image without its noise.
  ///
  /// - Parameter name: What to call it in an error.
  /// - Throws: `application(.otherKind)` where it was not trained on images, or where it was trained
  ///   from images with colors and the image is gray.
  public func denoised(
    _ image: Image,
    name: String = "the image",
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> Image {
    try await HourglassError.wrapping {
      let result = try await denoised([PlanarImage(image)], name: name, on: engine)
      return result[0].image(like: image)
    }
  }

  /// A table whose numbers are without their noise; other cells and missing ones stay as they are.
  ///
  /// - Throws: `application(.otherKind)` where it was not trained on a table, `dataset` where columns
  ///   are missing.
  public func denoised(
    _ table: Table,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> Table {
    try await HourglassError.wrapping {
      guard case .table(let network) = content else { throw otherKind(table.name, "a table") }
      return try await network.denoised(table, on: engine)
    }
  }

  /// The table of a time series whose values are without their noise, its rows in the order in which
  /// they were given; missing cells stay.
  ///
  /// - Throws: `application(.otherKind)` where it was not trained on series of these columns.
  public func denoised(
    _ series: SeriesSet,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> Table {
    try await HourglassError.wrapping {
      guard case .series(let network) = content else {
        throw otherKind(series.name, "a time series")
      }
      return try await network.denoised(series, on: engine)
    }
  }

  /// The tables of a table or time series whose values are without their noise, batch by batch, in
  /// memory that the length of the data does not matter to.
  ///
  /// - Parameter body: Takes each batch and its rows.
  /// - Throws: As for all at once, and what `body` throws.
  public func denoised(
    _ data: Dataset,
    on engine: ComputeEngine = ComputeEngine(),
    _ body: (DatasetBatch, Table) async throws -> Void
  ) async throws {
    let batches = try data.batches()
    try await batches.forEach(on: engine) { batch, engine in
      switch batch.data {
      case .table(let table): try await denoised(table.sample, on: engine)
      case .series(let series): batch.wanted(try await denoised(series.sample, on: engine))
      case .images, .sounds: throw otherKind(data.name, data.kind.nouns.many)
      }
    } take: {
      try await body($0, $1)
    }
  }

  /// The planes of images without their noise, which may lie a little outside of 0 to 1.
  func denoised(
    _ images: [PlanarImage],
    name: String,
    on engine: ComputeEngine
  ) async throws -> [PlanarImage] {
    guard case .images(var network) = content else { throw otherKind(name, "images") }
    return try await network.denoised(images, name: name, on: engine)
  }

  /// Checks that there are as many clean items as noisy ones, where there are clean ones.
  func requireClean(_ clean: Int?, for noisy: Int, _ noun: String) throws(TaskError) {
    try requireSetting(
      clean == nil || clean == noisy,
      "the number of clean \(noun)",
      "that of the noisy ones, \(noisy)",
      clean ?? 0
    )
  }

  func otherKind(_ name: String, _ found: String) -> TaskError {
    TaskError.otherKind(name: name, expected: kind.nouns.many, found: found)
  }
}
