internal import HourglassData
internal import HourglassEncodings
internal import HourglassGraphs
internal import HourglassModelFiles
internal import HourglassReports
internal import HourglassSignatures
internal import HourglassSystem
internal import HourglassTensors

/// What the reader makes of data of any kind.
struct DatasetSummary: Encodable {
  /// The file or folder, as it was given.
  var file: String
  /// What the items are.
  var kind: DataKind
  /// The number of items.
  var count: Int
  /// A hash of the values.
  var fingerprint: String
  /// What is to be said of a table.
  var table: TableSummary?
  /// What is to be said of images.
  var images: ImagesSummary?
  /// What is to be said of sounds.
  var sounds: SoundsSummary?
  /// What is to be said of a series.
  var series: SeriesSummary?

  /// Goes once over the items.
  init(_ data: Dataset, path: String) throws {
    file = path
    kind = data.kind
    count = data.count
    fingerprint = data.fingerprint
    switch data {
    case .table(let table): self.table = TableSummary(table)
    case .images(let images): self.images = try ImagesSummary(images)
    case .sounds(let sounds): self.sounds = try SoundsSummary(sounds)
    case .series(let series): self.series = SeriesSummary(series)
    }
  }

  /// The summary for people.
  var text: String {
    var lines: [String] = []
    if let table { lines = table.lines }
    if let images { lines = images.lines(count) }
    if let sounds { lines = sounds.lines(count) }
    if let series { lines = series.lines(count) }
    if let first = lines.first { lines[0] = "\(file): \(first)" }
    lines.insert("fingerprint \(fingerprint)", at: min(1, lines.count))
    return lines.joined(separator: "\n")
  }
}

/// What the reader makes of the columns of a table.
struct TableSummary: Encodable {
  /// A column.
  struct Column: Encodable {
    var name: String
    var kind: String
    /// The number of missing cells.
    var missing: Int
    /// The least, the mean, the deviation and the greatest of numbers.
    var minimum: Double?
    var mean: Double?
    var standardDeviation: Double?
    var maximum: Double?
    /// How dates are written, and the first and the last of them.
    var format: String?
    var first: String?
    var last: String?
    /// The number of levels of a category.
    var levels: Int?
    /// Up to four cells: the most frequent levels, or the first cells that differ.
    var examples: [String]

    init(_ column: Table.Column) {
      name = column.name
      kind = column.kind.rawValue
      missing = column.missingCount
      examples = []
      switch column.cells {
      case .numbers(let values, _):
        let present = values.indices.filter { !column.isMissing($0) }.map { values[$0] }
        if let format = column.dateFormat {
          self.format = format.pattern
          first = present.min().map { format.text($0) }
          last = present.max().map { format.text($0) }
        } else if !present.isEmpty {
          let count = Double(present.count)
          let average = present.reduce(0) { $0 + $1 / count }
          minimum = present.min()
          maximum = present.max()
          mean = average
          standardDeviation =
            present.reduce(0) { $0 + ($1 - average) * ($1 - average) / count }.squareRoot()
        }
        examples = Self.first(column)
      case .codes(let codes, let names):
        var counts = [Int](repeating: 0, count: names.count)
        for code in codes where code >= 0 { counts[Int(code)] += 1 }
        let order = names.indices.sorted { (-counts[$0], $0) < (-counts[$1], $1) }
        levels = names.count
        examples = order.prefix(4).map { names[$0] }
      case .texts: examples = Self.first(column)
      }
    }

    private static func first(_ column: Table.Column) -> [String] {
      var found: [String] = []
      for row in 0..<column.count {
        guard let text = column.text(row), !found.contains(text) else { continue }
        found.append(text)
        if found.count == 4 { break }
      }
      return found
    }
  }

  var rows: Int
  /// The number of missing cells.
  var missing: Int
  var columns: [Column]

  /// Counts and ranges are of all rows, levels and examples of those that are in memory.
  init(_ table: TableData) {
    rows = table.rowCount
    missing = table.sample.missingCount
    columns = table.sample.columns.map { Column($0) }
    guard let stored = table.stored else { return }
    missing = stored.facts.reduce(0) { $0 + $1.missingCount }
    for (index, facts) in stored.facts.enumerated() {
      columns[index].missing = facts.missingCount
      guard columns[index].minimum != nil else { continue }
      columns[index].minimum = facts.minimum
      columns[index].maximum = facts.maximum
      columns[index].mean = facts.mean
      columns[index].standardDeviation = facts.standardDeviation
    }
  }

  var lines: [String] {
    var lines = [
      "a table of \(NumberText.counted(rows, "row")) and "
        + NumberText.counted(columns.count, "column")
    ]
    let share = 100 * Double(missing) / Double(max(rows * columns.count, 1))
    lines.append(
      missing == 0
        ? "no cell is missing"
        : "\(NumberText.counted(missing, "cell")) missing, \(NumberText.fixed(share, places: 1)) %"
    )
    lines.append("")
    var table = TextTable([
      "column", "kind", "missing", "min", "mean", "deviation", "max", "levels",
    ])
    let shown = columns.prefix(100)
    for column in shown {
      let numbers = [column.minimum, column.mean, column.standardDeviation, column.maximum].map {
        $0.map { NumberText.plain($0) } ?? ""
      }
      table.append(
        [column.name, column.kind, "\(column.missing)"]
          + (column.first == nil ? numbers : [column.first ?? "", "", "", column.last ?? ""])
          + [column.levels.map { "\($0)" } ?? ""]
      )
    }
    // Examples are of any length: they stand behind the columns that line up.
    for (line, column) in zip(table.lines, [nil] + shown.map { $0 }) {
      let examples = column.map { $0.examples.map { Self.short($0) }.joined(separator: ", ") }
      lines.append("\(line)  \(examples ?? "examples")")
    }
    if columns.count > shown.count {
      lines.append("and \(columns.count - shown.count) columns more (--json has them all)")
    }
    return lines
  }

  private static func short(_ text: String) -> String {
    text.count > 16 ? text.prefix(15) + "…" : text
  }
}
