import ArgumentParser

/// `quality reduce`.
struct ReductionCommand: QualityBenchmarkCommand {
  static let configuration: CommandConfiguration = described(
    of: ReductionBenchmark(preservesNeighbors: false),
    "A map of images: classes, neighbors, reconstruction (IDX, four files).",
    example: "fashion-mnist/ --preserve neighbors"
  )

  /// What `reduce --preserve` takes.
  enum Preserved: String, ExpressibleByArgument, CaseIterable {
    case neighbors
  }

  @OptionGroup
  var options: QualityOptions

  @Option(help: "What the map keeps, as reduce has it: neighbors.")
  var preserve: Preserved?

  var benchmark: any QualityBenchmark { ReductionBenchmark(preservesNeighbors: preserve != nil) }
}

/// `quality features-cifar10`.
struct PhotographFeaturesCommand: QualityBenchmarkCommand {
  static let configuration: CommandConfiguration = described(
    of: PhotographFeaturesBenchmark(dimensions: nil),
    "What a linear model makes of features of small photographs (CIFAR-10, binary).",
    example: "cifar10/ --dimensions 1024"
  )

  @OptionGroup
  var options: QualityOptions

  @OptionGroup
  var size: SizeOptions

  var benchmark: any QualityBenchmark { PhotographFeaturesBenchmark(dimensions: size.dimensions) }
}

/// `quality match-images`.
struct MatchImagesCommand: QualityBenchmarkCommand {
  static let configuration: CommandConfiguration = described(
    of: MatchImagesBenchmark(dimensions: nil),
    "Images found again from noisy copies that are moved (IDX).",
    example: "fashion-mnist/"
  )

  @OptionGroup
  var options: QualityOptions

  @OptionGroup
  var size: SizeOptions

  var benchmark: any QualityBenchmark { MatchImagesBenchmark(dimensions: size.dimensions) }
}

/// `quality denoise-bsd68`.
struct DenoisingCommand: QualityBenchmarkCommand {
  static let configuration: CommandConfiguration = described(
    of: DenoisingBenchmark(levels: [15, 25, 50], isBlind: false),
    "Noise taken off gray photographs (folders bsd400 and bsd68).",
    example: "denoising/ --levels 25 --minutes 10"
  )

  @OptionGroup
  var options: QualityOptions

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("The levels of the noise, of 255.", valueName: "n")
  )
  var levels = [15, 25, 50]

  @Flag(help: "Train one network for all levels.")
  var blind = false

  func validate() throws {
    let isGood = !levels.isEmpty && levels.allSatisfy { (1...255).contains($0) }
    try requireOption(isGood, "--levels", "numbers from 1 to 255")
  }

  var benchmark: any QualityBenchmark { DenoisingBenchmark(levels: levels, isBlind: blind) }
}

/// The size of features and signatures.
struct SizeOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The latent dimensions (default: as a user gets).", valueName: "n"))
  var dimensions: Int?

  func validate() throws {
    if let dimensions {
      try requireOption((1...4096).contains(dimensions), "--dimensions", "1 to 4096")
    }
  }
}

/// A benchmark without options of its own.
protocol PlainBenchmark: QualityBenchmark {
  /// What it measures, in a line.
  static var abstract: String { get }
  /// The data of an example, and the options after them.
  static var example: String { get }

  init()
}

/// The command of a benchmark without options of its own.
struct PlainCommand<Benchmark: PlainBenchmark>: QualityBenchmarkCommand {
  static var configuration: CommandConfiguration {
    described(of: Benchmark(), Benchmark.abstract, example: Benchmark.example)
  }

  @OptionGroup
  var options: QualityOptions

  var benchmark: any QualityBenchmark { Benchmark() }
}

extension FeaturesBenchmark: PlainBenchmark {
  static let abstract = "What a linear model makes of features of images (IDX, four files)."
  static let example = "fashion-mnist/"
}

extension MatchSongsBenchmark: PlainBenchmark {
  static let abstract =
    "Songs found again from noisy query clips, and unknown songs detected (a folder of sounds)."
  static let example = "songs/"
}

extension NoisyOnlyBenchmark: PlainBenchmark {
  static let abstract =
    "Noise taken off by a network that saw noisy images alone (folders bsd400 and bsd68)."
  static let example = "denoising/ --minutes 10"
}

extension ColorizationBenchmark: PlainBenchmark {
  static let abstract = "Colors of small images (CIFAR-10, binary)."
  static let example = "cifar10/ --minutes 10"
}
