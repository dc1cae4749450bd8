internal import HourglassAutoencoders
internal import HourglassDatasets
public import HourglassModelFiles
internal import HourglassTensors

/// One model of a table that does all the jobs, each as the fitted value of its application.
///
/// The applications share one network; every one of them also reads its part out of the model's file
/// by itself, so that a verb or a service takes that file in place of one of its own.
public struct FittedTableModel: Sendable {
  /// The name of the application in the header of a model file.
  public static let application = "learn"

  /// How it was set up.
  public let configuration: TableLearner
  /// What a model file says beside its tensors: settings, fields, architecture, provenance.
  public let header: ModelHeader
  /// How well it does each job, measured on rows that were held out of learning.
  public let report: TableModelReport?
  /// Where the state of learning is kept until the model is saved.
  public let checkpoint: String?

  /// Reduces rows to codes.
  public let reducer: FittedDimensionReducer
  /// Makes features.
  public let extractor: FittedFeatureExtractor
  /// Makes signatures.
  public let matcher: FittedMatcher
  /// Takes noise off; `nil` for a table without numbers.
  public let denoiser: FittedDenoiser?
  /// Finds anomalies.
  public let detector: FittedAnomalyDetector
  /// Makes new rows.
  public let synthesizer: FittedSynthesizer
  /// Fills missing cells.
  public let imputer: FittedImputer

  let shared: SharedTable

  init(
    configuration: TableLearner,
    header: ModelHeader,
    report: TableModelReport?,
    checkpoint: String?,
    shared: SharedTable,
    views: TableViews
  ) throws {
    self.configuration = configuration
    self.report = report
    self.checkpoint = checkpoint
    self.shared = shared
    reducer = views.reducer
    extractor = views.extractor
    matcher = views.matcher
    denoiser = views.denoiser
    detector = views.detector
    synthesizer = views.synthesizer
    imputer = views.imputer
    var header = header
    let parts = TableModelParts(
      encoding: shared.encoding,
      columns: shared.columns,
      views: views.all.mapValues(\.header)
    )
    header.fields = try JSONValue(encoding: parts, file: "the model")
    header.provenance.keptItemCount = max(
      detector.header.provenance.keptItemCount,
      imputer.header.provenance.keptItemCount
    )
    self.header = header
  }

  /// The length of a code.
  public var latent: Int { shared.whole.autoencoder.latent }

  /// The names of the columns that it learnt from.
  public var columns: [String] { shared.encoding.columns }
}

/// The applications of a model of a table.
struct TableViews: Sendable {
  var reducer: FittedDimensionReducer
  var extractor: FittedFeatureExtractor
  var matcher: FittedMatcher
  var denoiser: FittedDenoiser?
  var detector: FittedAnomalyDetector
  var synthesizer: FittedSynthesizer
  var imputer: FittedImputer

  /// All of them by their names.
  var all: [String: any FittedApplication] {
    var all: [String: any FittedApplication] = [
      FittedDimensionReducer.application: reducer,
      FittedFeatureExtractor.application: extractor,
      FittedMatcher.application: matcher,
      FittedAnomalyDetector.application: detector,
      FittedSynthesizer.application: synthesizer,
      FittedImputer.application: imputer,
    ]
    all[FittedDenoiser.application] = denoiser
    return all
  }
}
