package import HourglassData
package import HourglassTensors

/// Which cells new rows may have in a column.
package enum CellDemand: Hashable, Sendable {
  /// A cell without a value.
  case missing
  /// The level of a category.
  case level(String)
  /// A number, date or time.
  case number(Double)
  /// The numbers of a range, and a missing cell.
  case numbers(ClosedRange<Double>)
}

extension TableEncoding.Field {
  /// The share of each bin that a demand allows, from 0 to 1; `nil` where the column is not in bins.
  package func shares(of demand: CellDemand) -> [Double]? {
    guard case .bins(let bins) = content, bins.count > 0 else { return nil }
    var shares = [Double](repeating: 0, count: bins.count)
    let missing = Int(bins.missingBin)
    switch (demand, bins.content) {
    case (.missing, _): if missing >= 0 { shares[missing] = 1 }
    case (.level(let level), .levels(let levels, let rare, _)):
      if let place = levels.firstIndex(of: level) {
        shares[place] = 1
      } else if rare.contains(level) {
        shares[levels.count] = 1
      }
    case (.number(let number), .intervals(let intervals)):
      for (place, interval) in intervals.enumerated() where has(number, interval) {
        shares[place] = 1
      }
    case (.numbers(let range), .intervals(let intervals)):
      for (place, interval) in intervals.enumerated() {
        shares[place] = share(of: range, in: interval)
      }
      if missing >= 0 { shares[missing] = 1 }
    default: break
    }
    return shares
  }

  /// A column of cells drawn from their bins, each one that a demand allows.
  ///
  /// - Parameter places: Bins with a share of the demand.
  package func drawn(
    _ places: [Int32],
    _ demand: CellDemand?,
    _ generator: inout SeededGenerator
  ) -> Table.Column {
    let column = drawn(places, &generator)
    guard let demand, case .bins(let bins) = content else { return column }
    switch (demand, bins.content, column.cells) {
    case (.level(let level), .levels(let levels, let rare, _), .codes(var codes, let all)):
      guard let place = (levels + rare).firstIndex(of: level) else { return column }
      for row in codes.indices { codes[row] = Int32(place) }
      return self.column(.codes(codes, levels: all))
    case (.number(let number), .intervals, .numbers(let numbers, let missing)):
      return self.column(.numbers(numbers.map { _ in number }, missing: missing))
    case (.numbers(let range), .intervals(let intervals), .numbers(var numbers, let missing)):
      for (row, place) in places.enumerated()
      where place != bins.missingBin && !range.contains(numbers[row]) {
        numbers[row] = number(in: intervals[Int(place)], range, &generator)
      }
      return self.column(.numbers(numbers, missing: missing))
    default: return column
    }
  }

  /// Whether an interval may have a number as a cell.
  private func has(_ number: Double, _ interval: ColumnBins.Interval) -> Bool {
    let knots = interval.knots
    if knots.count == 1 || !interval.counts.isEmpty { return knots.contains(number) }
    return number >= knots[0] && number <= knots[knots.count - 1] && onGrid(number) == number
  }

  /// The share of an interval that lies in a range.
  private func share(of range: ClosedRange<Double>, in interval: ColumnBins.Interval) -> Double {
    let knots = interval.knots
    if knots.count == 1 { return range.contains(knots[0]) ? 1 : 0 }
    if !interval.counts.isEmpty {
      let inside = zip(knots, interval.counts).reduce(0) {
        $0 + (range.contains($1.0) ? $1.1 : 0)
      }
      return Double(inside) / Double(interval.counts.reduce(0, +))
    }
    guard let inside = gridded(range, knots) else { return 0 }
    let part = place(of: inside.upperBound, knots) - place(of: inside.lowerBound, knots)
    // A single number of the grid is a small part of an interval, but one.
    return max(part / Double(knots.count - 1), 1e-6)
  }

  /// The part of a range in an interval whose ends are numbers that the column has, `nil` where none is.
  private func gridded(_ range: ClosedRange<Double>, _ knots: [Double]) -> ClosedRange<Double>? {
    var low = max(range.lowerBound, knots[0])
    var high = min(range.upperBound, knots[knots.count - 1])
    guard low <= high else { return nil }
    low = nearest(to: low, .plus)
    high = nearest(to: high, .minus)
    return low <= high ? low...high : nil
  }

  /// The number of the grid next to another one, which is that itself where it is on the grid: the next above
  /// for a plus sign, below for a minus sign.
  private func nearest(to number: Double, _ side: FloatingPointSign) -> Double {
    let sign: Double = side == .plus ? 1 : -1
    var step = max(abs(number), 1) * 1e-15
    var found = onGrid(number)
    // The rounding goes the other way until the step is half of that of the grid.
    for _ in 0..<200 where sign * (found - number) < 0 {
      found = onGrid(number + sign * step)
      step *= 2
    }
    return sign * (found - number) < 0 ? number : found
  }

  /// How many steps from knot to knot a number lies behind the first one.
  private func place(of number: Double, _ knots: [Double]) -> Double {
    if number <= knots[0] { return 0 }
    for place in 1..<knots.count where number < knots[place] {
      return Double(place - 1) + (number - knots[place - 1]) / (knots[place] - knots[place - 1])
    }
    return Double(knots.count - 1)
  }

  private func number(
    in interval: ColumnBins.Interval,
    _ range: ClosedRange<Double>,
    _ generator: inout SeededGenerator
  ) -> Double {
    let knots = interval.knots
    if !interval.counts.isEmpty || knots.count == 1 {
      let counts = zip(knots, interval.counts).map { range.contains($0) ? $1 : 0 }
      guard counts.contains(where: { $0 > 0 }) else { return knots[0] }
      return knots[generator.place(counts)]
    }
    guard let inside = gridded(range, knots) else { return knots[0] }
    let (low, high) = (inside.lowerBound, inside.upperBound)
    let (first, last) = (place(of: low, knots), place(of: high, knots))
    for _ in 0..<Self.mostTries {
      let position = first + (last - first) * Double(generator.nextUniform())
      let place = min(Int(position), knots.count - 2)
      let part = position - Double(place)
      let number = onGrid(knots[place] * (1 - part) + knots[place + 1] * part)
      if number >= low, number <= high { return number }
    }
    return low
  }

  /// How often a number is drawn before the grid of the column is given up.
  private static let mostTries = 50
}
