internal import HourglassEncodings
internal import HourglassMatch

/// What `match tune` is asked for: the smallest signatures by which items are found again.
package struct MatchTuneOptions: JobOptions {
  package static let task = "match tune"

  /// The part of the copies to find again.
  package var recall = 0.95
  /// The largest size to try.
  package var largest = 64

  package init() {}

  package func validate(_ request: JobRequest) throws {
    try requireOption(
      recall > 0 && recall <= 1,
      "--recall",
      "above 0 and at most 1, found \(recall)"
    )
    try requireOption(largest >= 2 && largest <= 4096, "--largest", "2 to 4096, found \(largest)")
    if request.training.resume || request.training.checkpoint != nil {
      throw Failure.usage("tune keeps no checkpoints: it trains a model for each size")
    }
  }

  package func run(_ run: JobRun) async throws -> JobResult {
    let data = try run.loadToLearn(run.data)
    let session = run.session(unit: data.kind == .sounds ? "patch" : data.kind.nouns.one)
    let matcher = Matcher(learning: run.request.training.settings)
    let tuning = try await run.stoppable {
      try await matcher.tuned(to: data, target: recall, largest: largest, session: session)
    }
    var result = run.result
    result.value = tuning
    result.sentences = [tuning.description]
    return result
  }
}
