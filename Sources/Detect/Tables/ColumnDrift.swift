internal import HourglassEncodings
internal import HourglassNetworks
internal import HourglassSystem

/// How many cells of some rows lie in each bin of each field.
package struct ColumnCounts: Hashable, Sendable {
  /// The cells in each bin, `[fields][bins]`; the last bin is of missing cells.
  var bins: [[Int]]

  /// Adds the cells of further rows.
  package mutating func add(_ other: ColumnCounts) {
    for (field, counts) in other.bins.enumerated() {
      for (bin, count) in counts.enumerated() { bins[field][bin] += count }
    }
  }
}

/// The bins of each field of a table, with about as many of the rows that are kept in each.
struct ColumnBinning: Sendable {
  private enum Field: Sendable {
    case number(place: Int, cuts: [Double])
    case levels(Range<Int>)
    case none

    var count: Int {
      switch self {
      case .number(_, let cuts): cuts.count + 2
      case .levels(let range): range.count + 2
      case .none: 0
      }
    }
  }

  private let fields: [Field]
  private let places: [Int]
  /// Those of the rows that are kept.
  private(set) var usual: ColumnCounts

  private static let binCount = 16

  init(_ rows: RawRows, _ items: EncodedRows, _ encoding: TableEncoding) {
    let ranges = encoding.layout.ranges
    places = ranges.map(\.lowerBound)
    fields = zip(encoding.fields.filter { $0.width > 0 }, ranges).map { field, range in
      switch field.content {
      case .number where field.part == nil: break
      case .levels, .constant: return .levels(range)
      case .number, .circle, .text, .bins: return .none
      }
      let sorted = rows.column(range.lowerBound).sorted()
      var cuts: [Double] = []
      for bin in 1..<Self.binCount {
        let cut = sorted[min(bin * sorted.count / Self.binCount, sorted.count - 1)]
        if cuts.last != cut { cuts.append(cut) }
      }
      return .number(place: range.lowerBound, cuts: cuts)
    }
    usual = ColumnCounts(bins: fields.map { Array(repeating: 0, count: $0.count) })
    usual = counts(rows, items)
  }

  /// The cells of rows in each bin.
  func counts(_ rows: RawRows, _ items: EncodedRows) -> ColumnCounts {
    var counts = fields.map { Array(repeating: 0, count: $0.count) }
    let width = rows.width
    items.forEachItem { item, _, observed in
      for (index, field) in fields.enumerated() where field.count > 0 {
        guard observed[places[index]] != 0 else {
          counts[index][field.count - 1] += 1
          continue
        }
        switch field {
        case .none: continue
        case .number(let place, let cuts):
          let value = rows.raw[item * width + place]
          counts[index][cuts.firstPlace { $0 > value }] += 1
        case .levels(let range):
          let level = range.firstIndex { rows.raw[item * width + $0] != 0 }
          counts[index][level.map { $0 - range.lowerBound } ?? range.count] += 1
        }
      }
    }
    return ColumnCounts(bins: counts)
  }
}

/// A column whose cells are spread otherwise in new rows than in those that were trained on.
package struct MovedColumn: Hashable, Sendable, Codable {
  /// Its name.
  package let name: String
  /// The largest difference of the shares of numbers up to a bin, or of levels half the sum of the differences
  /// of their shares, from 0 to 1.
  package let distance: Double
  /// How likely so great a χ² is where nothing has moved.
  package let pValue: Double
}

extension ColumnBinning {
  /// The level at which a column has moved, over all columns (Bonferroni).
  static let level = 0.01
  /// The least distance: of many rows differences show that matter to nobody.
  private static let leastDistance = 0.05
  /// The fewest rows that are compared.
  private static let leastRows = 50

  /// The columns that have moved, the farthest first.
  ///
  /// The test is Pearson's of two samples in the same bins, whose χ² is brought to a normal deviate by
  /// the cube root (Wilson, Hilferty, 1931, doi:10.1073/pnas.17.12.684).
  func moved(_ counts: ColumnCounts, names: [String]) -> [MovedColumn] {
    var moved: [MovedColumn] = []
    let tested = max(fields.count { $0.count > 0 }, 1)
    for (index, field) in fields.enumerated() where field.count > 0 {
      let (old, new) = (usual.bins[index].map(Double.init), counts.bins[index].map(Double.init))
      let (oldTotal, newTotal) = (old.reduce(0, +), new.reduce(0, +))
      guard min(oldTotal, newTotal) >= Double(Self.leastRows) else { continue }
      let (up, down) = ((newTotal / oldTotal).squareRoot(), (oldTotal / newTotal).squareRoot())
      var isOrdered = false
      if case .number = field { isOrdered = true }
      var (sum, bins, reached, distance) = (0.0, 0.0, 0.0, 0.0)
      for (first, second) in zip(old, new) where first + second > 0 {
        let difference = up * first - down * second
        sum += difference * difference / (first + second)
        bins += 1
        let step = first / oldTotal - second / newTotal
        reached += step
        distance = isOrdered ? max(distance, abs(reached)) : distance + abs(step) / 2
      }
      guard bins > 1 else { continue }
      let pValue = Self.tail(sum, freedom: bins - 1)
      guard pValue <= Self.level / Double(tested), distance >= Self.leastDistance else { continue }
      moved.append(MovedColumn(name: names[index], distance: distance, pValue: pValue))
    }
    return moved.sorted { ($1.distance, $0.name) < ($0.distance, $1.name) }
  }

  private static func tail(_ square: Double, freedom: Double) -> Double {
    let variance = 2 / (9 * freedom)
    let deviate = (cbrt(square / freedom) - (1 - variance)) / variance.squareRoot()
    return 0.5 * erfc(deviate / 2.0.squareRoot())
  }
}
