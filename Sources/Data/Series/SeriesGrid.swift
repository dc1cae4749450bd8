/// How the times of series follow each other.
package enum SeriesSpacing: Hashable, Sendable {
  /// The times are texts, of which the order alone is known.
  case unknown
  /// As far apart everywhere, in seconds for dates.
  case regular(step: Double)
  /// Regular, but for times that are left out: these are rows of missing cells.
  case withGaps(step: Double, missing: Int)
  /// Sometimes nearer and sometimes further; rows are taken one after the other.
  case irregular(least: Double, greatest: Double)
}

/// How far neighboring times of series are apart, and how often.
struct SeriesDistances {
  private var counts: [Double: Int] = [:]
  private var least = Double.infinity
  private var greatest = 0.0
  private var total = 0

  /// How far a distance may be from a whole number of steps, in steps.
  private static let tolerance = 0.01
  /// The most times that are added for each that is there.
  private static let mostAdded = 4
  /// The most different distances that are looked at: clocks with more keep no step.
  private static let mostDistances = 1 << 18

  /// Takes the distance of a time from the one before it; equal times and falling ones have none.
  mutating func add(_ distance: Double) {
    guard distance > 0 else { return }
    total += 1
    least = min(least, distance)
    greatest = max(greatest, distance)
    if counts.count < Self.mostDistances || counts[distance] != nil {
      counts[distance, default: 0] += 1
    }
  }

  /// How the times follow each other; the step is the most frequent distance.
  ///
  /// - Parameter rowCount: The number of times.
  func spacing(rowCount: Int) -> SeriesSpacing {
    let most = counts.max { ($0.value, -$0.key) < ($1.value, -$1.key) }
    guard let step = most?.key, total > 2 else {
      return total > 0 && least == greatest ? .regular(step: least) : .unknown
    }
    guard greatest - least > Self.tolerance * step else { return .regular(step: step) }
    let room = Self.mostAdded * rowCount
    var added = 0
    for (distance, count) in counts {
      guard let missing = Self.missing(distance, step: step), missing <= room else {
        return .irregular(least: least, greatest: greatest)
      }
      let (sum, overflows) = added.addingReportingOverflow(missing * count)
      added = overflows ? .max : sum
    }
    guard added <= room, counts.count < Self.mostDistances else {
      return .irregular(least: least, greatest: greatest)
    }
    return .withGaps(step: step, missing: added)
  }

  /// The number of times that are missing within a distance; nil where it is no whole number of steps.
  static func missing(_ distance: Double, step: Double) -> Int? {
    let steps = (distance / step).rounded()
    guard steps >= 1, steps < 0x1p31, abs(distance / step - steps) <= tolerance else { return nil }
    return Int(steps) - 1
  }
}

/// The times of series that were left out.
///
/// The step is the most frequent distance of two neighboring times. Where every distance is a whole
/// number of steps, the times between are added, so that a window covers the same time everywhere.
/// Months, quarters and years are steps too (`SeriesSteps`); clocks that wander are left as they are.
struct SeriesGrid {
  let spacing: SeriesSpacing
  /// For each row before which times are missing their number.
  private(set) var missing: [Int: Int] = [:]
  /// The times themselves, with days counted on.
  private let clock: [Double]
  private let steps: SeriesSteps

  /// Looks at the times of rows, which rise within each group.
  ///
  /// - Parameters:
  ///   - times: The places of the times on their grid.
  ///   - clock: The times themselves.
  ///   - spacing: How times follow each other, where that is known from more of them.
  init(
    times: [Double],
    groups: [Range<Int>],
    clock: [Double],
    steps: SeriesSteps,
    spacing known: SeriesSpacing? = nil
  ) {
    self.clock = clock
    self.steps = steps
    if let known {
      spacing = known
    } else {
      var distances = SeriesDistances()
      for group in groups {
        for row in group.dropFirst() { distances.add(times[row] - times[row - 1]) }
      }
      spacing = distances.spacing(rowCount: times.count)
    }
    guard case .withGaps(let step, _) = spacing else { return }
    for group in groups {
      for row in group.dropFirst() {
        let count = SeriesDistances.missing(times[row] - times[row - 1], step: step) ?? 0
        if count > 0 { missing[row] = count }
      }
    }
  }

  /// The time of a row; of one that was left out the time at a part of the way from the row before.
  func time(_ row: Int, part: Double? = nil) -> Double {
    guard let part else { return clock[row] }
    return steps.rounded(clock[row - 1] + part * (clock[row] - clock[row - 1]))
  }
}

extension Table {
  /// The table with rows of missing cells at the times that a grid adds.
  ///
  /// - Returns: The table, for each of its rows the one that it was, and the groups.
  func adding(
    _ grid: SeriesGrid,
    groups: [Range<Int>],
    time: String,
    group: String?
  ) -> (table: Table, rows: [Int?], groups: [Range<Int>]) {
    guard !grid.missing.isEmpty, let clock = self[column: time], case .numbers = clock.cells else {
      return (self, Array(0..<rowCount), groups)
    }
    var rows: [Int?] = []
    var neighbors: [Int] = []
    var stamps: [Double] = []
    var ranges: [Range<Int>] = []
    for range in groups {
      let start = rows.count
      for row in range {
        let count = grid.missing[row] ?? 0
        for place in 0..<count {
          let share = Double(place + 1) / Double(count + 1)
          rows.append(nil)
          neighbors.append(row)
          stamps.append(grid.time(row, part: share))
        }
        rows.append(row)
        neighbors.append(row)
        stamps.append(clock.number(row) ?? grid.time(row))
      }
      ranges.append(start..<rows.count)
    }
    let columns = columns.map { column in
      if column.name == time { return column.replacing(cells: .numbers(stamps, missing: [])) }
      return column.name == group ? column.rows(neighbors) : column.rows(rows)
    }
    return (Table(name: name, columns: columns), rows, ranges)
  }
}

extension Table.Column {
  /// The cells of some rows; those of no row are missing.
  func rows(_ indices: [Int?]) -> Table.Column {
    let chosen: Table.Cells =
      switch cells {
      case .numbers(let values, let missing):
        .numbers(
          indices.map { $0.map { values[$0] } ?? 0 },
          missing: indices.map { row in row.map { !missing.isEmpty && missing[$0] } ?? true }
        )
      case .codes(let codes, let levels):
        .codes(indices.map { $0.map { codes[$0] } ?? -1 }, levels: levels)
      case .texts(let texts): .texts(indices.map { $0.flatMap { texts[$0] } })
      }
    return replacing(cells: chosen)
  }
}
