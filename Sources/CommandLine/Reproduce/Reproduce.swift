import ArgumentParser
import HourglassApplications

/// Public protocols, measured by one command each.
struct Reproduce: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reproduce",
    abstract: "Measure the quality of this program by public protocols.",
    discussion: """
      Each card is a protocol that others have published figures for: which rows or images are learned \
      from, which are evaluated, and by what measure. A card learns with the settings that everybody gets \
      by default, prints the figures beside those of simpler methods in the same run and of other \
      programs, and says where these come from. The seed, the seconds and the SHA-256 digest of the \
      data are part of the result, so that a figure can be checked.

      Splits are made with the generator of NumPy, so that a program in Python that follows the same \
      protocol evaluates the same rows.

      EXAMPLES
        hourglass reproduce adbench-clean --data adbench/
        hourglass reproduce impute --data letter.csv --json
        hourglass reproduce reduce --data fashion-mnist/
      """,
    subcommands: [
      AnomalyCleanVerb.self, AnomalyMixedVerb.self, SeriesVerb.self, ImputationVerb.self,
      SynthesisVerb.self, VariationalImagesVerb.self,
      ReductionVerb.self, FeaturesVerb.self, PhotographFeaturesVerb.self, MatchImagesVerb.self,
      MatchSongsVerb.self,
      DenoisingVerb.self, NoisyOnlyVerb.self,
      ColorizationVerb.self,
    ]
  )
}

/// What every card takes.
struct CardOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The folder or file of the data.", valueName: "path"))
  var data: String

  @Option(help: ArgumentHelp("Only the data sets with this in their names.", valueName: "word"))
  var only: String?

  @Option(
    help: ArgumentHelp(
      "The minutes that each learning may take (default: what the verb takes, or what the card says).",
      valueName: "n"
    )
  )
  var minutes: Double?

  @Option(help: ArgumentHelp("Where all random numbers come from.", valueName: "n"))
  var seed: UInt64 = 0

  @OptionGroup(title: "COMPUTING")
  var computing: ComputingOptions

  @Flag(help: "Print one JSON object at the end.")
  var json = false

  @Flag(name: [.short, .long], help: "Say nothing of what is being done.")
  var quiet = false

  func validate() throws {
    if let minutes {
      try requireOption(minutes > 0 && minutes.isFinite, "--minutes", "above 0, found \(minutes)")
    }
    try requireOption(!data.isEmpty, "--data", "a path, found an empty text")
  }

  /// Runs a card and prints what it gave.
  func run(_ card: any QualityBenchmark) async throws {
    let engine = computing.engine
    let display = ProgressDisplay(unit: "item", isQuiet: quiet || !Console.errorIsTerminal)
    let isQuiet = quiet
    let run = CardRun(
      data: data,
      seed: seed,
      seconds: minutes.map { $0 * 60 },
      only: only,
      session: TrainingSession(engine: engine, progress: { display.handle($0) })
    ) { line in
      guard !isQuiet else { return }
      display.end()
      Console.note(line)
    }
    try await VerbRun.perform {
      let result = try await StopSignals.run {
        defer { display.end() }
        return try await run.result(of: card)
      }
      try Console.write(try CardOutcome(result).text(json: json))
    }
  }
}

/// `reproduce adbench-clean`.
struct AnomalyCleanVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "adbench-clean",
    abstract: "Anomalies, trained on normal rows (.npz files with X and y).",
    discussion: cardHelp(DetectionCard(.clean), "reproduce adbench-clean --data adbench/")
  )

  @OptionGroup
  var options: CardOptions

  func run() async throws { try await options.run(DetectionCard(.clean)) }
}

/// `reproduce adbench-mixed`.
struct AnomalyMixedVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "adbench-mixed",
    abstract: "Anomalies, trained on rows that hold them (.npz files with X and y).",
    discussion: cardHelp(DetectionCard(.mixed), "reproduce adbench-mixed --data adbench/")
  )

  @OptionGroup
  var options: CardOptions

  func run() async throws { try await options.run(DetectionCard(.mixed)) }
}

/// `reproduce series-anomaly`.
struct SeriesVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "series-anomaly",
    abstract: "Anomalies in series of the Numenta Anomaly Benchmark (a folder of CSV files).",
    discussion: cardHelp(SeriesCard(), "reproduce series-anomaly --data nab/")
  )

  @OptionGroup
  var options: CardOptions

  func run() async throws { try await options.run(SeriesCard()) }
}

/// `reproduce impute`.
struct ImputationVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "impute",
    abstract: "Missing cells of tables of numbers (CSV, a file or a folder).",
    discussion: cardHelp(ImputationCard(table: ""), "reproduce impute --data letter.csv")
  )

  @OptionGroup
  var options: CardOptions

  @Option(help: ArgumentHelp("The part of the cells that is deleted.", valueName: "share"))
  var rate = 0.2

  @Option(help: "Why cells are missing: mcar, mar or mnar.")
  var mechanism: ImputationCard.Mechanism = .mcar

  @Option(help: ArgumentHelp("The most rows of a table.", valueName: "n"))
  var rows: Int?

  @Flag(help: "Learn from 7 of 10 rows, and fill the others.")
  var outOfSample = false

  func validate() throws {
    try requireOption(rate > 0 && rate < 1, "--rate", "above 0 and below 1, found \(rate)")
    if let rows { try requireOption(rows >= 20, "--rows", "20 or more, found \(rows)") }
  }

  func run() async throws {
    let card = ImputationCard(
      table: options.data,
      rate: rate,
      mechanism: mechanism,
      rowLimit: rows,
      isOutOfSample: outOfSample
    )
    try await options.run(card)
  }
}

