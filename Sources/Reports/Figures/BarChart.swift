internal import HourglassSystem

/// Bars from a common start, in groups, with the reach of their errors.
package struct BarChart: Figure {
  /// One bar.
  package struct Bar: Hashable, Sendable {
    /// Its length; not a number where it is missing.
    package var value: Double
    /// The error to both sides, such as a standard error over folds; 0 draws none.
    package var error: Double
    /// The text at its end; the number itself where it is nil.
    package var text: String?

    /// Takes a bar.
    package init(_ value: Double, error: Double = 0, text: String? = nil) {
      self.value = value
      self.error = error
      self.text = text
    }
  }

  /// Bars that are compared with each other.
  package struct Group: Hashable, Sendable {
    /// What the group is; may be empty.
    package var name: String
    /// The bars, in the order of the chart's series.
    package var bars: [Bar]

    /// Takes a group.
    package init(_ name: String, _ bars: [Bar]) {
      self.name = name
      self.bars = bars
    }
  }

  /// What the bars are.
  package var title: String
  /// A second line of the title.
  package var subtitle: String
  /// The name of each bar of a group, with a color of its own.
  package var series: [String]
  /// The groups, from the top.
  package var groups: [Group]
  /// A value to compare with, such as chance, and its name.
  package var level: (value: Double, name: String)?
  /// The name of the axis of values; may be empty.
  package var axis: String
  /// The decimal places of the numbers at the bars.
  package var decimals: Int

  /// Takes the groups.
  package init(
    title: String = "Bars",
    subtitle: String = "",
    series: [String],
    groups: [Group],
    level: (value: Double, name: String)? = nil,
    axis: String = "",
    decimals: Int = 3
  ) {
    self.title = title
    self.subtitle = subtitle
    self.series = series
    self.groups = groups
    self.level = level
    self.axis = axis
    self.decimals = decimals
  }

  /// The chart drawn.
  package var drawing: Drawing {
    let names = groups.map { Markup.fitted($0.name, size: 13, width: 190) }
    let left = (names.map { Markup.width(of: $0, size: 13) }.max() ?? 0) + 16
    let counts = groups.map { Double(max($0.bars.count, 1)) }
    let inner = counts.reduce(0) { $0 + $1 * Self.thickness + Self.distance }
    let top = (series.count > 1 ? 36.0 : 8) + (level == nil ? 0 : 18)
    let area = Area(left: left, top: top, width: 640 - left - 62, height: max(inner, 60))
    let ends = groups.flatMap { group in
      group.bars.flatMap { [$0.value - $0.error, $0.value + $0.error] }
    }
    let scale = Axis(ends + (level.map { [$0.value] } ?? []), including: 0, border: 0.02)
    let start = area.left + scale.part(0) * area.width
    var body = scale.lowerMarks(area)
    if ends.allSatisfy({ !$0.isFinite }) { body += SVG.nothing(area) }
    var y = area.top + Self.distance / 2
    for (group, name) in zip(groups, names) {
      let height = Double(max(group.bars.count, 1)) * Self.thickness
      body += SVG.text(name, x: left - 10, y: y + height / 2 + 4.5, size: 13, anchor: .end)
      for (index, bar) in group.bars.enumerated() {
        body += mark(bar, index, y: y + Double(index) * Self.thickness, start, scale, area)
      }
      y += height + Self.distance
    }
    body += SVG.line(start, area.top, start, area.bottom, "axis")
    body += levelMark(scale, area) + legend(left: left)
    body += area.names((x: axis, y: ""), below: 40, left: 0)
    return Drawing(
      width: 640,
      height: area.bottom + (axis.isEmpty ? 30 : 50),
      title: title,
      subtitle: subtitle,
      body: body
    )
  }

  private static let thickness = 19.0
  private static let distance = 18.0

  private func mark(
    _ bar: Bar,
    _ index: Int,
    y: Double,
    _ start: Double,
    _ scale: Axis,
    _ area: Area
  ) -> String {
    guard bar.value.isFinite else {
      return SVG.text(bar.text ?? "–", x: start + 8, y: y + 13.5, tone: .dim)
    }
    let end = area.left + scale.part(bar.value) * area.width
    var text = SVG.rectangle(
      min(start, end),
      y + 1,
      abs(end - start),
      Self.thickness - 3,
      "class=\"f\(FigureStyle.index(index))\"",
      hint: series.indices.contains(index) ? series[index] : ""
    )
    var reach = max(end, start)
    if bar.error.isFinite, bar.error > 0 {
      let middle = y + (Self.thickness - 1) / 2
      let from = area.left + scale.part(bar.value - bar.error) * area.width
      let to = area.left + scale.part(bar.value + bar.error) * area.width
      let style = " stroke-width=\"1.4\""
      text += SVG.line(from, middle, to, middle, "whisker", extra: style)
      text += SVG.line(from, middle - 4, from, middle + 4, "whisker", extra: style)
      text += SVG.line(to, middle - 4, to, middle + 4, "whisker", extra: style)
      reach = max(reach, to)
    }
    let number = bar.text ?? NumberText.fixed(bar.value, places: decimals)
    return text + SVG.text(number, x: reach + 7, y: y + 13.5)
  }

  private func levelMark(_ scale: Axis, _ area: Area) -> String {
    guard let level, level.value.isFinite else { return "" }
    let x = area.left + scale.part(level.value) * area.width
    return SVG.line(x, area.top - 4, x, area.bottom, "rule")
      + SVG.text(
        level.name,
        x: x,
        y: area.top - 9,
        anchor: scale.part(level.value) > 0.7 ? .end : .start
      )
  }

  private func legend(left: Double) -> String {
    guard series.count > 1 else { return "" }
    var text = ""
    var x = left
    for (index, name) in series.enumerated() {
      text += SVG.rectangle(x, 7, 12, 12, "class=\"f\(FigureStyle.index(index))\"")
      text += SVG.text(name, x: x + 18, y: 17.5, size: 13)
      x += 18 + Markup.width(of: name, size: 13) + 20
    }
    return text
  }
}
