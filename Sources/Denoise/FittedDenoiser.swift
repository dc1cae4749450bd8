internal import HourglassAutoencoders
public import HourglassData
public import HourglassEncodings
public import HourglassEngines
public import HourglassMedia
public import HourglassModelFiles
public import HourglassTasksCommon
internal import HourglassTensors

/// A denoiser that was learned: it takes noise off data of the kind that it was trained on.
///
/// It is a value: nothing that is done with it changes it. An image of any size is worked on in tiles
/// that overlap so far that the result does not depend on them; it keeps its depth, its alpha, its
/// color profile and its EXIF data.
public struct FittedDenoiser: Sendable {
  /// The name of the application in the header of a model file.
  public static let application = "denoise"

  /// How it was set up.
  public let configuration: Denoiser
  /// What a model file says beside its tensors: settings, fields, architecture, provenance.
  public let header: ModelHeader
  /// How well it does on items that were held out, measured when it was learned.
  public let report: DenoisingReport?
  /// Where the state of learning is kept until the model is saved.
  public let checkpoint: String?

  /// The network for each kind of data.
  enum Content: Sendable {
    case images(ImageDenoising)
    case table(TableDenoising)
    case series(SeriesDenoising)
    case sounds(SoundDenoising)
  }

  let content: Content

  init(
    configuration: Denoiser,
    header: ModelHeader,
    report: DenoisingReport?,
    checkpoint: String?,
    content: Content
  ) {
    self.configuration = configuration
    self.header = header
    self.report = report
    self.checkpoint = checkpoint
    self.content = content
  }

  /// Makes it at the end of a run of learning.
  init(
    _ denoiser: Denoiser,
    _ run: TrainingRun,
    _ record: HourglassAutoencoders.TrainingRecord,
    _ report: DenoisingReport?,
    _ content: Content,
    estimate: Double? = nil
  ) throws(ModelFileError) {
    var metrics = report?.metrics ?? [:]
    metrics[Self.estimateName] = estimate
    var report = report?.refereed(by: run.session)
    report?.notes += [TrainingDiagnostics.budget(record)].compactMap { $0 }
    self.init(
      configuration: denoiser,
      header: try run.modelHeader(record, metrics: metrics, report: report),
      report: report,
      checkpoint: run.session.checkpoint,
      content: content
    )
  }

  private static let estimateName = "PSNR, estimated"

  /// How near images come to clean ones, where it trained on noisy ones alone and was told their noise: the
  /// peak signal-to-noise ratio in decibels, estimated on patches that were held out; none elsewhere.
  ///
  /// It is right where the noise is what was told, and a little too low, since the network sees the patches
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
  /// - Throws: `application(.otherKind)` where it was not trained on images, or where it was learned
  ///   from images with colors and the image is gray.
  public func denoised(
    _ image: Image,
    name: String = "the image",
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> Image {
    do {
      let result = try await denoised([PlanarImage(image)], name: name, on: engine)
      return result[0].image(like: image)
    } catch {
      throw HourglassError(error)
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
    do {
      guard case .table(let network) = content else { throw otherKind(table.name, "a table") }
      return try await network.denoised(table, on: engine)
    } catch {
      throw HourglassError(error)
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
    do {
      guard case .series(let network) = content else {
        throw otherKind(series.name, "a time series")
      }
      return try await network.denoised(series, on: engine)
    } catch {
      throw HourglassError(error)
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

  func otherKind(_ name: String, _ found: String) -> TaskError {
    TaskError.otherKind(name: name, expected: kind.nouns.many, found: found)
  }
}
