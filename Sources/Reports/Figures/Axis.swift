internal import HourglassSystem

/// A part of a number line with round numbers marked on it.
struct Axis {
  /// The least number shown.
  let lower: Double
  /// The greatest number shown; above the least.
  let upper: Double
  /// The distance of two marks.
  private let step: Double

  /// Shows all finite values, and a little more.
  ///
  /// - Parameters:
  ///   - including: A number that is shown in any case, such as 0 for bars.
  ///   - marks: About how many round numbers are marked.
  ///   - border: The part of the length that is left free at both ends.
  init(
    _ values: some Sequence<Double>,
    including always: Double? = nil,
    marks: Int = 5,
    border: Double = 0.04
  ) {
    var least = always ?? .infinity
    var most = always ?? -.infinity
    for value in values where value.isFinite {
      // Beyond these, differences of numbers overflow.
      let bounded = min(max(value, -1e300), 1e300)
      least = min(least, bounded)
      most = max(most, bounded)
    }
    if least > most { (least, most) = (0, 1) }
    if least == most {
      let room = least == 0 ? 1 : abs(least) * 0.1
      if always != least { least -= room }
      most += room
    }
    let room = border * (most - least)
    lower = always == least ? least : least - room
    upper = always == most ? most : most + room
    step = Self.roundStep((upper - lower) / Double(max(marks, 1)))
  }

  /// Where a number lies: 0 at the least, 1 at the greatest.
  func part(_ value: Double) -> Double { (value - lower) / (upper - lower) }

  /// The round numbers within, each with its text.
  var marks: [(value: Double, text: String)] {
    let first = (lower / step).rounded(.up)
    let count = ((upper / step).rounded(.down) - first + 1)
    guard count >= 1, count < 100 else { return [] }
    let places = max(0, Int(-floor(log10(step) + 1e-9)))
    return (0..<Int(count)).map { index in
      let value = (first + Double(index)) * step
      return (value, Self.text(value, places: places))
    }
  }

  private static func text(_ value: Double, places: Int) -> String {
    guard abs(value) < 1e6, places <= 4 else { return NumberText.significant(value, digits: 2) }
    if places == 0 { return NumberText.grouped(Int(value)).replacing("-", with: "−") }
    return NumberText.fixed(value, places: places).replacing("-", with: "−")
  }

  /// The next number above a distance that is 1, 2 or 5 times a power of ten.
  private static func roundStep(_ distance: Double) -> Double {
    let power = pow(10, floor(log10(distance)))
    guard power.isFinite, power > 0 else { return 1 }
    for factor in [1.0, 2, 5] where factor * power >= distance * 0.999 { return factor * power }
    return 10 * power
  }
}

extension Axis {
  /// The marks of the axis along the left border of an area, with thin lines across it.
  func leftMarks(_ area: Area) -> String {
    marks.map { mark in
      let y = area.bottom - part(mark.value) * area.height
      return SVG.line(area.left, y, area.right, y, "grid")
        + SVG.text(mark.text, x: area.left - 8, y: y + 4, size: 12, anchor: .end, tone: .dim)
    }.joined()
  }

  /// The marks of the axis along the lower border of an area, with thin lines across it.
  func lowerMarks(_ area: Area, crossing: Bool = true) -> String {
    marks.map { mark in
      let x = area.left + part(mark.value) * area.width
      let line =
        crossing
        ? SVG.line(x, area.top, x, area.bottom, "grid")
        : SVG.line(x, area.bottom, x, area.bottom + 4, "axis")
      return line
        + SVG.text(mark.text, x: x, y: area.bottom + 18, size: 12, anchor: .middle, tone: .dim)
    }.joined()
  }

  /// The room that the marks of the axis need to the left of an area.
  var leftRoom: Double {
    (marks.map { Markup.width(of: $0.text, size: 12) }.max() ?? 0) + 14
  }
}
