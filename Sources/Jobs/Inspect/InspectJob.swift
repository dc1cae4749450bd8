internal import HourglassModelFiles

/// What `inspect` is asked for: what a model file holds, or what the reader makes of data.
package struct InspectOptions: JobOptions {
  package static let task = "inspect"

  package init() {}

  package func validate(_ request: JobRequest) throws {}

  package func run(_ run: JobRun) async throws -> JobResult {
    var result = run.result
    if FileKind.isModel(run.data) {
      let summary = try ModelSummary(contentsOf: run.data)
      result.value = summary
      result.sentences = [summary.description]
    } else if let summary = try LabelsSummary(contentsOf: run.data, limit: run.request.files.first)
    {
      result.value = summary
      result.sentences = [summary.text]
    } else {
      let summary = try DatasetSummary(try run.load(run.data), path: run.data)
      result.value = summary
      result.sentences = [summary.text]
    }
    return result
  }
}
