internal import HourglassData
internal import HourglassModelFiles

/// What `inspect` is asked for: what a model file holds, or what the reader makes of data.
package struct InspectOptions: JobOptions {
  package static let task = "inspect"

  package init() {}

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
      let data = try run.load(run.data)
      let summary = try DatasetSummary(data, path: run.data, format: format(of: data, run))
      result.value = summary
      result.sentences = [summary.text]
    }
    return result
  }

  /// How a table or series in a text is written.
  private func format(of data: Dataset, _ run: JobRun) throws -> TextFormat? {
    switch data {
    case .images, .sounds: return nil
    case .table, .series: break
    }
    let options = run.request.reading.options(limit: nil).table
    return try TextFormat(contentsOf: run.data, options: options, readsWhole: true)
  }
}
