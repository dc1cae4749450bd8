internal import HourglassData

/// The grid that the dates or times of a column lie on, such as quarter hours, Mondays or first days of a
/// month: what is computed is rounded to it.
package struct TimeGrid: Codable, Hashable, Sendable {
  /// The distance of two neighbors in seconds.
  private let step: Double
  /// A time on the grid.
  private let origin: Double
  /// Whether it is the first days of months.
  private let isMonthly: Bool

  /// The fewest different times that show a grid.
  private static let fewestTimes = 5

  /// Finds the coarsest grid of some times; none where it is that of their format.
  init?(_ times: [Double], format: DateFormat) {
    let distinct = Set(times)
    guard distinct.count >= Self.fewestTimes, let first = distinct.min() else { return nil }
    origin = first
    isMonthly = SeriesSteps(format, distinct).areMonths
    if isMonthly {
      step = CalendarDay.seconds
      return
    }
    let unit = format.step
    var common = 0
    for time in distinct {
      let steps = ((time - first) / unit).rounded()
      guard steps < 0x1p53 else { return nil }
      var (small, large) = (common, Int(steps))
      while large != 0 { (small, large) = (large, small % large) }
      common = small
      if common == 1 { return nil }
    }
    step = Double(common) * unit
  }

  /// Finds the grid of a column of dates or times.
  init?(_ column: Table.Column) {
    guard let format = column.dateFormat, format.epoch == nil,
      case .numbers(let times, _) = column.cells
    else { return nil }
    self.init(times.indices.filter { !column.isMissing($0) }.map { times[$0] }, format: format)
  }

  /// The time of the grid that is nearest to another.
  func rounded(_ time: Double) -> Double {
    if isMonthly { return SeriesSteps(months: true).rounded(time) }
    return origin + ((time - origin) / step).rounded() * step
  }

  /// The time of the grid that is next to another in the direction of a rule.
  func rounded(_ time: Double, _ rule: FloatingPointRoundingRule) -> Double {
    let nearest = rounded(time)
    // Single precision moves a time off its grid.
    let margin = 1e-3 * step
    if rule == .up, nearest < time - margin {
      return isMonthly ? rounded(nearest + 31 * CalendarDay.seconds) : nearest + step
    }
    if rule == .down, nearest > time + margin {
      return isMonthly ? rounded(nearest - 30 * CalendarDay.seconds) : nearest - step
    }
    return nearest
  }

  /// Whether what was read from a file is a grid.
  var isGood: Bool { step > 0 && step.isFinite && origin.isFinite }
}
