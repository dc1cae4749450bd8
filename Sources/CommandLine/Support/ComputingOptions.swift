import ArgumentParser
import HourglassData
import HourglassEngines

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
