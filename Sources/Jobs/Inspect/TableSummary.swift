internal import HourglassData
internal import HourglassReports
internal import HourglassSystem

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
    /// How many cells lie in each twentieth of the range from the least to the greatest number, or from the
    /// first to the last date.
    var histogram: [Int]?
    /// How dates are written, and the first and the last of them.
    var format: String?
    var first: String?
    var last: String?
    /// The number of levels of a category.
    var levels: Int?
    /// Up to four cells: the most frequent levels, or the first cells that differ.
    var examples: [String]
    /// How often each level of the examples occurs.
    var exampleCounts: [Int]?
    /// The rule that decided of the kind, and how the cells are written.
    var rule: String?
    var detail: String?
    /// The words that were taken as missing cells, empty ones among them, with their counts.
    var missingWords: [ColumnReading.MissingWord]?
    /// The cells that are no values among those that are, or are written in another way.
    var odd: OddCells?
    /// Why nothing is trained on the column.
    var ignored: String?
    /// The option that takes the column for something else.
    var option: String?

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
          minimum = present.min()
          maximum = present.max()
          // What is the same everywhere is its own mean, without an error of rounding.
          let average =
            minimum == maximum ? minimum ?? 0 : present.reduce(0) { $0 + $1 / count }
          mean = average
          standardDeviation =
            present.reduce(0) { $0 + ($1 - average) * ($1 - average) / count }.squareRoot()
        }
        histogram = Self.histogram(present)
        examples = Self.first(column)
      case .codes(let codes, let names):
        var counts = [Int](repeating: 0, count: names.count)
        for code in codes where code >= 0 { counts[Int(code)] += 1 }
        let order = names.indices.sorted { (-counts[$0], $0) < (-counts[$1], $1) }
        levels = names.count
        examples = order.prefix(4).map { names[$0] }
        exampleCounts = order.prefix(4).map { counts[$0] }
      case .texts: examples = Self.first(column)
      }
    }

    /// The counts of numbers in twenty equal parts of their range; none where there is no range.
    private static func histogram(_ values: [Double]) -> [Int]? {
      guard let least = values.min(), let greatest = values.max(), least < greatest,
        (greatest - least).isFinite
      else { return nil }
      var counts = [Int](repeating: 0, count: 20)
      for value in values {
        counts[min(Int((value - least) / (greatest - least) * 20), 19)] += 1
      }
      return counts
    }

    /// Takes what the reader says of the column.
    fileprivate mutating func take(_ reading: ColumnReading) {
      rule = reading.rule.rawValue
      detail = reading.detail
      if !reading.missing.isEmpty { missingWords = reading.missing }
      if reading.odd.count > 0 { odd = reading.odd }
      ignored = reading.ignored
      option = reading.option
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
  /// How the columns were read.
  private var readings: [String: ColumnReading] = [:]

  private enum CodingKeys: CodingKey { case rows, missing, columns }

  /// Counts and ranges are of all rows, levels and examples of those that are in memory.
  init(_ table: TableData) {
    rows = table.rowCount
    missing = table.sample.missingCount
    columns = table.sample.columns.map { Column($0) }
    for reading in table.sample.readings.columns { readings[reading.name] = reading }
    for index in columns.indices {
      if let reading = readings[columns[index].name] { columns[index].take(reading) }
    }
    guard let stored = table.stored else { return }
    missing = stored.facts.reduce(0) { $0 + $1.missingCount }
    for (index, facts) in stored.facts.enumerated() {
      columns[index].missing = facts.missingCount
      guard columns[index].minimum != nil, facts.minimum != nil else { continue }
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
    return lines + ruleLines(shown)
  }

  /// A line for each column with what decided of its kind, what is ignored and why, and the option that
  /// changes it.
  private func ruleLines(_ shown: ArraySlice<Column>) -> [String] {
    if readings.isEmpty { return [] }
    let title = "column"
    let width = shown.reduce(title.count) { max($0, $1.name.count) }
    func line(_ name: String, _ text: String) -> String {
      TextTable.cell(name, width: width, isFirst: true) + "  " + text
    }
    var lines = ["", line(title, "decided by")]
    for column in shown {
      guard let reading = readings[column.name] else { continue }
      let ignored = reading.ignored.map { "; ignored: \($0)" } ?? ""
      let option = reading.option.map { "; else \($0)" } ?? ""
      lines.append(line(column.name, reading.explanation + ignored + option))
      lines += reading.remarks.map { line("", "  \($0)") }
    }
    return lines
  }

  private static func short(_ text: String) -> String {
    text.count > 16 ? text.prefix(15) + "…" : text
  }
}
