package import HourglassData
internal import HourglassSystem
package import HourglassTensors

/// How the cells of a column are binned; a network predicts the probability of each bin.
///
/// The levels of a category are bins; numbers are cut into intervals of about as many rows each, and a
/// number that comes very often is an interval of its own, so that spikes stay spikes; a missing cell is
/// one more bin. A cell is drawn again from its bin alone.
/// Trained on the training rows, and kept in the model.
package struct ColumnBins: Codable, Hashable, Sendable {
  /// The bins of the cells that are there.
  package let content: Content
  /// Whether the last bin is that of missing cells.
  package let hasMissing: Bool
  /// Bins behind these that no cell has: they give the columns of a wide table as many bins each.
  private var unused = 0

  /// The bins of the cells that are there.
  package enum Content: Codable, Hashable, Sendable {
    /// Numbers, in increasing intervals.
    case intervals([Interval])
    /// Levels, the most frequent first, and a last bin for all rare ones together, each with the
    /// number of its rows.
    case levels([String], rare: [String], rareCounts: [Int])
    /// Texts that name rows, or hardly ever come again, and are not trained on.
    case identifier
  }

  /// Neighboring numbers.
  package struct Interval: Codable, Hashable, Sendable {
    /// Numbers, increasing.
    package var knots: [Double]
    /// The rows at each knot where these are all numbers of the interval; none where the numbers lie
    /// between the knots, as many between any two.
    package var counts: [Int]
  }

  /// The most levels that are a bin of their own.
  static let levelLimit = 255
  /// The most numbers of an interval that are drawn by their own rows.
  static let mostOwnNumbers = 8

  /// The most numbers of an interval that are drawn by their own rows where each comes twice on average, as those
  /// of a column whose grid is coarser than its decimals.
  static let mostRecurringNumbers = 64

  /// The number of bins with those that no cell has; 0 for a column that is not trained on.
  package var count: Int { used + unused }

  /// The number of bins that cells may have.
  private var used: Int {
    let missing = hasMissing ? 1 : 0
    return switch content {
    case .intervals(let intervals): intervals.count + missing
    case .levels(let levels, let rare, _): levels.count + (rare.isEmpty ? 0 : 1) + missing
    case .identifier: 0
    }
  }

  /// Finds the bins of the cells of a column.
  ///
  /// - Parameter limit: The most bins, at least 4.
  init(learning column: Table.Column, limit: Int = .max) {
    var hasMissing = column.missingCount > 0
    switch column.cells {
    case .numbers(let values, _) where column.kind != .identifier:
      let present = values.indices.filter { !column.isMissing($0) }.map { values[$0] }
      // As many as the rows allow: the share of each is then known to about its root.
      let count = min(max(Int(Double(max(present.count, 1)).squareRoot()), 8), 40, limit - 1)
      content = .intervals(Self.intervals(present.sorted(), count: count))
    case .codes(let codes, let levels):
      var counts = [Int](repeating: 0, count: levels.count)
      for code in codes where code >= 0 { counts[Int(code)] += 1 }
      content = Self.levels(levels, counts, limit)
    case .texts(let texts) where column.kind == .text:
      let levels = Self.recurring(texts)
      content = levels.map { Self.levels($0.map(\.0), $0.map(\.1), limit) } ?? .identifier
      hasMissing = hasMissing && levels != nil
    case .texts(let texts) where column.kind == .constant:
      let levels = Array(Set(texts.compactMap(\.self))).sorted()
      content = Self.levels(levels, levels.map { _ in 1 }, limit)
    case .numbers, .texts:
      content = .identifier
      hasMissing = false
    }
    self.hasMissing = hasMissing
  }

  /// The texts of a column that come again, with their counts; none for one whose texts are nearly all
  /// different, are addresses of people, or take too much memory.
  private static func recurring(_ texts: [String?]) -> [(String, Int)]? {
    var counts: [String: Int] = [:]
    for case let text? in texts { counts[text, default: 0] += 1 }
    let rows = counts.values.reduce(0, +)
    let bytes = counts.keys.reduce(0) { $0 + $1.utf8.count }
    let addresses = counts.keys.count { $0.contains("@") }
    guard 10 * counts.count < 9 * rows, bytes <= mostTextBytes, 2 * addresses < counts.count else {
      return nil
    }
    return counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// The most bytes of the different texts of a column that are kept.
  private static let mostTextBytes = 1 << 26

  /// The same bins, and so many more that no cell has that there are as many as asked for.
  func padded(to count: Int) -> ColumnBins {
    var padded = self
    padded.unused = used == 0 ? 0 : max(count - used, 0)
    return padded
  }

  private static func levels(_ levels: [String], _ counts: [Int], _ limit: Int) -> Content {
    let (own, rare) = TableEncoding.orderedLevels(counts, limit: min(levelLimit, limit - 1))
    return .levels(
      own.map { levels[$0] },
      rare: rare.map { levels[$0] },
      rareCounts: rare.map { counts[$0] }
    )
  }

  private static func intervals(_ sorted: [Double], count: Int) -> [Interval] {
    var distinct: [(value: Double, rows: Int)] = []
    for value in sorted {
      if let last = distinct.last, last.value == value {
        distinct[distinct.count - 1].rows += 1
      } else {
        distinct.append((value, 1))
      }
    }
    if distinct.count <= count {
      return distinct.map { Interval(knots: [$0.value], counts: [$0.rows]) }
    }
    let share = Double(sorted.count) / Double(count)
    var intervals: [Interval] = []
    var open: [(value: Double, rows: Int)] = []
    var openRows = 0
    func close() {
      if !open.isEmpty { intervals.append(interval(open)) }
      open = []
      openRows = 0
    }
    for entry in distinct {
      if Double(entry.rows) >= share {
        close()
        intervals.append(Interval(knots: [entry.value], counts: [entry.rows]))
        continue
      }
      open.append(entry)
      openRows += entry.rows
      if Double(openRows) >= share { close() }
    }
    close()
    return intervals
  }

  private static func interval(_ entries: [(value: Double, rows: Int)]) -> Interval {
    let rows = entries.reduce(0) { $0 + $1.rows }
    if entries.count <= mostOwnNumbers
      || entries.count <= mostRecurringNumbers && rows >= 2 * entries.count
    {
      return Interval(knots: entries.map(\.value), counts: entries.map(\.rows))
    }
    var values: [Double] = []
    for entry in entries { values += Array(repeating: entry.value, count: entry.rows) }
    var knots: [Double] = []
    for step in 0...mostOwnNumbers {
      let knot = values[step * (values.count - 1) / mostOwnNumbers]
      if knots.last != knot { knots.append(knot) }
    }
    return Interval(knots: knots, counts: [])
  }
}

// MARK: - Cells to bins and back

extension ColumnBins {
  /// The bin of each cell of a column; -1 for a cell of no bin that was fitted.
  func bins(of column: Table.Column) -> [Int32] {
    let missing = missingBin
    switch content {
    case .identifier: return Array(repeating: -1, count: column.count)
    case .intervals(let intervals):
      guard !intervals.isEmpty else { return Array(repeating: missing, count: column.count) }
      let starts = intervals.map { $0.knots[0] }
      return (0..<column.count).map { row in
        column.number(row).map { Self.place(of: $0, starts) } ?? missing
      }
    case .levels(let levels, let rare, _):
      var places: [String: Int32] = [:]
      for (place, level) in levels.enumerated() { places[level] = Int32(place) }
      for level in rare { places[level] = Int32(levels.count) }
      if case .codes(let codes, let own) = column.cells {
        let found = own.map { places[$0] ?? -1 }
        return codes.map { $0 < 0 ? missing : found[Int($0)] }
      }
      return (0..<column.count).map { row in
        guard let text = column.text(row) else { return missing }
        return places[text] ?? -1
      }
    }
  }

  /// The bin of missing cells; -1 where none is missing.
  var missingBin: Int32 { hasMissing ? Int32(used - 1) : -1 }

  /// The bin that a drawn one stands for: the first one where no cell has it.
  fileprivate func own(_ place: Int32) -> Int32 { place < used ? place : 0 }

  /// The last interval that begins at or below a number.
  private static func place(of number: Double, _ starts: [Double]) -> Int32 {
    var low = 0
    var high = starts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= number { low = middle } else { high = middle }
    }
    return Int32(low)
  }

  /// What is wrong with bins that were read from a file, if anything.
  var problem: String? {
    guard (0...1 << 20).contains(unused) else { return "it should have fewer bins" }
    switch content {
    case .identifier: return nil
    case .intervals(let intervals):
      var last = -Double.infinity
      for interval in intervals {
        guard !interval.knots.isEmpty, interval.knots.allSatisfy(\.isFinite),
          zip(interval.knots, interval.knots.dropFirst()).allSatisfy({ $0 < $1 }),
          interval.knots[0] > last,
          interval.counts.isEmpty || interval.counts.count == interval.knots.count,
          interval.counts.allSatisfy({ (1...1 << 40).contains($0) })
        else { return "its intervals should increase" }
        last = interval.knots[interval.knots.count - 1]
      }
      return used > 0 ? nil : "it should have at least one interval"
    case .levels(let levels, let rare, let counts):
      let all = levels + rare
      guard all.areDifferent, counts.count == rare.count,
        counts.allSatisfy({ (1...1 << 40).contains($0) }), count > 0
      else { return "its levels should differ and be counted" }
      return nil
    }
  }
}

