import ArgumentParser
import HourglassTasksCommon
import HourglassTensors

/// For how long is learned, by which steps, and from which random numbers.
struct TrainingOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The most times to go through the data.", valueName: "n"))
  var epochs: Int?

  @Option(help: ArgumentHelp("The most minutes to learn; 0.5 is half of one.", valueName: "m"))
  var minutes: Double?

  @Option(help: ArgumentHelp("The rows of a step (default: by the data).", valueName: "n"))
  var batch: Int?

  @Option(help: ArgumentHelp("The largest learning rate (default: 0.001).", valueName: "rate"))
  var learningRate: Float?

  @Option(
    help: ArgumentHelp(
      "Where all random numbers come from (default: 0); the same seed, data and threads give the "
        + "same model file.",
      valueName: "n"
    )
  )
  var seed: UInt64?

  @Flag(help: "Go on from the checkpoint of a run that was interrupted.")
  var resume = false

  @Option(
    help: ArgumentHelp(
      "Keep the state of learning here until it is done (default: .NAME.checkpoint beside the "
        + "model, or beside the codes).",
      valueName: "file"
    )
  )
  var checkpoint: String?

  @Option(
    help: ArgumentHelp("The seconds between two checkpoints (default: 30).", valueName: "s")
  )
  var checkpointEvery: Double?

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
    var names: [String] = []
    if epochs != nil { names.append("--epochs") }
    if minutes != nil { names.append("--minutes") }
    if batch != nil { names.append("--batch") }
    if learningRate != nil { names.append("--learning-rate") }
    if seed != nil { names.append("--seed") }
    if resume { names.append("--resume") }
    if checkpoint != nil { names.append("--checkpoint") }
    if checkpointEvery != nil { names.append("--checkpoint-every") }
    return names
  }

  func validate() throws {
    try requireAtLeastOne(epochs, "--epochs")
    try requireAtLeastOne(batch, "--batch")
    if let minutes {
      try requireOption(minutes > 0 && minutes < 1e6, "--minutes", "above 0, found \(minutes)")
    }
    if let learningRate {
      try requireOption(
        learningRate > 0 && learningRate.isFinite,
        "--learning-rate",
        "above 0, found \(learningRate)"
      )
    }
    if let checkpointEvery {
      try requireOption(
        checkpointEvery >= 0 && checkpointEvery < 1e9,
        "--checkpoint-every",
        "at least 0, found \(checkpointEvery)"
      )
    }
  }
}
