public import HourglassStatistics
internal import HourglassSystem

/// How well a model does its task on some items, beside baselines: tables of methods by metrics, one verdict,
/// and warnings.
///
/// Its first table is the one that the verdict is about. `description` renders it as text, its `Codable`
/// conformance as JSON, and a report page as HTML; all of them show the same.
public struct Evaluation: Hashable, Sendable, Codable {
  /// What was evaluated on what, such as `Validation: 250 held-out images, 784 -> 2 dimensions`.
  public var title: String
  /// What the items are to the model.
  public var split: EvaluationSplit
  /// The number of items that were evaluated.
  public var itemCount: Int
  /// Methods by metrics; the first table is the main one.
  public var tables: [Table]
  /// Whether the model is better than the baselines; `nil` in an evaluation without baselines.
  public var verdict: Verdict?
  /// What a reader should know to read the tables, a sentence each.
  public var notes: [String]
  /// What may be wrong, a sentence each.
  public var warnings: [String]

  /// Makes an evaluation.
  package init(
    title: String,
    split: EvaluationSplit,
    itemCount: Int,
    tables: [Table],
    verdict: Verdict? = nil,
    notes: [String] = [],
    warnings: [String] = []
  ) {
    self.title = title
    self.split = split
    self.itemCount = itemCount
    self.tables = tables
    self.verdict = verdict
    self.notes = notes
    self.warnings = warnings
  }

  /// A number by the names of its method and metric, from the first table that has both.
  public subscript(method: String, metric: String) -> Double? {
    for table in tables {
      guard let row = table.methods.first(where: { $0.name == method }),
        let column = table.metrics.firstIndex(where: { $0.name == metric })
      else { continue }
      return row.values[column]
    }
    return nil
  }

  /// The number of the model, which is the first method of the first table.
  public subscript(metric: String) -> Double? {
    guard let table = tables.first, let model = table.methods.first else { return nil }
    return self[model.name, metric]
  }

  /// The same without its baselines, and so without a verdict.
  ///
  /// Tables whose columns are methods lose those of baselines as well.
  public var withoutBaselines: Evaluation {
    var evaluation = self
    let names = Set(tables.flatMap(\.methods).filter(\.isBaseline).map(\.name))
    for index in tables.indices {
      evaluation.tables[index].methods.removeAll(where: \.isBaseline)
      evaluation.tables[index].removeMetrics(names)
    }
    evaluation.verdict = nil
    return evaluation
  }

  /// Every number by the names of its method and metric, such as `autoencoder, MSE`, for the header of a
  /// model file.
  package var metrics: [String: Double] {
    var metrics: [String: Double] = [:]
    for table in tables {
      for method in table.methods {
        for (metric, value) in zip(table.metrics, method.values) {
          if let value, value.isFinite { metrics["\(method.name), \(metric.name)"] = value }
        }
      }
    }
    return metrics
  }
}

extension Evaluation {
  /// A number that is measured for each method.
  public struct Metric: Hashable, Sendable, Codable {
    /// How its values are written.
    package enum Format: Hashable, Sendable {
      /// With some significant digits.
      case significant(Int)
      /// With some decimal places.
      case fixed(Int)
      /// As a percentage of a part from 0 to 1, with some decimal places.
      case percent(Int)
      /// In decibels, with some decimal places.
      case decibels(Int)
      /// In nats, with some decimal places.
      case nats(Int)
    }

    /// Which of two values is the better one.
    package enum Better: String, Hashable, Sendable, Codable {
      case lower, higher
      /// Neither: it describes, such as a number of rows.
      case neither
    }

    /// Its name in the field, such as `MSE`.
    public var name: String
    /// Which of two values is the better one.
    package var better: Better
    /// How its values are written.
    package var format: Format

    /// Makes a metric.
    package init(_ name: String, better: Better, format: Format = .significant(3)) {
      self.name = name
      self.better = better
      self.format = format
    }
  }

