import ArgumentParser
import Hourglass

/// Public benchmarks of quality, measured by one command each.
struct QualityCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quality",
    abstract: "Measure the quality of the tasks by public benchmarks.",
    discussion: """
      Each benchmark is a protocol that others have published figures for: which rows or images are \
      trained on, which are evaluated, and by what measure. A benchmark writes files, runs requests as \
      the command does, and scores the files that these write; it prints each option of a request \
      that differs from the defaults. It prints the figures beside those of \
      simpler methods in the same run and of other programs, and says where these come from. The \
      seed, the seconds and the SHA-256 digest of the data are part of the result, so that a figure \
      can be checked.

      Splits are made with the generator of NumPy, so that a program in Python that follows the same \
      protocol evaluates the same rows.

      EXAMPLES
        hourglass-benchmarks quality adbench-clean --data adbench/
        hourglass-benchmarks quality impute --data letter.csv --json
        hourglass-benchmarks quality reduce --data fashion-mnist/
      """,
    subcommands: [
      DetectionCleanCommand.self, DetectionMixedCommand.self, SeriesCommand.self,
      ImputationCommand.self, SynthesisCommand.self, VariationalImagesCommand.self,
      ReductionCommand.self, PlainCommand<FeaturesBenchmark>.self, PhotographFeaturesCommand.self,
      MatchImagesCommand.self, PlainCommand<MatchSongsBenchmark>.self, DenoisingCommand.self,
      PlainCommand<NoisyOnlyBenchmark>.self, PlainCommand<ColorizationBenchmark>.self,
    ]
  )
}

/// What every benchmark of quality takes.
struct QualityOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The folder or file of the data.", valueName: "path"))
  var data: String

  @Option(help: ArgumentHelp("Only the data sets with this in their names.", valueName: "word"))
  var only: String?

  @Option(
    help: ArgumentHelp(
      "The most minutes of each training (default: as long as a user gets).",
      valueName: "n"
    )
  )
  var minutes: Double?

  @Option(help: ArgumentHelp("The most epochs (default: as many as a user gets).", valueName: "n"))
  var epochs: Int?

  @Option(help: ArgumentHelp("Where all random numbers come from.", valueName: "n"))
  var seed: UInt64 = 0

  @Option(help: ArgumentHelp("The threads to compute with (default: all cores).", valueName: "n"))
  var threads: Int?

  @Flag(help: "Print one JSON object at the end.")
  var json = false

  @Flag(name: [.short, .long], help: "Say nothing of what is being done.")
  var quiet = false

  func validate() throws {
    if let minutes {
      try requireOption(minutes > 0 && minutes.isFinite, "--minutes", "above 0, found \(minutes)")
    }
    if let epochs { try requireOption(epochs >= 1, "--epochs", "at least 1, found \(epochs)") }
    if let threads { try requireOption((1...1024).contains(threads), "--threads", "1 to 1024") }
    try requireOption(!data.isEmpty, "--data", "a path, found an empty text")
  }

  /// Runs a benchmark and prints what it gave.
  func run(_ benchmark: any QualityBenchmark) async throws {
    let isQuiet = quiet
    let run = BenchmarkRun(
      data: data,
      epochs: epochs,
      minutes: minutes,
      seed: seed,
      threads: threads,
      only: only
    ) { line in
      if !isQuiet { note(line) }
    }
    let result = try await run.result(of: benchmark)
    print(try BenchmarkText(result).text(json: json), terminator: "")
  }
}

/// The command of one benchmark of quality.
protocol QualityBenchmarkCommand: AsyncParsableCommand {
  /// What every benchmark takes.
  var options: QualityOptions { get }
  /// The benchmark that the options ask for.
  var benchmark: any QualityBenchmark { get }
}

extension QualityBenchmarkCommand {
  func run() async throws { try await options.run(benchmark) }

  /// The configuration of a command: what is measured, and how it is asked for.
  static func described(
    of benchmark: any QualityBenchmark,
    _ abstract: String,
    example: String
  ) -> CommandConfiguration {
    CommandConfiguration(
      commandName: benchmark.name,
      abstract: abstract,
      discussion: "\(benchmark.summary)\n\nEXAMPLE\n"
        + "  hourglass-benchmarks quality \(benchmark.name) --data \(example)"
    )
  }
}

