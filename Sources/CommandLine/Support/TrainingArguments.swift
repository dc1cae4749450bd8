import ArgumentParser
import HourglassJobs

/// How long training takes, by which steps, and from which random numbers.
struct TrainingArguments: ParsableArguments {
  @Option(help: ArgumentHelp("The most times to go through the data.", valueName: "n"))
  var epochs: Int?

  @Option(help: ArgumentHelp("The most minutes to train; 0.5 is half of one.", valueName: "m"))
  var minutes: Double?

  @Option(help: ArgumentHelp("The rows of a step (default: by the data).", valueName: "n"))
  var batch: Int?

  @Option(help: ArgumentHelp("The largest learning rate (default: 0.001).", valueName: "rate"))
  var learningRate: Float?

  @Option(
    help: ArgumentHelp(
      "The seed of all random numbers (default: 0); the same seed, data and threads give the "
        + "same model file.",
      valueName: "n"
    )
  )
  var seed: UInt64?

  @Flag(help: "Resume from the checkpoint of a run that was interrupted.")
  var resume = false

  @Option(
    help: ArgumentHelp(
      "Keep the state of training here until it is done (default: .NAME.checkpoint beside the "
        + "model, or beside the output).",
      valueName: "file"
    )
  )
  var checkpoint: String?

  @Option(
    help: ArgumentHelp("The seconds between two checkpoints (default: 30).", valueName: "s")
  )
  var checkpointEvery: Double?

  var options: TrainingOptions {
    var options = TrainingOptions()
    options.epochs = epochs
    options.minutes = minutes
    options.batch = batch
    options.learningRate = learningRate
    options.seed = seed
    options.resume = resume
    options.checkpoint = checkpoint
    options.checkpointEvery = checkpointEvery
    return options
  }
}
