internal import HourglassData
internal import HourglassEncodings
internal import HourglassSystem
internal import Synchronization

/// What was made of an input, beside what was learned from it: everything that was left out, ignored or taken as
/// missing, with counts.
struct InputReport: Encodable, Sendable {
  /// A column that nothing is trained on.
  struct Ignored: Encodable, Sendable {
    var name: String
    var reason: String
    /// The rule that decided, and the option that takes the column for something else.
    var rule: String
    var option: String?

    fileprivate var line: String {
      "column \(clipped(name)) is ignored: \(reason) (\(rule))"
        + (option.map { "; else \($0)" } ?? "")
    }
  }

  /// Cells of a column that were taken as missing by one word; an empty one stands for empty cells.
  struct Missing: Encodable, Sendable {
    var column: String
    var word: String
    var count: Int
  }

  /// Cells of a column that are no values, or are written in another way.
  struct Odd: Encodable, Sendable {
    var column: String
    var cells: OddCells
  }

  /// The file, folder or pattern, as it was given.
  var data: String
  /// The number of its rows, images, sounds or windows.
  var items: Int
  var ignored: [Ignored] = []
  var missing: [Missing] = []
  var odd: [Odd] = []
  /// For each column the cells whose level, or kind of value, the model was not trained on: they count as missing.
  var unknown: [String: Int] = [:]
  /// The files that could not be read and were skipped, and those of other kinds.
  var unreadableFiles = 0
  var otherFiles = 0

  /// The most ignored columns that are named.
  private static let mostNamed = 8

  init(data: String, items: Int) {
    self.data = data
    self.items = items
  }

  /// Gathers it from data that were read.
  ///
  /// - Parameters:
  ///   - isWhole: Whether all files were to be read.
  ///   - takesConstants: Whether columns that are the same in every row are trained on.
  init(_ dataset: Dataset, path: String, isWhole: Bool, takesConstants: Bool) {
    self.init(data: path, items: dataset.count)
    if isWhole { otherFiles = dataset.otherFileCount(in: path) }
    switch dataset {
    case .images(let images): unreadableFiles = images.unreadable.count
    case .sounds(let sounds): unreadableFiles = sounds.unreadable.count
    case .table(let table):
      take(table.sample.readings.columns)
      if takesConstants { ignored.removeAll { $0.rule == ColumnRule.oneValue.rawValue } }
    case .series: break
    }
  }

  private mutating func take(_ columns: [ColumnReading]) {
    for column in columns {
      if let reason = column.ignored {
        ignored.append(
          Ignored(
            name: column.name,
            reason: reason,
            rule: column.rule.rawValue,
            option: column.option
          )
        )
      }
      missing += column.missing.map {
        Missing(column: column.name, word: $0.word, count: $0.count)
      }
      if column.odd.count > 0 { odd.append(Odd(column: column.name, cells: column.odd)) }
    }
  }

  /// The files that were left out, in words.
  var fileLines: [String] {
    [(unreadableFiles, "could not be read and"), (otherFiles, "of other kinds")]
      .filter { $0.0 > 0 }
      .map { count, what in
        "\(NumberText.counted(count, "file")) \(what) \(count == 1 ? "was" : "were") left out"
      }
  }

  /// The columns that are ignored, in words.
  var ignoredLines: [String] {
    let rest = ignored.count - Self.mostNamed
    return ignored.prefix(Self.mostNamed).map(\.line)
      + (rest > 0
        ? ["\(NumberText.counted(rest, "further column")) ignored (--json has them all)"] : [])
  }
}

/// What was made of the inputs of a run so far.
final class InputLog: Sendable {
  /// What is to be said of columns when there is something to train on.
  private let held = Mutex<[String]>([])
  private let reports = Mutex<[InputReport]>([])

  /// All inputs in the order in which they were read; one that was read again stands for both.
  var all: [InputReport] { reports.withLock { $0 } }

  func add(_ report: InputReport) {
    reports.withLock { reports in
      reports.removeAll { $0.data == report.data }
      reports.append(report)
    }
  }

  /// Keeps lines to be said when training begins.
  func hold(_ lines: [String]) { held.withLock { $0 += lines } }

  /// The lines that were not said yet.
  func takeHeld() -> [String] {
    held.withLock { held in
      defer { held = [] }
      return held
    }
  }

  /// Adds the cells of an input that a model does not know.
  func add(unknown: [String: Int], of data: String) {
    reports.withLock { reports in
      guard let place = reports.firstIndex(where: { $0.data == data }) else { return }
      reports[place].unknown = unknown
    }
  }
}

extension JobRun {
  /// Counts the cells of a table that a model takes for missing, as it was not trained on their levels, and says
  /// so: of data that the model was not trained on.
  ///
  /// - Parameter fields: The columns of the model; none for images and sounds.
  func compare(_ data: Dataset, with fields: TableEncoding?) throws {
    guard request.files.model != nil || request.files.learnFrom != nil else { return }
    try compare(data, self.data, with: fields, notesLevels: false)
  }

  /// The same of data of some path, whatever the model was trained on.
  ///
  /// - Parameter notesLevels: Whether unknown levels are said at once; the result names them otherwise.
  func compare(
    _ data: Dataset,
    _ path: String,
    with fields: TableEncoding?,
    notesLevels: Bool = true
  ) throws {
    guard case .table(let table) = data, let fields else { return }
    let trained = Set(fields.columns)
    let known = fields.schema.columns.filter { trained.contains($0.name) }
    let unknown = try table.unknownCounts(of: TableSchema(columns: known))
    inputs.add(unknown: unknown, of: path)
    let levels = Set(
      fields.schema.columns.filter { if case .codes = $0.content { true } else { false } }.map(
        \.name
      )
    )
    let noted = unknown.filter { notesLevels || !levels.contains($0.key) }
    for line in Self.lines(noted, fields.schema) { note("\(table.name): \(line)") }
  }

  /// Cells that a model does not know, in words, a line for each column.
  ///
  /// - Parameter levels: What is said of unknown levels.
  static func lines(
    _ unknown: [String: Int],
    _ schema: TableSchema?,
    levels: String = "with levels that the training data did not have count as missing"
  ) -> [String] {
    unknown.sorted { $0.key < $1.key }.map { name, count in
      let column = schema?.columns.first { $0.name == name }
      let cells = "\(NumberText.counted(count, "cell")) of \(name) "
      if case .codes? = column?.content {
        return cells + levels
      }
      return cells
        + "cannot be read as \(column?.kind.rawValue ?? "value")s as in training, and count as missing"
    }
  }
}