  /// A row of a table: the results of one method.
  public struct Method: Hashable, Sendable {
    /// What it is called; a column or a class in tables that are not of methods.
    public var name: String
    /// Whether it is a simpler method that the model is compared with.
    public var isBaseline: Bool
    /// A number for each metric; `nil` where it cannot be measured.
    public var values: [Double?]
    /// The interval of each number that has one, of 95% confidence; empty where none has.
    public var intervals: [ClosedRange<Double>?]

    /// Makes a row.
    public init(
      _ name: String,
      isBaseline: Bool = false,
      _ values: [Double?],
      intervals: [ClosedRange<Double>?] = []
    ) {
      self.name = name
      self.isBaseline = isBaseline
      self.values = values
      self.intervals = intervals
    }
  }

  /// Methods by metrics.
  public struct Table: Hashable, Sendable {
    /// What the rows are and how they differ from the main table; empty in the main table.
    public var title: String
    /// The columns.
    public var metrics: [Metric]
    /// The rows, the model first.
    public var methods: [Method]

    /// Makes a table.
    public init(_ title: String = "", metrics: [Metric], methods: [Method]) {
      self.title = title
      self.metrics = metrics
      self.methods = methods
    }

    /// Removes the columns of some names.
    fileprivate mutating func removeMetrics(_ names: Set<String>) {
      let kept = metrics.indices.filter { !names.contains(metrics[$0].name) }
      guard kept.count < metrics.count else { return }
      metrics = kept.map { metrics[$0] }
      for index in methods.indices {
        let (values, intervals) = (methods[index].values, methods[index].intervals)
        methods[index].values = kept.map { values[$0] }
        methods[index].intervals = intervals.isEmpty ? [] : kept.map { intervals[$0] }
      }
    }
  }
}

extension Evaluation: CustomStringConvertible {
  /// The rows of a table that text shows; the others are counted.
  private static let shownRows = 24

  /// The tables, the verdict and the warnings, a line each, for people.
  public var description: String {
    var lines = [title]
    for table in tables where !table.methods.isEmpty && !table.metrics.isEmpty {
      if !table.title.isEmpty { lines.append(table.title) }
      lines += table.lines(limit: Self.shownRows)
    }
    lines += notes
    if let verdict { lines.append(verdict.description) }
    return (lines + warnings.map { "warning: \($0)" }).joined(separator: "\n")
  }
}

extension Evaluation.Table {
  /// The metrics and the rows as text, a line each; rows above a limit are counted.
  package func lines(limit: Int = .max) -> [String] {
    let rows =
      [[""] + metrics.map(\.name)]
      + methods.prefix(limit).map { [$0.name] + cells(of: $0) }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    var lines = rows.map { row in
      let cells = row.indices.map { column in
        let blanks = String(repeating: " ", count: widths[column] - row[column].count)
        return column == 0 ? row[column] + blanks : blanks + row[column]
      }
      return "  " + cells.joined(separator: "  ")
    }
    let more = methods.count - limit
    if more > 0 { lines.append("  (\(more) more rows, see --json)") }
    return lines
  }
}

extension EvaluationSplit {
  /// How the title of an evaluation begins, such as `Validation: 250 held-out images`.
  package func title(
    _ count: Int,
    _ nouns: (one: String, many: String),
    of data: String
  ) -> String {
    let number = NumberText.grouped(count)
    let noun = count == 1 ? nouns.one : nouns.many
    return switch self {
    case .heldOut: "Validation: \(number) held-out \(noun)"
    case .heldOutAndUsedForStopping:
      "Validation: \(number) held-out \(noun) (also used for early stopping)"
    case .trainedOn: "Training data: \(number) \(noun)"
    case .given: "Evaluation: \(number) \(noun) of \(data)"
    }
  }
}

extension Evaluation.Table {
  /// The places of the methods with the best value of each metric; empty where nothing is better or worse.
  package var best: [Set<Int>] {
    metrics.indices.map { column in
      let values = methods.map { $0.values[column].flatMap { $0.isNaN ? nil : $0 } }
      let known = values.compactMap(\.self)
      let isHigher = metrics[column].better == .higher
      guard metrics[column].better != .neither, known.count > 1,
        let best = isHigher ? known.max() : known.min()
      else { return [] }
      return Set(values.indices.filter { values[$0] == best })
    }
  }

