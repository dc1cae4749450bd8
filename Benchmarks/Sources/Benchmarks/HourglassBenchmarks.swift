import ArgumentParser

/// The program `hourglass-benchmarks`: what the tables of the README are made of.
@main
struct HourglassBenchmarks: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hourglass-benchmarks",
    abstract: "Measure the quality and the speed of Hourglass.",
    discussion: """
      EXAMPLES
        hourglass-benchmarks training --workload dense-784 --json
        hourglass-benchmarks scoring --hourglass .build/release/hourglass
        hourglass-benchmarks quality adbench-clean --data adbench/
      """,
    subcommands: [
      TrainingCommand.self, ReadingCommand.self, SearchCommand.self, LargeCommand.self,
      ScoringCommand.self, QualityCommand.self,
    ]
  )
}
