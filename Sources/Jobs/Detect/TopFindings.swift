internal import HourglassData
internal import HourglassDetect
internal import HourglassEngines
internal import HourglassSystem

/// The most unusual items of a run, with what their cells are and what those of the nearest normal row
/// were.
struct TopFindings: Sendable {
  /// One of them.
  struct Item: Encodable, Sendable {
    /// The number of the row, image or time, from 1.
    var number: Int
    var score: Double
    var pValue: Double
    var reasons: [Reason]
  }

  /// A column that adds much to a score.
  struct Reason: Encodable, Sendable {
    var name: String
    var part: Double
    /// The cell, and that of the nearest normal row; none for anything but tables.
    var value: String?
    var nearestNormal: String?
  }

  private static let most = 5
  private var found: [(finding: Findings.Finding, row: Table?)] = []

  /// Takes the anomalies among findings.
  ///
  /// - Parameters:
  ///   - rows: The rows that they are of, if they are of a table.
  ///   - firstRow: The number of rows before these.
  mutating func take(_ findings: Findings, rows: Table?, firstRow: Int = 0) {
    let order = findings.indices.filter { findings.anomalies[$0] }
      .sorted { (findings.scores[$1], $0) < (findings.scores[$0], $1) }
    for place in order.prefix(Self.most) {
      var finding = findings[place]
      let row = rows?.rows([finding.item])
      finding.item += firstRow
      found.append((finding, row))
    }
    found.sort { ($1.finding.score, $0.finding.item) < ($0.finding.score, $1.finding.item) }
    found.removeLast(max(found.count - Self.most, 0))
  }

  /// Looks the nearest normal rows up.
  func items(
    _ fitted: FittedAnomalyDetector,
    on engine: ComputeEngine
  ) async throws -> [Item] {
    var items: [Item] = []
    for (finding, row) in found {
      var nearest: Table?
      if let row { nearest = try await fitted.nearestNormalRows(to: row, on: engine) }
      items.append(
        Item(
          number: finding.item + 1,
          score: finding.score,
          pValue: finding.pValue,
          reasons: finding.reasons.map { reason in
            Reason(
              name: reason.name,
              part: reason.part,
              value: row?[column: reason.name].flatMap { $0.text(0) },
              nearestNormal: nearest?[column: reason.name].flatMap { $0.text(0) }
            )
          }
        )
      )
    }
    return items
  }
}

extension TopFindings.Item {
  /// The item in a line.
  func line(_ noun: String) -> String {
    // What adds less than a hundredth is no reason.
    let parts = reasons.filter { $0.part >= 0.01 * score }.map { reason in
      var text = "\(reason.name) \(NumberText.significant(reason.part, digits: 3))"
      if let value = reason.value.map(Self.short), let normal = reason.nearestNormal.map(Self.short)
      {
        text += " (\(value), nearest normal \(normal))"
      }
      return text
    }
    return "  \(noun) \(NumberText.grouped(number))  score \(NumberText.significant(score))  of it "
      + parts.joined(separator: ", ")
  }

  /// A cell without its end where it is long: of a number the digits that single precision knows.
  private static func short(_ text: String) -> String {
    if text.count > 10, let number = Double(text), number != number.rounded() {
      return NumberText.plain(number, digits: 8)
    }
    return text.count <= 24 ? text : text.prefix(23) + "…"
  }
}
