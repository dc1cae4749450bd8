import ArgumentParser

/// The measurements that the README's tables are made of.
struct Benchmark: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "benchmark",
    abstract: "Measure the speed of this program on this machine.",
    subcommands: [
      BenchmarkTraining.self, BenchmarkReading.self, BenchmarkSearch.self, BenchmarkLarge.self,
      BenchmarkScoring.self,
    ]
  )
}
