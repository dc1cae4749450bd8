internal import HourglassSystem
internal import HourglassTensors

/// How often values fall into equal ranges, for some groups of values, such as the scores of normal
/// and of flagged rows with the threshold between them.
///
/// Each group is drawn as the share of its own values, so that a small one can be seen beside a
/// large one.
package struct Histogram: Figure {
  /// Values that are counted together.
  package struct Group: Hashable, Sendable {
    /// What the values are.
    package var name: String
    /// The values; those that are not finite are left out.
    package var values: [Double]

    /// Takes a group.
    package init(_ name: String, _ values: [Double]) {
      self.name = name
      self.values = values
    }
  }

  /// What the values are.
  package var title: String
  /// A second line of the title.
  package var subtitle: String
  /// The groups.
  package var groups: [Group]
  /// The number of ranges, at least 1.
  package var bins: Int
  /// A value with a meaning, and its name.
  package var threshold: (value: Double, name: String)?
  /// The name of the axis of values; may be empty.
  package var axis: String
  /// Whether the ranges are equal in the logarithm; values of 0 or less are then left out.
  package var isLogarithmic: Bool

  /// Takes the groups.
  package init(
    title: String = "Histogram",
    subtitle: String = "",
    groups: [Group],
    bins: Int = 40,
    threshold: (value: Double, name: String)? = nil,
    axis: String = "",
    isLogarithmic: Bool = false
  ) {
    precondition(bins > 0, "a histogram has at least one range")
    self.title = title
    self.subtitle = subtitle
    self.groups = groups
    self.bins = bins
    self.threshold = threshold
    self.axis = axis
    self.isLogarithmic = isLogarithmic
  }

  /// The histogram drawn.
  package var drawing: Drawing {
    let values = groups.map { $0.values.map(place).filter(\.isFinite) }
    let mark = threshold.map { place($0.value) }
    let ends = values.flatMap { $0 } + [mark ?? .nan]
    let scale = Axis(ends, marks: 7, border: 0.01)
    let parts = values.map { shares($0, scale) }
    let heights = Axis(parts.flatMap { $0 }.map { $0 * 100 }, including: 0, marks: 4, border: 0.03)
    let left = heights.leftRoom + 22
    let area = Area(left: left, top: 52, width: 700 - left - 14, height: 180)
    var body = heights.leftMarks(area) + (isLogarithmic ? powers(scale, area) : "")
    if !isLogarithmic { body += scale.lowerMarks(area, crossing: false) }
    if values.allSatisfy(\.isEmpty) { body += SVG.nothing(area) }
    for index in groups.indices { body += bars(parts[index], index, heights, area) }
    body += SVG.line(area.left, area.bottom, area.right, area.bottom, "axis")
    if let threshold, let mark, mark.isFinite {
      let part = scale.part(mark)
      let x = area.left + part * area.width
      body += SVG.line(x, area.top - 4, x, area.bottom, "rule", extra: " stroke-width=\"1.5\"")
      body += SVG.text(threshold.name, x: x, y: area.top - 8, anchor: part > 0.6 ? .end : .start)
    }
    body += SVG.text(
      axis,
      x: area.left + area.width / 2,
      y: area.bottom + 40,
      size: 13,
      anchor: .middle,
      tone: .dim
    )
    let middle = Markup.number(area.top + area.height / 2)
    body += SVG.text(
      "% of the group",
      x: 0,
      y: 0,
      size: 13,
      anchor: .middle,
      tone: .dim,
      extra: " transform=\"translate(13 \(middle)) rotate(-90)\""
    )
    return Drawing(
      width: 700,
      height: area.bottom + (axis.isEmpty ? 30 : 50),
      title: title,
      subtitle: subtitle,
      body: body + legend(area)
    )
  }

  private func place(_ value: Double) -> Double {
    guard isLogarithmic else { return value }
    return value > 0 ? log10(value) : .nan
  }

  /// The part of the values in each range.
  private func shares(_ values: [Double], _ scale: Axis) -> [Double] {
    var counts = [Double](repeating: 0, count: bins)
    for value in values {
      counts[min(max(Int(scale.part(value) * Double(bins)), 0), bins - 1)] += 1
    }
    return counts.map { $0 / Double(max(values.count, 1)) }
  }

  private func bars(_ shares: [Double], _ index: Int, _ heights: Axis, _ area: Area) -> String {
    let width = area.width / Double(bins)
    let color = FigureStyle.index(index == 1 ? 3 : index)
    return shares.enumerated().map { bin, share in
      guard share > 0 else { return "" }
      let height = max(heights.part(share * 100) * area.height, 1)
      return SVG.rectangle(
        area.left + Double(bin) * width + 0.5,
        area.bottom - height,
        max(width - 1, 0.5),
        height,
        "class=\"f\(color)\" fill-opacity=\"0.68\""
      )
    }.joined()
  }

  private func powers(_ scale: Axis, _ area: Area) -> String {
    let range = Int(scale.lower.rounded(.down))...Int(scale.upper.rounded(.up))
    let step = max(range.count / 8, 1)
    return stride(from: range.lowerBound, through: range.upperBound, by: step).map { power in
      let part = scale.part(Double(power))
      guard (0...1).contains(part) else { return "" }
      let x = area.left + part * area.width
      let text = abs(power) <= 4 ? NumberText.plain(pow(10, Double(power))) : "1e\(power)"
      return SVG.line(x, area.bottom, x, area.bottom + 4, "axis")
        + SVG.text(text, x: x, y: area.bottom + 18, anchor: .middle, tone: .dim)
    }.joined()
  }

  private func legend(_ area: Area) -> String {
    var text = ""
    var x = area.left
    for (index, group) in groups.enumerated() {
      let color = FigureStyle.index(index == 1 ? 3 : index)
      let name = "\(group.name) (\(NumberText.grouped(group.values.count)))"
      text += SVG.rectangle(x, 7, 12, 12, "class=\"f\(color)\" fill-opacity=\"0.68\"")
      text += SVG.text(name, x: x + 18, y: 17.5, size: 13)
      x += 18 + Markup.width(of: name, size: 13) + 20
    }
    return text
  }
}
