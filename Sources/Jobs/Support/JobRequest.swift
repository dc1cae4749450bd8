internal import HourglassEvaluation
internal import HourglassTasksCommon

/// All that says what a job does: a task, its inputs, its settings and its outputs.
///
/// What is not in the request cannot change a result. Its paths are relative to where it is run; of a request
/// in a file that is the folder of the file.
package struct JobRequest: Sendable {
  /// The files, folders or names that the task is about; `-` is standard input.
  package var data: [String]
  /// The task and its own options.
  package var options: any JobOptions
  /// What is read and written beside the data.
  package var files = FileOptions()
  /// How data are read.
  package var reading = ReadingOptions()
  /// How long and by which steps is learned, and the seed of all random numbers.
  package var training = TrainingOptions()
  /// What it is computed with.
  package var computing = ComputingOptions()
  /// Whether reports set the model beside baselines.
  package var baselines = true

  /// Makes a request.
  package init(_ options: any JobOptions, data: [String] = []) {
    self.options = options
    self.data = data
  }

  /// Checks everything that can be checked before a file is read.
  package func validate() throws {
    let task = type(of: options).task
    let inputs = type(of: options).inputs
    guard inputs.contains(data.count) else {
      throw Failure.usage(
        "\(task) takes \(inputs.lowerBound == inputs.upperBound ? "" : "at least ")"
          + "\(inputs.lowerBound) of data, found \(data.count)"
      )
    }
    try files.validate()
    try reading.validate()
    try training.validate()
    try computing.validate()
    try options.validate(self)
  }

  /// An evaluation as it was asked for.
  func shown(_ evaluation: Evaluation?) -> Evaluation? {
    baselines ? evaluation : evaluation?.withoutBaselines
  }

  /// A report as it was asked for.
  func shown<Report: ComparedReport>(_ report: Report?) -> Report? {
    baselines ? report : report?.withoutBaselines
  }
}

/// The options of one task, and how it is done.
package protocol JobOptions: Codable, Sendable {
  /// The words of the command that does the task, such as `match add`.
  static var task: String { get }

  /// How many inputs the task takes.
  static var inputs: ClosedRange<Int> { get }

  /// Options that leave everything to the data.
  init()

  /// Checks the options, and what they need of the rest of a request.
  func validate(_ request: JobRequest) throws

  /// Does the task.
  func run(_ run: JobRun) async throws -> JobResult
}

extension JobOptions {
  package static var inputs: ClosedRange<Int> { 1...1 }
}
