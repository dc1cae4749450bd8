internal import HourglassData
internal import HourglassReports
internal import HourglassSystem

/// Runs requests: the one entry for the command and for everything that asks for a task.
public enum Job {
  /// The tasks by their names.
  static let tasks: [String: any JobOptions.Type] = {
    let all: [any JobOptions.Type] = [
      ReduceOptions.self, FeaturesOptions.self, DenoiseOptions.self, DetectOptions.self,
      GenerateOptions.self, ImputeOptions.self, ColorizeOptions.self, InspectOptions.self,
      MatchAddOptions.self, MatchFindOptions.self, MatchTuneOptions.self, MatchImportOptions.self,
      MatchListOptions.self, MatchRemoveOptions.self, MatchExportOptions.self,
    ]
    return Dictionary(uniqueKeysWithValues: all.map { ($0.task, $0) })
  }()

  /// The names of the tasks, in the order of their letters.
  package static var taskNames: [String] { tasks.keys.sorted() }

  /// Does what a request asks for.
  ///
  /// A pipe among its inputs is copied to a file without a name when it is first read, for most tasks read
  /// their data more than once; `detect` alone reads standard input as it comes, with a model.
  ///
  /// - Parameters:
  ///   - request: What is done.
  ///   - control: Ends training early with the best model so far.
  ///   - kept: What former runs of this process loaded; none where each loads its own.
  ///   - events: Takes what happens, in order, on any thread.
  /// - Throws: `Failure` for what was asked for wrongly, `JobInterruption` where training was ended, and the
  ///   errors of the rooms.
  package static func run(
    _ request: JobRequest,
    control: JobControl = JobControl(),
    kept: KeptModels? = nil,
    events: @escaping @Sendable (JobEvent) -> Void = { _ in }
  ) async throws -> JobResult {
    try request.validate()
    let inputs = SpooledInputs(folder: ScratchFolder.standard)
    var result = try await SpooledInputs.$current.withValue(inputs) {
      try await request.options.run(JobRun(request, control: control, kept: kept, events: events))
    }
    if let path = request.files.report {
      result.wrote("report", to: path)
      try result.page(of: request).write(to: path)
    }
    return result
  }
}
