internal import HourglassData
internal import HourglassDetect
internal import HourglassSystem

/// Which items somebody labeled as anomalies.
///
/// Normal are 0 and words such as no, normal and inlier, whatever else is an anomaly; of 1 and -1 alone it is -1, as
/// scikit-learn has it; of two values of which neither is known it is the rarer one.
struct DetectLabels: Sendable {
  /// The column, of a table or series.
  let name: String
  /// The label of each item by its place among the values; -1 where there is none.
  private var places: [Int32] = []
  /// The different labels, and how often each is there.
  private var values: [String] = []
  private var counts: [Int] = []
  private var known: [String: Int32] = [:]

  private static let normalWords: Set<String> = [
    "0", "false", "no", "n", "f", "normal", "ok", "good", "inlier", "-",
  ]

  init(name: String) { self.name = name }

  /// Takes the column of labels out of data that are trained on.
  ///
  /// - Throws: Where the data have no such column.
  static func remove(_ name: String, from data: inout Dataset) throws {
    switch data {
    case .table(let table):
      let columns = table.schema.columns.map(\.name)
      guard columns.contains(name) else {
        throw DatasetError.table(.missingColumn(path: table.name, name: name, found: columns))
      }
      if columns.count > 1 { data = .table(table.removing([name])) }
    case .series(let series): data = .series(try series.sample.removing(name))
    case .images(let images):
      if images.labels == nil {
        throw Failure.usage("--labels: \(images.name) has no labels; see --labels-array")
      }
    case .sounds: break
    }
  }

  /// Takes the labels of the items of a batch that something was found of.
  mutating func take(_ findings: Findings, of batch: DatasetBatch) throws {
    switch batch.data {
    case .table(let table):
      let column = try table.sample.required(name)
      for row in 0..<column.count { take(Self.value(column, row)) }
    case .series(let data):
      let series = data.sample
      let column = try series.table.required(name)
      var rows: [Int: Int] = [:]
      for (place, row) in series.originalRows.enumerated() { if let row { rows[row] = place } }
      for finding in findings { take(rows[finding.item].flatMap { Self.value(column, $0) }) }
    case .images(let images):
      guard let labels = images.labels else {
        throw Failure.usage("--labels: \(images.name) has no labels; see --labels-array")
      }
      for label in labels { take("\(label)") }
    case .sounds: break
    }
  }

  private mutating func take(_ value: String?) {
    guard let value else { return places.append(-1) }
    let place = known[value] ?? Int32(values.count)
    if known[value] == nil {
      known[value] = place
      values.append(value)
      counts.append(0)
    }
    counts[Int(place)] += 1
    places.append(place)
  }

  /// The label of a row, a number in one writing; nil for a missing one.
  private static func value(_ column: Table.Column, _ row: Int) -> String? {
    guard let number = column.number(row) else { return column.text(row)?.lowercased() }
    return NumberText.plain(number)
  }

  /// For each of the different labels whether it is that of an anomaly.
  private var areAnomalies: [Bool] {
    if Set(values) == ["1", "-1"] { return values.map { $0 == "-1" } }
    let areNormal = values.map { Self.normalWords.contains($0) }
    guard values.count == 2, !areNormal.contains(true) else { return areNormal.map { !$0 } }
    let rarer = counts[1] <= counts[0] ? 1 : 0
    return [rarer == 0, rarer == 1]
  }

  /// Whether each item is an anomaly; one without a label is none.
  var marks: [Bool] {
    let areAnomalies = areAnomalies
    return places.map { $0 >= 0 && areAnomalies[Int($0)] }
  }

  /// What the labels were taken for.
  var summary: Summary {
    let areAnomalies = areAnomalies
    var summary = Summary(column: name, missing: places.count { $0 < 0 })
    for (place, value) in values.enumerated() {
      if areAnomalies[place] {
        summary.anomalous[value] = counts[place]
      } else {
        summary.normal[value] = counts[place]
      }
    }
    return summary
  }

  /// What labels were taken for.
  struct Summary: Encodable, Sendable {
    var column: String
    /// The labels of anomalies and those of normal items, with their counts.
    var anomalous: [String: Int] = [:]
    var normal: [String: Int] = [:]
    /// The items without a label, which count as normal.
    var missing: Int

    /// Whether there are both anomalies and normal items.
    var areDifferent: Bool { !anomalous.isEmpty && (!normal.isEmpty || missing > 0) }

    /// It in words.
    var text: String {
      let rest =
        missing > 0 ? "; \(NumberText.grouped(missing)) without a label count as normal" : ""
      guard areDifferent else {
        return "The labels are all those of \(anomalous.isEmpty ? "normal items" : "anomalies") "
          + "(\(Self.list(anomalous.isEmpty ? normal : anomalous))\(rest)): nothing can be evaluated by "
          + "them. Normal are 0, false, no, normal, ok, good and inlier."
      }
      return "Labels: anomalies are \(Self.list(anomalous)), normal \(Self.list(normal))\(rest)."
    }

    private static func list(_ counts: [String: Int]) -> String {
      let order = counts.sorted { (-$0.value, $0.key) < (-$1.value, $1.key) }
      let shown = order.prefix(4).map { "\(clipped($0.key)) (\(NumberText.grouped($0.value)))" }
      let rest = order.count > 4 ? " and \(order.count - 4) more" : ""
      return shown.isEmpty ? "none" : shown.joined(separator: ", ") + rest
    }
  }
}
