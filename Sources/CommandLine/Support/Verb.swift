import ArgumentParser
import HourglassJobs

/// A command that does a task: its options, and the request that they make.
protocol Verb: AsyncParsableCommand {
  /// How progress and results are printed.
  var saying: OutputArguments { get }

  /// The options as a request.
  func request() throws -> JobRequest
}

extension Verb {
  func run() async throws { try await JobRunner.run(try request(), saying) }
}

/// A verb of one of the eight tasks.
protocol TaskVerb: Verb {
  associatedtype Reading: ReadingGroup

  /// The options that all tasks have.
  var shared: TaskArguments<Reading> { get }
}

extension TaskVerb {
  var saying: OutputArguments { shared.saying }
}

/// Options of how the data of a task are read.
protocol ReadingGroup: ParsableArguments {
  var options: ReadingOptions { get }
}

/// How much is said, and in which form.
struct OutputArguments: ParsableArguments {
  @Flag(help: "Print one JSON object at the end: report, times, files.")
  var json = false

  @Flag(name: [.short, .long], help: "Print nothing unless something is wrong.")
  var quiet = false

  @Flag(help: "Print the request as JSON for 'hourglass run', and do nothing else.")
  var printRequest = false
}

/// The groups of options that the eight tasks share.
struct TaskArguments<Reading: ReadingGroup>: ParsableArguments {
  @OptionGroup(title: "Files")
  var files: FileArguments

  @OptionGroup(title: "Training (without --model)")
  var training: TrainingArguments

  @OptionGroup(title: "Computing")
  var computing: ComputingArguments

  @Flag(help: "Leave the baselines out of the report, which saves the time of measuring them.")
  var noBaselines = false

  @OptionGroup(title: "Reading")
  var reading: Reading

  @OptionGroup(title: "Reports and progress")
  var saying: OutputArguments

  /// A request of these options.
  func request(_ options: any JobOptions, _ data: [String]) -> JobRequest {
    var request = JobRequest(options, data: data)
    request.files = files.options
    request.reading = reading.options
    request.training = training.options
    request.computing = computing.options
    request.baselines = !noBaselines
    return request
  }
}

/// The groups of options of a command that reads data and writes no file.
struct DataArguments: ParsableArguments {
  @Option(help: ArgumentHelp("Take only the first items of each data file.", valueName: "n"))
  var first: Int?

  @OptionGroup(title: "Reading")
  var reading: ReadingArguments

  @OptionGroup(title: "Computing")
  var computing: ComputingArguments

  @OptionGroup(title: "Reports and progress")
  var saying: OutputArguments

  /// A request of these options.
  func request(_ options: any JobOptions, _ data: [String]) -> JobRequest {
    var request = JobRequest(options, data: data)
    request.files.first = first
    request.reading = reading.options
    request.computing = computing.options
    return request
  }
}

/// What it is computed with.
struct ComputingArguments: ParsableArguments {
  @Option(help: ArgumentHelp("auto, float32 or bfloat16.", valueName: "format"))
  var precision: ComputingOptions.Precision = .auto

  @Option(help: ArgumentHelp("The threads to compute with (default: all cores).", valueName: "n"))
  var threads: Int?

  var options: ComputingOptions {
    var options = ComputingOptions()
    options.precision = precision
    options.threads = threads
    return options
  }
}

extension ComputingOptions.Precision: ExpressibleByArgument {}

extension TextValue {
  /// Reads the value of an option.
  init?(argument: String) { self.init(text: argument) }
}
