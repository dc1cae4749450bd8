import ArgumentParser
import HourglassApplications
import HourglassEngines

/// What is learned, for how long, and from which random numbers.
struct LearningOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp("How many numbers describe a row (default: 2).", valueName: "n")
  )
  var dimensions: Int?

  @Option(
    help: ArgumentHelp(
      "The fully connected layers before the code, mirrored behind it (default: by the data).",
      valueName: "512,256,128"
    )
  )
  var hidden: LayerWidths?

  @Option(
    help: ArgumentHelp(
      "dense, or convolutional for images (default: dense).",
      valueName: "kind"
    )
  )
  var architecture: ArchitectureKind?

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
  var settings: LearningSettings {
    LearningSettings(
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
    if dimensions != nil { names.append("--dimensions") }
    if hidden != nil { names.append("--hidden") }
    if architecture != nil { names.append("--architecture") }
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
    try requireAtLeastOne(dimensions, "--dimensions")
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

/// What it is computed with.
struct ComputingOptions: ParsableArguments {
  @Option(help: ArgumentHelp("auto, float32 or bfloat16.", valueName: "format"))
  var precision: PrecisionChoice = .auto

  @Option(help: ArgumentHelp("The threads to compute with (default: all cores).", valueName: "n"))
  var threads: Int?

  func validate() throws {
    if let threads {
      try requireOption(
        (1...1024).contains(threads),
        "--threads",
        "from 1 to 1024, found \(threads)"
      )
    }
  }

  /// The engine that computes so.
  var engine: ComputeEngine {
    ComputeEngine(ComputeEngine.Configuration(threads: threads, precision: precision.value))
  }
}

/// How much is said, and in which form.
struct ReportOptions: ParsableArguments {
  @Flag(help: "Print one JSON object at the end: report, times, files.")
  var json = false

  @Flag(name: [.short, .long], help: "Say nothing unless something is wrong.")
  var quiet = false
}

/// The widths of layers, such as `512,256,128`.
struct LayerWidths: ExpressibleByArgument, Hashable {
  let widths: [Int]

  init?(argument: String) {
    var widths: [Int] = []
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      guard let width = Int(part), (1...1_000_000).contains(width) else { return nil }
      widths.append(width)
    }
    self.widths = widths
  }
}

/// The kinds of layers to choose from.
enum ArchitectureKind: String, ExpressibleByArgument, CaseIterable {
  case dense, convolutional
}

/// The number formats to choose from.
enum PrecisionChoice: String, ExpressibleByArgument, CaseIterable {
  case auto, float32, bfloat16

  /// The choice in the words of the engine.
  var value: ComputeEngine.Precision {
    switch self {
    case .auto: .automatic
    case .float32: .float32
    case .bfloat16: .bfloat16
    }
  }
}

private func requireAtLeastOne(_ value: Int?, _ option: String) throws {
  if let value { try requireOption(value >= 1, option, "at least 1, found \(value)") }
}
