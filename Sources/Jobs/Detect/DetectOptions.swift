package import HourglassDetect

/// What `detect` is asked for: to find what is unlike normal items.
package struct DetectOptions: JobOptions {
  package static let task = "detect"
  package static let takesConstants = true

  /// The part of normal rows that may be taken for anomalies.
  package var falseAlarms: Double?
  /// The share of the anomalies that may be normal, where they are chosen together.
  package var falseDiscoveries: Double?
  /// The column that says which rows are anomalies.
  package var labels: String?
  /// The folder of images of squared errors.
  package var heatMaps: String?
  /// Whether what is trained on is normal.
  package var learned: AnomalyDetector.LearnedItems?
  /// The number of latent dimensions.
  package var latent: Int?
  /// The number of items that the model keeps to measure distances to.
  package var references: Int?

  package init() {}

  package mutating func replacePaths(_ path: PathReplacement) throws {
    heatMaps = try heatMaps.map { try path($0, .output) }
  }

  package func validate(_ request: JobRequest) throws {
    let files = request.files
    let given = namesGiven([
      "--latent": latent != nil, "--learned": learned != nil, "--references": references != nil,
    ])
    try files.checkModel(given: given + request.training.given)
    try files.checkResume(request.training)
    try requireAtLeastOne(latent, "--latent")
    if let references {
      try requireOption(
        (0...1 << 20).contains(references),
        "--references",
        "0 to 1048576, found \(references)"
      )
    }
    if let window = request.reading.window, let stride = request.reading.stride {
      // Times between two windows would have no score.
      try requireOption(
        stride <= window,
        "--stride",
        "at most --window (\(window)), so that every time is in a window, found \(stride)"
      )
    }
    if let share = falseDiscoveries {
      try requireOption(
        share > 0 && share < 1,
        "--false-discoveries",
        "above 0 and below 1, found \(share)"
      )
      try requireOption(
        falseAlarms == nil,
        "--false-discoveries",
        "used without --false-alarms: one of them chooses the anomalies"
      )
    }
    if let falseAlarms {
      try requireOption(
        falseAlarms > 0 && falseAlarms < 1,
        "--false-alarms",
        "above 0 and below 1, found \(falseAlarms)"
      )
    }
  }

  /// Whether rows from standard input are answered as they come: with a model, and where no answer depends on
  /// other rows.
  func isLive(_ request: JobRequest) -> Bool {
    request.data.first == "-" && (request.files.model ?? request.files.learnFrom) != nil
      && labels == nil && heatMaps == nil && falseDiscoveries == nil
      && request.reading.series == nil
  }

  package func run(_ run: JobRun) async throws -> JobResult {
    var job = try DetectJob(self, run)
    return try await job.run()
  }
}
