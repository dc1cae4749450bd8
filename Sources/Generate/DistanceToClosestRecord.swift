internal import HourglassData
internal import HourglassEngines
internal import HourglassEvaluation
internal import HourglassNetworks
internal import HourglassTensors

/// How near generated rows come to the rows trained on, beside how near real rows do that were not
/// trained on.
///
/// The distance of two rows is the mean over the columns of 0 for the same level and 1 for another,
/// and of the distance of numbers as a share of their range; a missing cell is a level, and 1 from
/// any number. It is that of Gower, 1971, "A general coefficient of similarity",
/// doi:10.2307/2528823, and the distance to the closest record of the literature on synthetic data.
struct DistanceToClosestRecord {
  /// What is measured of some rows.
  struct Rows: Equatable {
    /// The rows that were measured.
    var count: Int
    /// The share that equals a row trained on, in every column.
    var copies: Double
    /// The median distance to the closest row trained on.
    var median: Double
    /// The distance that a twentieth of the rows lie below.
    var low: Double
  }

  /// Generated rows.
  var generated: Rows
  /// Real rows that were held out.
  var heldOut: Rows
  /// The share of generated rows that lie closer to as many rows trained on than to the rows held
  /// out; a half where the training rows were not copied.
  var closerToLearned: Double
  /// How well training rows are told from held-out rows; none where there are too few.
  var membership: Membership?
  /// The levels of categories that fewer than five training rows have, which may identify single people.
  var rareLevels: Int
  /// How many of these occur in generated rows.
  var leakedLevels: Int

  private static let rareCount = 5

  /// How well somebody who has generated rows alone tells rows trained on from others, by how close the closest
  /// generated row is.
  ///
  /// Reference: Chen, Yu, Zhang, Fritz, 2020, "GAN-Leaks", arXiv:1909.03935, section 4.
  struct Membership: Equatable {
    /// The area under the ROC curve; a half is chance.
    var area: Double
    /// Its 95 % interval, by the bootstrap over rows.
    var interval: ClosedRange<Double>
    /// The rows of each kind.
    var count: Int
  }

  /// Measures at most `limit` rows of each kind.
  ///
  /// - Throws: `missingColumn` where the tables have other columns.
  init(
    generated: Table,
    heldOut: Table,
    learned: Table,
    limit: Int = 500,
    learnedLimit: Int = 40_000
  ) throws(DatasetError) {
    let names = learned.columns.filter { !$0.kind.holdsTexts }.map(\.name)
    let space = RecordSpace(try learned.selecting(names))
    let all = space.points(try learned.selecting(names))
    let made = space.points(try generated.selecting(names).prefix(limit))
    let held = space.points(try heldOut.selecting(names).prefix(limit))
    let near = all.strided(learnedLimit)
    self.generated = Self.rows(made, near, all)
    self.heldOut = Self.rows(held, near, all)
    let few = all.strided(held.count)
    var closer = 0.0
    for row in 0..<made.count {
      let (own, other) = (few.distance(from: made, row), held.distance(from: made, row))
      closer += own < other ? 1 : own == other ? 0.5 : 0
    }
    closerToLearned = closer / Double(max(made.count, 1))
    membership = Self.membership(
      few,
      held,
      space.points(try generated.selecting(names).prefix(Self.mostGenerated))
    )
    (rareLevels, leakedLevels) = (0, 0)
    for name in names {
      let column = try learned.required(name)
      guard case .codes = column.cells else { continue }
      var counts: [String: Int] = [:]
      for row in 0..<column.count {
        if let level = column.text(row) { counts[level, default: 0] += 1 }
      }
      let other = try generated.required(name)
      let made = Set((0..<other.count).compactMap { other.text($0) })
      let rare = counts.filter { $0.value < Self.rareCount }.keys
      rareLevels += rare.count
      leakedLevels += rare.count { made.contains($0) }
    }
  }

  /// The generated rows that rows are compared with to find out who was trained on.
  private static let mostGenerated = 5_000
  /// The fewest rows of each kind, and the samples of the bootstrap.
  private static let (fewestMembers, resamples) = (20, 200)

