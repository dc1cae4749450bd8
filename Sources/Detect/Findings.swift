internal import HourglassData
internal import HourglassNetworks

/// The findings of a detector on items, in their order: rows of a table, images, or times of a series.
public struct Findings: RandomAccessCollection, Sendable {
  /// The finding of one item.
  public struct Finding: Hashable, Sendable {
    /// The number of the row or image in the data, from 0.
    public var item: Int
    /// How unusual it is; about 1 is usual.
    public var score: Double
    /// The share of held-out normal items with a score at least as high.
    public var pValue: Double
    /// Whether it is an anomaly at the false-alarm rate that was asked for.
    public var isAnomaly: Bool
    /// What adds most to the score, the most first.
    public var reasons: [Reason]
  }

  /// What a column, channel or pixel adds to a score.
  public struct Reason: Hashable, Sendable, Codable {
    /// The name of the column, channel or pixel.
    public var name: String
    /// What it adds; all of them together are the score.
    public var part: Double
  }

  /// The scores.
  public let scores: [Double]
  /// The p-values.
  public let pValues: [Double]
  /// Whether each is an anomaly.
  public let anomalies: [Bool]
  /// The names of the columns, channels or pixels.
  public let fieldNames: [String]
  /// What each of these adds to each score, `[count, fieldNames.count]`.
  public let parts: [Float]
  /// How the cells of the rows of a table are spread; what is moved is told by `movedColumns`.
  package let counts: ColumnCounts?
  /// The number of each item in the data; `nil` where it is its place.
  let items: [Int]?

  /// The place of the first finding, 0.
  public var startIndex: Int { 0 }
  /// The number of findings.
  public var endIndex: Int { scores.count }

  /// The number of an item in the data.
  package func item(_ position: Int) -> Int { items?[position] ?? position }

  package init(
    scores: [Double] = [],
    pValues: [Double] = [],
    anomalies: [Bool] = [],
    fieldNames: [String],
    parts: [Float] = [],
    items: [Int]? = nil,
    counts: ColumnCounts? = nil
  ) {
    self.scores = scores
    self.pValues = pValues
    self.anomalies = anomalies
    self.fieldNames = fieldNames
    self.parts = parts
    self.items = items
    self.counts = counts
  }

  /// The findings at some places, whose items are numbered anew from another first one on.
  package func part(_ places: Range<Int>, from first: Int) -> Findings {
    let width = fieldNames.count
    return Findings(
      scores: Array(scores[places]),
      pValues: Array(pValues[places]),
      anomalies: Array(anomalies[places]),
      fieldNames: fieldNames,
      parts: Array(parts[places.lowerBound * width..<places.upperBound * width]),
      items: items.map { items in places.map { items[$0] - first } }
    )
  }

  /// Makes the findings of all items of those of batches, each with the number of items before it.
  package init(joining parts: [(findings: Findings, firstRow: Int)], fieldNames: [String]) {
    let isNumbered = parts.contains { $0.findings.items != nil }
    var counts: ColumnCounts?
    for other in parts.compactMap(\.findings.counts) {
      if counts == nil { counts = other } else { counts?.add(other) }
    }
    self.init(
      scores: parts.flatMap(\.findings.scores),
      pValues: parts.flatMap(\.findings.pValues),
      anomalies: parts.flatMap(\.findings.anomalies),
      fieldNames: parts.first?.findings.fieldNames ?? fieldNames,
      parts: parts.flatMap(\.findings.parts),
      items: isNumbered
        ? parts.flatMap { part in
          part.findings.indices.map { part.findings.item($0) + part.firstRow }
        }
        : nil,
      counts: counts
    )
  }

  /// What is said of one item.
  public subscript(position: Int) -> Finding {
    Finding(
      item: item(position),
      score: scores[position],
      pValue: pValues[position],
      isAnomaly: anomalies[position],
      reasons: reasons(position, limit: 3)
    )
  }

  /// What adds most to the score of an item, the most first, and nothing that adds nothing.
  public func reasons(_ position: Int, limit: Int) -> [Reason] {
    topFields(position, limit: limit).map { field in
      Reason(name: fieldNames[field], part: Double(parts[position * fieldNames.count + field]))
    }
  }

  /// The fields that add most to a score, the most first.
  package func topFields(_ position: Int, limit: Int) -> [Int] {
    let count = fieldNames.count
    let parts = parts.span.extracting(position * count..<(position + 1) * count)
    var top: [Int] = []
    for field in parts.indices where parts[field] > 0 {
      if top.count == limit, parts[field] <= parts[top[limit - 1]] { continue }
      var place = top.count
      while place > 0, parts[top[place - 1]] < parts[field] { place -= 1 }
      top.insert(field, at: place)
      if top.count > limit { top.removeLast() }
    }
    return top
  }

  /// The number of anomalies.
  public var anomalyCount: Int { anomalies.count { $0 } }
}