/// `quality adbench-clean`.
struct DetectionCleanCommand: QualityBenchmarkCommand {
  static let configuration: CommandConfiguration = described(
    of: DetectionBenchmark(setting: .clean),
    "Anomalies, trained on normal rows (.npz files with X and y).",
    example: "adbench/"
  )

  @OptionGroup
  var options: QualityOptions

  var benchmark: any QualityBenchmark { DetectionBenchmark(setting: .clean) }
}

/// `quality adbench-mixed`.
struct DetectionMixedCommand: QualityBenchmarkCommand {
  static let configuration: CommandConfiguration = described(
    of: DetectionBenchmark(setting: .mixed),
    "Anomalies, trained on rows that hold them (.npz files with X and y).",
    example: "adbench/"
  )

  @OptionGroup
  var options: QualityOptions

  var benchmark: any QualityBenchmark { DetectionBenchmark(setting: .mixed) }
}

/// `quality series-anomaly`.
struct SeriesCommand: QualityBenchmarkCommand {
  static let configuration: CommandConfiguration = described(
    of: SeriesBenchmark(stride: nil),
    "Anomalies in series of the Numenta Anomaly Benchmark (a folder of CSV files).",
    example: "nab/ --stride 8"
  )

  @OptionGroup
  var options: QualityOptions

  @Option(help: ArgumentHelp("The rows from one window to the next.", valueName: "n"))
  var stride: Int?

  func validate() throws {
    if let stride { try requireOption((1...128).contains(stride), "--stride", "1 to 128") }
  }

  var benchmark: any QualityBenchmark { SeriesBenchmark(stride: stride) }
}

/// `quality impute`.
struct ImputationCommand: QualityBenchmarkCommand {
  static let configuration: CommandConfiguration = described(
    of: ImputationBenchmark(table: "", rate: 0.2, mechanism: .mcar),
    "Missing cells of tables of numbers (CSV, a file or a folder).",
    example: "letter.csv"
  )

  @OptionGroup
  var options: QualityOptions

  @Option(help: ArgumentHelp("The part of the cells that is deleted.", valueName: "share"))
  var rate = 0.2

  @Option(help: "Why cells are missing: mcar, mar or mnar.")
  var mechanism: ImputationBenchmark.Mechanism = .mcar

  @Option(help: ArgumentHelp("The most rows of a table.", valueName: "n"))
  var rows: Int?

  @Flag(help: "Train on 7 of 10 rows, and fill the others.")
  var outOfSample = false

  func validate() throws {
    try requireOption(rate > 0 && rate < 1, "--rate", "above 0 and below 1, found \(rate)")
    if let rows { try requireOption(rows >= 20, "--rows", "20 or more, found \(rows)") }
  }

  var benchmark: any QualityBenchmark {
    ImputationBenchmark(
      table: options.data,
      rate: rate,
      mechanism: mechanism,
      rowLimit: rows,
      isOutOfSample: outOfSample
    )
  }
}

extension ImputationBenchmark.Mechanism: ExpressibleByArgument {}

/// `quality synthesize`.
struct SynthesisCommand: QualityBenchmarkCommand {
  static let configuration: CommandConfiguration = described(
    of: SynthesisBenchmark(table: ""),
    "Generated rows of a table, beside those trained on (CSV).",
    example: "adult-train.csv"
  )

  @OptionGroup
  var options: QualityOptions

  var benchmark: any QualityBenchmark { SynthesisBenchmark(table: options.data) }
}

/// `quality vae-mnist`.
struct VariationalImagesCommand: QualityBenchmarkCommand {
  static let configuration: CommandConfiguration = described(
    of: VariationalImagesBenchmark(samples: 5_000, imageCount: 500),
    "How probable test images are to what generates such images (MNIST, IDX, four files).",
    example: "mnist/ --minutes 15"
  )

  @OptionGroup
  var options: QualityOptions

  @Option(help: ArgumentHelp("The latent samples that are drawn for an image.", valueName: "n"))
  var boundSamples = 5_000

  @Option(help: ArgumentHelp("The test images that latent samples are drawn for.", valueName: "n"))
  var images = 500

  func validate() throws {
    try requireOption(boundSamples >= 1, "--bound-samples", "at least 1, found \(boundSamples)")
    try requireOption(images >= 1, "--images", "at least 1, found \(images)")
  }

  var benchmark: any QualityBenchmark {
    VariationalImagesBenchmark(samples: boundSamples, imageCount: images)
  }
}