extension TableEncoding.Field {
  /// A column of cells drawn from their bins, which are within those that were trained on.
  package func drawn(_ places: [Int32], _ generator: inout SeededGenerator) -> Table.Column {
    guard case .bins(let bins) = content else {
      preconditionFailure("the cells of \(name) are not in bins")
    }
    let missing = bins.missingBin
    let places = places.map(bins.own)
    let cells: Table.Cells
    switch bins.content {
    case .identifier:
      cells = .texts(places.indices.map { "\($0 + 1)" })
    case .intervals(let intervals):
      var numbers = [Double](repeating: 0, count: places.count)
      var marks = [Bool](repeating: false, count: places.count)
      for (row, place) in places.enumerated() {
        marks[row] = place == missing
        if place != missing { numbers[row] = number(in: intervals[Int(place)], &generator) }
      }
      cells = .numbers(numbers, missing: bins.hasMissing ? marks : [])
    case .levels(let levels, let rare, let counts):
      let codes = places.map { place -> Int32 in
        if place == missing { return -1 }
        guard Int(place) == levels.count, !rare.isEmpty else { return place }
        return place + Int32(generator.place(counts))
      }
      cells = .codes(codes, levels: levels + rare)
    }
    return column(cells)
  }

  private func number(
    in interval: ColumnBins.Interval,
    _ generator: inout SeededGenerator
  ) -> Double {
    let (knots, counts) = (interval.knots, interval.counts)
    if knots.count == 1 { return knots[0] }
    if !counts.isEmpty {
      return knots[generator.place(counts)]
    }
    let position = Double(generator.nextUniform()) * Double(knots.count - 1)
    let place = min(Int(position), knots.count - 2)
    let share = position - Double(place)
    let number = knots[place] * (1 - share) + knots[place + 1] * share
    return min(max(onGrid(number), knots[0]), knots[knots.count - 1])
  }

  /// A number on the column's own grid.
  func onGrid(_ number: Double) -> Double {
    if kind == .integer { return number.rounded() }
    if let dateFormat { return dateFormat.rounded(number) }
    guard let decimals, decimals < 16 else { return number }
    let scale = pow(10, Double(decimals))
    let scaled = number * scale
    return abs(scaled) < 0x1p53 ? scaled.rounded() / scale : number
  }
}

extension SeededGenerator {
  /// A place, as often as its count says; at least one count is above 0.
  package mutating func place(_ counts: [Int]) -> Int {
    var left = Double(nextUniform()) * Double(counts.reduce(0, +))
    for (place, count) in counts.enumerated() {
      left -= Double(count)
      if left < 0 { return place }
    }
    return counts.lastIndex { $0 > 0 } ?? 0
  }
}
