internal import HourglassEncodings
internal import HourglassNetworks
internal import HourglassSystem

/// How far in the tails of their columns the cells of a row are.
///
///     part of column c = -ln min(1, 2 min(share of rows ≤ x_c, share of rows ≥ x_c))
///
/// and for a category -ln of the share of rows whose level is at most twice as frequent as that of the row: where most
/// rows have rare levels, such a level is not unusual. For a missing cell it is -ln of the share of missing ones. A
/// level that no row that is kept has counts as that of one row.
///
/// Reference: Li et al., 2022, "ECOD: Unsupervised outlier detection using empirical cumulative
/// distribution functions", doi:10.1109/TKDE.2022.3159580, equation 8.
struct ColumnTails: Sendable {
  private struct Field: Sendable {
    enum Kind: Sendable {
      /// A number; its column, rising, is kept.
      case number
      /// A category; for each level are kept the rows with a level at most twice as frequent, and how many these
      /// are without one row of the level itself.
      case levels
      /// A part of a date or a vector, which has no tails.
      case none
    }

    var kind: Kind
    /// Its values in a row.
    var places = 0..<0
    /// What is kept of it in `kept`.
    var kept = 0..<0
  }

  private let fields: [Field]
  private let kept: [Double]
  private let missing: [Double]
  private let count: Double

  init(_ rows: RawRows, _ items: EncodedRows, _ encoding: TableEncoding) {
    let layout = encoding.layout
    var missing = [Double](repeating: 0, count: layout.count)
    items.forEachItem { _, _, observed in
      for (field, range) in layout.ranges.enumerated() where observed[range.lowerBound] == 0 {
        missing[field] += 1
      }
    }
    self.missing = missing
    count = Double(items.count)
    var (fields, kept): ([Field], [Double]) = ([], [])
    for (field, range) in zip(encoding.fields.filter({ $0.width > 0 }), layout.ranges) {
      let kind: Field.Kind
      let start = kept.count
      switch field.content {
      case .number where field.part == nil:
        kind = .number
        kept += rows.column(range.lowerBound).sorted()
      case .levels, .constant:
        kind = .levels
        let counts = range.map { rows.column($0).reduce(0.0) { $0 + ($1 != 0 ? 1 : 0) } }
        kept += LevelRarity(counts, of: field).kept
      case .number, .circle, .text, .bins: kind = .none
      }
      fields.append(Field(kind: kind, places: range, kept: start..<kept.count))
    }
    (self.fields, self.kept) = (fields, kept)
  }

  /// What each field of a row adds.
  ///
  /// - Parameters:
  ///   - isOwn: Whether the row is one of those that are kept, and does not count.
  ///   - parts: One number for each field.
  func measure(
    _ raw: Span<Double>,
    isObserved: (Int) -> Bool,
    isOwn: Bool,
    into parts: inout MutableSpan<Double>
  ) {
    let own = isOwn ? 1.0 : 0
    let total = count - own + 1
    let kept = kept.span
    for index in fields.indices {
      let field = fields[index]
      if field.kind == .none {
        parts[index] = 0
        continue
      }
      guard isObserved(index) else {
        parts[index] = -log((missing[index] - own + 1) / total)
        continue
      }
      if field.kind == .number {
        let value = raw[field.places.lowerBound]
        let sorted = kept.extracting(field.kept)
        // The rows with lower numbers, and those with numbers that are not higher.
        let lower = Self.place(in: sorted) { $0 >= value }
        let notHigher =
          lower < sorted.count && sorted[lower] == value
          ? Self.place(in: sorted) { $0 > value } : lower
        let below = Double(notHigher) - own + 1
        let above = Double(sorted.count - lower) - own + 1
        parts[index] = max(-log(min(2 * min(below, above) / total, 1)), 0)
      } else {
        // A constant that did not change has no value but 0.
        let level = field.places.firstIndex { raw[$0] != 0 }
        let rarer = level.map { place in
          kept[field.kept.lowerBound + 2 * (place - field.places.lowerBound) + (isOwn ? 1 : 0)]
        }
        parts[index] = max(-log(min(((rarer ?? count) + 1) / total, 1)), 0)
      }
    }
  }

  /// The place of the first of rising numbers with a property that all later ones have, or their count.
  private static func place(in sorted: Span<Double>, _ hasProperty: (Double) -> Bool) -> Int {
    var (low, high) = (0, sorted.count)
    while low < high {
      let middle = (low + high) / 2
      if hasProperty(sorted[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

/// How many rows have levels that are at most twice as frequent as each level of a category.
private struct LevelRarity {
  /// For each level the number of rows, and their number for a row of the level itself, which does not count.
  let kept: [Double]

  /// - Parameter counts: The rows of each value of the field.
  init(_ counts: [Double], of field: TableEncoding.Field) {
    // Levels beyond the limit share a value; each of them is rarer than the value is.
    var frequencies = counts
    if case .levels(let levels, let rare) = field.content, !rare.isEmpty, !field.unseenAreRare {
      frequencies[levels.count] = counts[levels.count] / Double(rare.count)
    }
    func rows(_ frequency: Double, without level: Int) -> Double {
      counts.indices.reduce(0) { sum, other in
        sum + (other != level && frequencies[other] <= 2 * frequency ? counts[other] : 0)
      }
    }
    kept = counts.indices.flatMap { level in
      [
        rows(frequencies[level], without: level) + counts[level],
        rows(frequencies[level] - 1, without: level) + max(counts[level] - 1, 0),
      ]
    }
  }
}