extension ImputationCard.Mechanism: ExpressibleByArgument {}

/// `reproduce synthesize`.
struct SynthesisVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "synthesize",
    abstract: "Generated rows of a table, beside those trained on (CSV).",
    discussion: cardHelp(SynthesisCard(table: ""), "reproduce synthesize --data adult-train.csv")
  )

  @OptionGroup
  var options: CardOptions

  func run() async throws { try await options.run(SynthesisCard(table: options.data)) }
}

/// `reproduce reduce`.
struct ReductionVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reduce",
    abstract: "A map of images: classes, neighbors, restoration (IDX, four files).",
    discussion: cardHelp(ReductionCard(), "reproduce reduce --data fashion-mnist/")
  )

  @OptionGroup
  var options: CardOptions

  func run() async throws { try await options.run(ReductionCard()) }
}

/// `reproduce features`.
struct FeaturesVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "features",
    abstract: "What a linear model makes of features of images (IDX, four files).",
    discussion: cardHelp(FeaturesCard(), "reproduce features --data fashion-mnist/")
  )

  @OptionGroup
  var options: CardOptions

  func run() async throws { try await options.run(FeaturesCard()) }
}

/// `reproduce features-cifar10`.
struct PhotographFeaturesVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "features-cifar10",
    abstract: "What a linear model makes of features of small photographs (CIFAR-10, binary).",
    discussion: cardHelp(PhotographFeaturesCard(), "reproduce features-cifar10 --data cifar10/")
  )

  @OptionGroup
  var options: CardOptions

  @Option(help: ArgumentHelp("The numbers of an image.", valueName: "n"))
  var dimensions = 1_024

  func validate() throws {
    try requireOption((1...4096).contains(dimensions), "--dimensions", "1 to 4096")
  }

  func run() async throws { try await options.run(PhotographFeaturesCard(dimensions: dimensions)) }
}

/// `reproduce match-images`.
struct MatchImagesVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "match-images",
    abstract: "Images found again from noisy copies that are moved (IDX).",
    discussion: cardHelp(MatchImagesCard(), "reproduce match-images --data fashion-mnist/")
  )

  @OptionGroup
  var options: CardOptions

  @Option(help: ArgumentHelp("The numbers of a signature.", valueName: "n"))
  var dimensions = 32

  func validate() throws {
    try requireOption((1...4096).contains(dimensions), "--dimensions", "1 to 4096")
  }

  func run() async throws { try await options.run(MatchImagesCard(dimensions: dimensions)) }
}

/// `reproduce match-songs`.
struct MatchSongsVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "match-songs",
    abstract:
      "Songs found again from noisy query clips, and unknown songs told (a folder of sounds).",
    discussion: cardHelp(MatchSongsCard(), "reproduce match-songs --data songs/")
  )

  @OptionGroup
  var options: CardOptions

  func run() async throws { try await options.run(MatchSongsCard()) }
}

/// `reproduce denoise-bsd68`.
struct DenoisingVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "denoise-bsd68",
    abstract: "Noise taken off gray photographs (folders bsd400 and bsd68).",
    discussion: cardHelp(
      DenoisingCard(),
      "reproduce denoise-bsd68 --data denoising/ --levels 25 --minutes 10"
    )
  )

  @OptionGroup
  var options: CardOptions

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("The levels of the noise, of 255.", valueName: "n")
  )
  var levels = [15, 25, 50]

  @Flag(help: "Learn one network for all levels.")
  var blind = false

  func validate() throws {
    let isGood = !levels.isEmpty && levels.allSatisfy { (1...255).contains($0) }
    try requireOption(isGood, "--levels", "numbers from 1 to 255")
  }

  func run() async throws {
    try await options.run(DenoisingCard(levels: levels, isBlind: blind))
  }
}

/// `reproduce denoise-noisy-only`.
struct NoisyOnlyVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "denoise-noisy-only",
    abstract:
      "Noise taken off by a network that saw noisy images alone (folders bsd400 and bsd68).",
    discussion: cardHelp(NoisyOnlyCard(), "reproduce denoise-noisy-only --data denoising/")
  )

  @OptionGroup
  var options: CardOptions

  func run() async throws { try await options.run(NoisyOnlyCard()) }
}

/// `reproduce colorize-cifar10`.
struct ColorizationVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "colorize-cifar10",
    abstract: "Colors of small images (CIFAR-10, binary; 10 minutes of learning).",
    discussion: cardHelp(ColorizationCard(), "reproduce colorize-cifar10 --data cifar10/")
  )

  @OptionGroup
  var options: CardOptions

  func run() async throws { try await options.run(ColorizationCard()) }
}

/// What a card measures, in sentences, and how it is asked for.
func cardHelp(_ card: any QualityBenchmark, _ example: String) -> String {
  "\(card.summary)\n\nEXAMPLE\n  hourglass \(example)"
}