  private static func membership(
    _ learned: RecordPoints,
    _ held: RecordPoints,
    _ generated: RecordPoints
  ) -> Membership? {
    guard learned.count >= fewestMembers, held.count >= fewestMembers else { return nil }
    let scores =
      (0..<learned.count).map { -generated.distance(from: learned, $0) }
      + (0..<held.count).map { -generated.distance(from: held, $0) }
    let members = scores.indices.map { $0 < learned.count }
    let ranked = RankedScores(scores: scores, positives: members)
    guard let area = ranked.areaUnderROC(of: Array(scores.indices)) else { return nil }
    var generator = SeededGenerator.named("membership", seed: 0)
    var areas: [Double] = []
    for _ in 0..<resamples {
      let places =
        (0..<learned.count).map { _ in Int.random(in: 0..<learned.count, using: &generator) }
        + (0..<held.count).map { _ in
          learned.count + Int.random(in: 0..<held.count, using: &generator)
        }
      if let area = ranked.areaUnderROC(of: places) { areas.append(area) }
    }
    areas.sort()
    guard areas.count == resamples else { return nil }
    return Membership(
      area: area,
      interval: areas[resamples / 40]...areas[resamples - 1 - resamples / 40],
      count: held.count
    )
  }

  private static func rows(_ points: RecordPoints, _ near: RecordPoints, _ all: RecordPoints)
    -> Rows
  {
    let distances = (0..<points.count).map { near.distance(from: points, $0) }.sorted()
    let known = Set((0..<all.count).map { all.key($0) })
    let copies = (0..<points.count).count { known.contains(points.key($0)) }
    return Rows(
      count: points.count,
      copies: Double(copies) / Double(max(points.count, 1)),
      median: distances.isEmpty ? 0 : distances[distances.count / 2],
      low: distances.isEmpty ? 0 : distances[distances.count / 20]
    )
  }
}

/// What numbers and levels of rows become.
private struct RecordSpace {
  /// For each column the low end and the width of its numbers; none for a category.
  private var ranges: [(low: Double, width: Double)?] = []
  private let levels: [[String: Float]]

  init(_ table: Table) {
    var levels: [[String: Float]] = []
    for column in table.columns {
      var own: [String: Float] = [:]
      if case .numbers = column.cells {
        let numbers = (0..<column.count).compactMap { column.number($0) }
        let (low, high) = (numbers.min() ?? 0, numbers.max() ?? 0)
        ranges.append((low, max(high - low, .leastNormalMagnitude)))
      } else {
        for row in 0..<column.count {
          if let text = column.text(row), own[text] == nil { own[text] = Float(own.count) }
        }
        ranges.append(nil)
      }
      levels.append(own)
    }
    self.levels = levels
  }

  /// Rows with the columns of numbers first.
  func points(_ table: Table) -> RecordPoints {
    let order =
      ranges.indices.filter { ranges[$0] != nil } + ranges.indices.filter { ranges[$0] == nil }
    let width = order.count
    var values = [Float](repeating: 0, count: table.rowCount * width)
    for (place, column) in order.enumerated() {
      let cells = table.columns[column]
      for row in 0..<table.rowCount {
        let value: Float
        if let range = ranges[column] {
          value = cells.number(row).map { Float(($0 - range.low) / range.width) } ?? 1e6
        } else {
          value = cells.text(row).map { levels[column][$0] ?? -2 } ?? -1
        }
        values[row * width + place] = value
      }
    }
    return RecordPoints(
      values: values,
      numbers: ranges.count { $0 != nil },
      width: width,
      count: table.rowCount
    )
  }
}

/// Rows in a space of numbers and levels.
///
/// Their distances are sums of magnitudes, not of squares: `NearestNeighbors` has no products for them.
private struct RecordPoints {
  let values: [Float]
  let numbers: Int
  let width: Int
  let count: Int

  /// At most so many of the rows, evenly chosen.
  func strided(_ limit: Int) -> RecordPoints {
    guard count > limit, limit > 0 else { return self }
    var chosen: [Float] = []
    for place in 0..<limit {
      let start = place * count / limit * width
      chosen += values[start..<start + width]
    }
    return RecordPoints(values: chosen, numbers: numbers, width: width, count: limit)
  }

  /// The distance from a row of others to the closest of these.
  func distance(from others: RecordPoints, _ row: Int) -> Double {
    var least = Float.infinity
    let (own, other) = (values.span, others.values.span)
    let start = row * width
    for place in 0..<count {
      var sum: Float = 0
      var index = 0
      let first = place * width
      while index < width, sum < least {
        let difference = own[first + index] - other[start + index]
        sum += index < numbers ? min(difference.magnitude, 1) : (difference == 0 ? 0 : 1)
        index += 1
      }
      least = min(least, sum)
    }
    return Double(least) / Double(max(width, 1))
  }

  /// The row as something to look up.
  func key(_ row: Int) -> [UInt32] { values[row * width..<(row + 1) * width].map(\.bitPattern) }
}
