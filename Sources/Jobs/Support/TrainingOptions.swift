internal import HourglassEngines
internal import HourglassTasksCommon

/// How long training takes, by which steps, and from which random numbers.
package struct TrainingOptions: Codable, Hashable, Sendable {
  /// The most times to go through the data.
  package var epochs: Int?
  /// The most minutes.
  package var minutes: Double?
  /// The rows of a step.
  package var batch: Int?
  /// The largest learning rate.
  package var learningRate: Float?
  /// Where all random numbers come from.
  package var seed: UInt64?
  /// Whether to go on from the checkpoint of a run that was interrupted.
  package var resume = false
  /// The file of the checkpoint.
  package var checkpoint: String?
  /// The seconds between two checkpoints.
  package var checkpointEvery: Double?

  package init() {}

  /// The settings that they make.
  var settings: TrainingSettings {
    TrainingSettings(
      epochs: epochs,
      seconds: minutes.map { $0 * 60 },
      batchSize: batch,
      learningRate: learningRate,
      seed: seed ?? 0
    )
  }

  /// The options that were given, by their names.
  var given: [String] {
    namesGiven([
      "--epochs": epochs != nil, "--minutes": minutes != nil, "--batch": batch != nil,
      "--learning-rate": learningRate != nil, "--seed": seed != nil, "--resume": resume,
      "--checkpoint": checkpoint != nil, "--checkpoint-every": checkpointEvery != nil,
    ])
  }

  func validate() throws(Failure) {
    try requireAtLeastOne(epochs, "--epochs")
    try requireAtLeastOne(batch, "--batch")
    if let minutes {
      try requireOption(
        minutes > 0 && minutes < 1e6,
        "--minutes",
        "above 0 and below 1,000,000, found \(minutes)"
      )
    }
    if let learningRate {
      try requireOption(
        learningRate > 0 && learningRate < 1e6,
        "--learning-rate",
        "above 0 and below 1,000,000, found \(learningRate)"
      )
    }
    if let checkpointEvery {
      try requireOption(
        checkpointEvery >= 0 && checkpointEvery < 1e9,
        "--checkpoint-every",
        "at least 0 and below 1,000,000,000, found \(checkpointEvery)"
      )
    }
  }
}

/// What it is computed with.
package struct ComputingOptions: Codable, Hashable, Sendable {
  /// The number formats to choose from.
  package enum Precision: String, Codable, CaseIterable, Sendable {
    case auto, float32, bfloat16
  }

  /// The number format.
  package var precision = Precision.auto
  /// The threads; all cores where none is named.
  package var threads: Int?

  package init() {}

  func validate() throws(Failure) {
    guard let threads else { return }
    try requireOption((1...1024).contains(threads), "--threads", "from 1 to 1024, found \(threads)")
  }

  /// The engine that computes so.
  var engine: ComputeEngine { ComputeEngine(engineConfiguration) }

  /// How an engine computes so.
  var engineConfiguration: ComputeEngine.Configuration {
    let format: ComputePrecision =
      switch precision {
      case .auto: .automatic
      case .float32: .float32
      case .bfloat16: .bfloat16
      }
    return ComputeEngine.Configuration(threads: threads, precision: format)
  }
}
