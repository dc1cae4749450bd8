/// How the times of series follow each other.
public enum SeriesSpacing: Hashable, Sendable {
  /// The times are texts, of which the order alone is known.
  case unknown
  /// As far apart everywhere, in seconds for dates.
  case regular(step: Double)
  /// Regular, but for times that are left out: these are rows of missing cells.
  case withGaps(step: Double, missing: Int)
  /// Sometimes nearer and sometimes further; rows are taken one after the other.
  case irregular(least: Double, greatest: Double)
}

/// The times of series that were left out.
///
/// The step is the most frequent distance of two neighbouring times. Where every distance is a whole
/// number of steps, the times between are added, so that a window covers the same time everywhere.
/// The distances of months and of clocks that wander are none, and are left as they are.
struct SeriesGrid {
  let spacing: SeriesSpacing
  /// For each row before which times are missing their number.
  private(set) var missing: [Int: Int] = [:]

  /// How far a distance may be from a whole number of steps, in steps.
  private static let tolerance = 0.01
  /// The most times that are added for each that is there.
  private static let mostAdded = 4

  /// Looks at the times of rows, which rise within each group.
  init(times: [Double], groups: [Range<Int>]) {
    var counts: [Double: Int] = [:]
    var (least, greatest, total) = (Double.infinity, 0.0, 0)
    for group in groups {
      for row in group.dropFirst() {
        let distance = times[row] - times[row - 1]
        guard distance > 0 else { continue }
        total += 1
        least = min(least, distance)
        greatest = max(greatest, distance)
        counts[distance, default: 0] += 1
      }
    }
    let most = counts.max { ($0.value, -$0.key) < ($1.value, -$1.key) }
    guard let step = most?.key, total > 2 else {
      spacing = total > 0 && least == greatest ? .regular(step: least) : .unknown
      return
    }
    guard greatest - least > Self.tolerance * step else {
      spacing = .regular(step: step)
      return
    }
    var added = 0
    for group in groups {
      for row in group.dropFirst() {
        let distance = times[row] - times[row - 1]
        guard distance > 0 else { continue }
        let steps = (distance / step).rounded()
        guard steps >= 1, abs(distance / step - steps) <= Self.tolerance,
          steps < Double(Self.mostAdded * times.count + 2)
        else {
          spacing = .irregular(least: least, greatest: greatest)
          missing = [:]
          return
        }
        if steps > 1 { missing[row] = Int(steps) - 1 }
        added += Int(steps) - 1
      }
    }
    guard added <= Self.mostAdded * times.count else {
      spacing = .irregular(least: least, greatest: greatest)
      missing = [:]
      return
    }
    spacing = .withGaps(step: step, missing: added)
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
    guard !grid.missing.isEmpty, case .numbers(let times, _)? = self[column: time]?.cells else {
      return (self, Array(0..<rowCount), groups)
    }
    var rows: [Int?] = []
    var neighbours: [Int] = []
    var stamps: [Double] = []
    var ranges: [Range<Int>] = []
    for range in groups {
      let start = rows.count
      for row in range {
        let count = grid.missing[row] ?? 0
        for place in 0..<count {
          let share = Double(place + 1) / Double(count + 1)
          rows.append(nil)
          neighbours.append(row)
          stamps.append(times[row - 1] + share * (times[row] - times[row - 1]))
        }
        rows.append(row)
        neighbours.append(row)
        stamps.append(times[row])
      }
      ranges.append(start..<rows.count)
    }
    let columns = columns.map { column in
      if column.name == time { return column.replacing(cells: .numbers(stamps, missing: [])) }
      return column.name == group ? column.rows(neighbours) : column.rows(rows)
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
