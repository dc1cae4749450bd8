import ArgumentParser
import HourglassBenchmarkSupport

/// Times complete training steps of eight reference networks.
struct TrainingCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "training",
    abstract: "Time complete training steps of eight reference networks.",
    discussion: """
      A step is forward, loss, backward and Adam. The networks, batches and losses are those of \
      the PyTorch script torch_speed.py, so that the figures stand side by side. Each network has \
      a process of its own: after ten steps to warm up, the median over the steps is reported.

      WHAT IS REPORTED
        ms_per_step           the median time of a step
        samples_per_s         items trained on per second
        gflops_per_s          6 operations for each multiply-add of the forward pass
        allocations_per_step  calls of malloc and its relatives by the whole process outside of
                              oneDNN, the mean over 100 steps; null where they cannot be counted
                              (only with the GNU C library)
        library_allocations_per_step
                              the same, within calls of oneDNN
        peak_rss_mib          the most memory that the process ever had, program included
        arena_mib             the memory of the tensors
        threads               the threads that the plan uses: one for small networks
        primitives_ms_per_step
                              the time within oneDNN's primitives of layers, reorders left out
        primitives_share      its part of a step that is timed part by part: what is missing to 1
                              are losses, gradients of activations, reorders and Adam

      EXAMPLES
        hourglass-benchmarks training
        hourglass-benchmarks training --workload dense-784 conv-28 --threads 1 --json
      """
  )

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Only these networks: \(ReferenceWorkload.all.map(\.name).joined(separator: ", ")).",
      valueName: "name"
    )
  )
  var workload: [String] = []

  @Option(help: ArgumentHelp("float32 or bfloat16.", valueName: "format"))
  var precision: BenchmarkPrecision = .float32

  @Option(help: ArgumentHelp("How long to time each network.", valueName: "seconds"))
  var seconds: Double = 3

  @Option(help: ArgumentHelp("The threads to compute with (default: all cores).", valueName: "n"))
  var threads: Int?

  @Flag(help: "Print one JSON object a line.")
  var json = false

  @Flag(help: "Also print on standard error how long each part of a step takes, slowest first.")
  var profile = false

  @Flag(help: .hidden)
  var inThisProcess = false

  func validate() throws {
    let known = ReferenceWorkload.all.map(\.name)
    for name in workload where !known.contains(name) {
      throw ValidationError(
        "there is no network '\(name)'; there are \(known.joined(separator: ", "))."
      )
    }
    try requireOption(seconds > 0 && seconds <= 3600, "--seconds", "above 0 and at most 3600")
    if let threads { try requireOption((1...1024).contains(threads), "--threads", "1 to 1024") }
  }

  func run() throws {
    let chosen = ReferenceWorkload.all.filter {
      workload.isEmpty || workload.contains($0.name)
    }
    if inThisProcess {
      for workload in chosen { print(try measured(workload).jsonLine()) }
      return
    }
    if !json { print(TrainingFigures.titles) }
    for workload in chosen {
      let line = try ChildProgram.current.output(of: childArguments(for: workload)).text
      guard let figures = try? TrainingFigures(json: line) else {
        throw BenchmarkError("the measurement of \(workload.name) gave no figures.")
      }
      print(json ? try figures.jsonLine() : figures.row)
    }
  }

  private func measured(_ workload: ReferenceWorkload) throws -> TrainingFigures {
    let measurement = try TrainingMeasurement(
      workload,
      precision: precision,
      threads: threads
    )
    let figures = try measurement.figures(seconds: seconds)
    if profile { note(try measurement.profile(seconds: seconds)) }
    return figures
  }

  private func childArguments(for workload: ReferenceWorkload) -> [String] {
    var arguments = [
      "training", "--in-this-process", "--workload", workload.name,
      "--precision", precision.rawValue, "--seconds", "\(seconds)",
    ]
    if let threads { arguments += ["--threads", "\(threads)"] }
    if profile { arguments.append("--profile") }
    return arguments
  }
}

/// The format in which the large products of a measured step are computed.
enum BenchmarkPrecision: String, ExpressibleByArgument, CaseIterable {
  case float32, bfloat16
}
