internal import HourglassEncodings
internal import HourglassNetworks
internal import HourglassSystem

/// How far in the tails of their columns the cells of a row are.
///
///     part of column c = -ln min(1, 2 min(share of rows ≤ x_c, share of rows ≥ x_c))
///
/// and for a category -ln of the share of its level, for a missing cell -ln of the share of missing ones;
/// what the rows kept never have counts as one row of them.
///
/// Reference: Li et al., 2022, "ECOD: Unsupervised outlier detection using empirical cumulative
/// distribution functions", doi:10.1109/TKDE.2022.3159580, equation 8.
struct ColumnTails: Sendable {
  private enum Field: Sendable {
    case number(place: Int, sorted: [Double])
    case levels(Range<Int>, counts: [Double])
    /// A part of a date or a vector, which has no tails.
    case none
  }

  private let fields: [Field]
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
    fields = zip(encoding.fields.filter { $0.width > 0 }, layout.ranges).map { field, range in
      switch field.content {
      case .number where field.part == nil:
        return .number(place: range.lowerBound, sorted: rows.column(range.lowerBound).sorted())
      case .levels, .constant:
        return .levels(
          range,
          counts: range.map { rows.column($0).reduce(0) { $0 + ($1 != 0 ? 1 : 0) } }
        )
      case .number, .circle, .text, .bins: return .none
      }
    }
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
    for (index, field) in fields.enumerated() {
      if case .none = field {
        parts[index] = 0
        continue
      }
      guard isObserved(index) else {
        parts[index] = -log((missing[index] - own + 1) / total)
        continue
      }
      switch field {
      case .none: parts[index] = 0
      case .number(let place, let sorted):
        let value = raw[place]
        let below = Double(sorted.firstPlace { $0 > value }) - own + 1
        let above = Double(sorted.count - sorted.firstPlace { $0 >= value }) - own + 1
        parts[index] = max(-log(min(2 * min(below, above) / total, 1)), 0)
      case .levels(let range, let counts):
        let level = range.firstIndex { raw[$0] != 0 }
        // A constant that did not change has no value but 0.
        let same = level.map { counts[$0 - range.lowerBound] } ?? count
        parts[index] = max(-log(min((same - own + 1) / total, 1)), 0)
      }
    }
  }
}
