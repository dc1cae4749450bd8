import ArgumentParser

/// The program `hourglass`: one verb for each job, one grammar for all.
@main
struct HourglassProgram: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hourglass",
    abstract: "Learn from your own tables and images with autoencoders, and use what was learned.",
    subcommands: [Benchmark.self]
  )
}
