package import HourglassDetect

/// What `detect` is asked for: to find what is unlike normal items.
package struct DetectOptions: JobOptions {
  package static let task = "detect"

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
  /// The length of a code.
  package var latent: Int?

  package init() {}

  package func validate(_ request: JobRequest) throws {
    let (files, data) = (request.files, request.data[0])
    let given = namesGiven(["--latent": latent != nil, "--learned": learned != nil])
    try files.checkModel(given: given + request.training.given)
    try files.checkResume(request.training)
    try requireAtLeastOne(latent, "--latent")
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
    if data == "-" {
      try requireOption(
        files.model != nil || files.learnFrom != nil,
        "detect -",
        "used with --model or --learn-from: what is read once cannot be trained on and scored"
      )
      try requireOption(
        labels == nil && heatMaps == nil && request.reading.series == nil
          && falseDiscoveries == nil,
        "detect -",
        "used for rows of a table, without --labels, --heat-maps, --series and --false-discoveries"
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

  package func run(_ run: JobRun) async throws -> JobResult {
    var job = try DetectJob(self, run)
    return try await job.run()
  }
}
