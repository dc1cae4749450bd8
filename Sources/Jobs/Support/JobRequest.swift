internal import HourglassEvaluation

/// What a job does: a task, its inputs, its settings and its outputs.
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
  /// The budget and the steps of training, and the seed of all random numbers.
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
    if ([files.learnFrom].compactMap(\.self) + data).count(where: { $0 == "-" }) > 1 {
      throw Failure.usage("standard input (-) can be only one of the inputs")
    }
    try files.validate()
    try reading.validate()
    try training.validate()
    try computing.validate()
    try options.validate(self)
  }

  /// The same request with its paths, which are relative to a folder, as those of this process.
  ///
  /// Standard input and output, written `-`, stay what they are.
  package func relative(to folder: String) -> JobRequest {
    let folder = folder.isEmpty || folder.hasSuffix("/") ? folder : folder + "/"
    func path(_ path: String) -> String {
      path.isEmpty || path == "-" || path.hasPrefix("/") ? path : folder + path
    }
    var request = self
    if type(of: options).inputsAreFiles { request.data = data.map(path) }
    request.files.output = files.output.map(path)
    request.files.save = files.save.map(path)
    request.files.model = files.model.map(path)
    request.files.learnFrom = files.learnFrom.map(path)
    request.files.from = files.from.map(path)
    request.training.checkpoint = training.checkpoint.map(path)
    request.options.replacePaths(path)
    return request
  }

  /// An evaluation as it was asked for.
  func shown(_ evaluation: Evaluation?) -> Evaluation? {
    baselines ? evaluation : evaluation?.withoutBaselines
  }
}

/// The options of one task, and how it is done.
package protocol JobOptions: Codable, Sendable {
  /// The words of the command that does the task, such as `match add`.
  static var task: String { get }
  /// Whether columns that are the same in every row are trained on.
  static var takesConstants: Bool { get }

  /// How many inputs the task takes.
  static var inputs: ClosedRange<Int> { get }

  /// Whether the inputs are files or folders, and not names of stored items.
  static var inputsAreFiles: Bool { get }

  /// Options that leave everything to the data.
  init()

  /// Checks the options, and what they need of the rest of a request.
  func validate(_ request: JobRequest) throws

  /// Replaces each path of the options by what a function makes of it.
  mutating func replacePaths(_ path: (String) -> String)

  /// Does the task.
  func run(_ run: JobRun) async throws -> JobResult
}

extension JobOptions {
  package static var inputs: ClosedRange<Int> { 1...1 }
  package static var inputsAreFiles: Bool { true }
  package func validate(_ request: JobRequest) throws {}
  package mutating func replacePaths(_ path: (String) -> String) {}
}

extension JobOptions {
  /// Columns that are the same in every row are ignored, unless a task says otherwise.
  package static var takesConstants: Bool { false }
}
