/// Runs requests: the one entry for the command and for everything that asks for a task.
package enum Job {
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

  /// Does what a request asks for.
  ///
  /// - Parameters:
  ///   - request: All that says what is done.
  ///   - control: By what learning can be ended with the best model so far.
  ///   - events: Takes what happens, in order, on any thread.
  /// - Throws: `Failure` for what was asked for wrongly, `JobInterruption` where learning was ended, and the
  ///   errors of the rooms.
  package static func run(
    _ request: JobRequest,
    control: JobControl = JobControl(),
    events: @escaping @Sendable (JobEvent) -> Void = { _ in }
  ) async throws -> JobResult {
    try request.validate()
    return try await request.options.run(JobRun(request, control: control, events: events))
  }
}
