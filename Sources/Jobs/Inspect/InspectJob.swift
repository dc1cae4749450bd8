internal import HourglassData
internal import HourglassEncodings
internal import HourglassModelFiles
internal import HourglassSystem

/// What `inspect` is asked for: what a model file holds, or what the reader makes of data.
package struct InspectOptions: JobOptions {
  package static let task = "inspect"

  package init() {}

  package func run(_ run: JobRun) async throws -> JobResult {
    var result = run.result
    if FileKind.isModel(run.data) {
      let report = try ModelReport(contentsOf: run.data)
      result.value = report
      result.sentences = [report.text]
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

/// What `inspect` shows of a model: what its file holds, and the columns of the tables that it takes.
private struct ModelReport: Encodable, Sendable {
  /// A column of the tables that the model takes.
  private struct Column: Encodable, Sendable {
    let name: String
    /// What its cells are.
    let kind: ColumnKind
    /// The number of its levels; none for other columns.
    let levels: Int?
    /// Whether the model does without it.
    let isIgnored: Bool
  }

  private let summary: ModelSummary
  /// The columns in the order of the training data; empty for images and sounds.
  private let columns: [Column]

  private enum CodingKeys: CodingKey { case columns }

  init(contentsOf path: String) throws(ModelFileError) {
    let file = try ModelFile(contentsOf: path)
    summary = try ModelSummary(file)
    let header = try file.header(as: ModelHeader.self)
    let encoding = try? header.fields.decoded(as: ItemEncoding.self, file: path)
    guard case .table(let table)? = encoding else {
      columns = []
      return
    }
    let ignored = Set(table.ignoredColumns)
    columns = table.schema.columns.map { column in
      var levels: Int?
      if case .codes(let known) = column.content { levels = known.count }
      return Column(
        name: column.name,
        kind: column.kind,
        levels: levels,
        isIgnored: ignored.contains(column.name)
      )
    }
  }

  func encode(to encoder: any Encoder) throws {
    try summary.encode(to: encoder)
    if columns.isEmpty { return }
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(columns, forKey: .columns)
  }

  var text: String {
    guard !columns.isEmpty else { return summary.description }
    var table = TextTable(["column", "kind", "levels", ""])
    for column in columns {
      let levels = column.levels.map { NumberText.grouped($0) } ?? ""
      table.append([
        clipped(column.name), column.kind.rawValue, levels, column.isIgnored ? "not used" : "",
      ])
    }
    var lines = summary.description.split(separator: "\n", omittingEmptySubsequences: false)
      .map(String.init)
    lines.insert(contentsOf: ["columns of the data"] + table.lines.map { "  " + $0 }, at: 1)
    return lines.joined(separator: "\n")
  }
}