  /// The numbers of a row as they are written; a number that is not there is a dash.
  package func cells(of method: Evaluation.Method) -> [String] {
    zip(metrics, method.values).enumerated().map { index, pair in
      guard let value = pair.1 else { return "-" }
      let text = pair.0.text(value)
      guard index < method.intervals.count, let interval = method.intervals[index] else {
        return text
      }
      return "\(text) [\(pair.0.text(interval.lowerBound)), \(pair.0.text(interval.upperBound))]"
    }
  }
}

extension Evaluation.Metric {
  /// A value as it is written, with its unit.
  package func text(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "-" : value < 0 ? "-infinite" : "infinite" }
    return format.number(value) + format.unit
  }
}

extension Evaluation.Metric.Format {
  /// A value without its unit.
  func number(_ value: Double) -> String {
    switch self {
    case .significant(let digits): NumberText.significant(value, digits: digits)
    case .percent(let places): NumberText.fixed(100 * value, places: places)
    case .fixed(let places), .decibels(let places), .nats(let places):
      NumberText.fixed(value, places: places)
    }
  }

  /// The unit, with a space before it, or nothing.
  var unit: String {
    switch self {
    case .significant, .fixed: ""
    case .percent: " %"
    case .decibels: " dB"
    case .nats: " nats"
    }
  }
}

extension Evaluation.Metric.Format: Codable {
  /// Reads `{"fixed": 3}`.
  package init(from decoder: any Decoder) throws {
    let entry = try decoder.singleValueContainer().decode([String: Int].self)
    switch (entry.keys.first, entry.values.first) {
    case ("significant", let digits?): self = .significant(min(max(digits, 1), 15))
    case ("fixed", let places?): self = .fixed(min(max(places, 0), 15))
    case ("percent", let places?): self = .percent(min(max(places, 0), 15))
    case ("decibels", let places?): self = .decibels(min(max(places, 0), 15))
    case ("nats", let places?): self = .nats(min(max(places, 0), 15))
    default:
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "unknown format of a metric")
      )
    }
  }

  /// Writes `{"fixed": 3}`.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .significant(let digits): try container.encode(["significant": digits])
    case .fixed(let places): try container.encode(["fixed": places])
    case .percent(let places): try container.encode(["percent": places])
    case .decibels(let places): try container.encode(["decibels": places])
    case .nats(let places): try container.encode(["nats": places])
    }
  }
}

extension Evaluation.Table: Codable {
  private enum Key: CodingKey { case title, metrics, methods }

  /// A row with its numbers by the names of their metrics, as scripts look them up.
  private struct Row: Codable {
    var name: String
    var isBaseline: Bool
    var values: [String: Double]
    var intervals: [String: ClosedRange<Double>]?
  }

  /// Reads a table whose rows hold their numbers by metric.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let metrics = try container.decode([Evaluation.Metric].self, forKey: .metrics)
    let rows = try container.decode([Row].self, forKey: .methods)
    let methods = rows.map { row in
      Evaluation.Method(
        row.name,
        isBaseline: row.isBaseline,
        metrics.map { row.values[$0.name] },
        intervals: row.intervals.map { intervals in metrics.map { intervals[$0.name] } } ?? []
      )
    }
    self.init(
      try container.decode(String.self, forKey: .title),
      metrics: metrics,
      methods: methods
    )
  }

  /// Writes each row with its numbers by the names of their metrics.
  public func encode(to encoder: any Encoder) throws {
    let names = metrics.map(\.name)
    func named<Value>(_ values: [Value?]) -> [String: Value] {
      var result: [String: Value] = [:]
      for case (let name, let value?) in zip(names, values) { result[name] = value }
      return result
    }
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(title, forKey: .title)
    try container.encode(metrics, forKey: .metrics)
    let rows = methods.map { method in
      Row(
        name: method.name,
        isBaseline: method.isBaseline,
        values: named(method.values),
        intervals: method.intervals.isEmpty ? nil : named(method.intervals)
      )
    }
    try container.encode(rows, forKey: .methods)
  }
}
