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

  /// The words of the command that does the task, such as `match add`.
  package var taskName: String { type(of: options).task }

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
  package func relative(to folder: String) throws -> JobRequest {
    let folder = folder.isEmpty || folder.hasSuffix("/") ? folder : folder + "/"
    return try replacingPaths { path, _ in
      path.isEmpty || path == "-" || path.hasPrefix("/") ? path : folder + path
    }
  }

  /// The same request with each of its paths replaced by what a function makes of it.
  package func replacingPaths(_ path: PathReplacement) throws -> JobRequest {
    var request = self
    if type(of: options).inputsAreFiles { request.data = try data.map { try path($0, .input) } }
    request.files.output = try files.output.map { try path($0, .output) }
    request.files.report = try files.report.map { try path($0, .output) }
    request.files.save = try files.save.map { try path($0, .savedModel) }
    request.files.model = try files.model.map { try path($0, .model) }
    request.files.learnFrom = try files.learnFrom.map { try path($0, .input) }
    request.files.from = try files.from.map { try path($0, .model) }
    request.training.checkpoint = try training.checkpoint.map { try path($0, .checkpoint) }
    try request.options.replacePaths(path)
    return request
  }

  /// An evaluation as it was asked for.
  func shown(_ evaluation: Evaluation?) -> Evaluation? {
    baselines ? evaluation : evaluation?.withoutBaselines
  }
}

/// What a path of a request is.
package enum PathRole: Sendable {
  /// Data or labels, which are read.
  case input
  /// A result: a table, an image or a folder, which is written.
  case output
  /// A model to use or to start from.
  case model
  /// The model that is kept.
  case savedModel
  /// The training state.
  case checkpoint
  /// A signature database, which is read or changed.
  case database
}

/// Makes one path of another by what it is.
package typealias PathReplacement = (String, PathRole) throws -> String

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
  mutating func replacePaths(_ path: PathReplacement) throws

  /// Does the task.
  func run(_ run: JobRun) async throws -> JobResult
}

extension JobOptions {
  package static var inputs: ClosedRange<Int> { 1...1 }
  package static var inputsAreFiles: Bool { true }
  package func validate(_ request: JobRequest) throws {}
  package mutating func replacePaths(_ path: PathReplacement) throws {}
}

extension JobOptions {
  /// Columns that are the same in every row are ignored, unless a task says otherwise.
  package static var takesConstants: Bool { false }
}
