/// Lines over an order of places, such as time, with some ranges shaded.
///
/// Long lines are drawn by the least and the greatest value of each column of pixels, so that no
/// short spike is lost.
package struct LineChart: Figure {
  /// One line.
  package struct Line: Hashable, Sendable {
    /// What the line is.
    package var name: String
    /// Its values; what is not a number is a gap.
    package var values: [Double]
    /// Whether it is drawn dashed and behind the others.
    package var isFaint: Bool

    /// Takes a line.
    package init(_ name: String, _ values: [Double], isFaint: Bool = false) {
      self.name = name
      self.values = values
      self.isFaint = isFaint
    }
  }

  /// A shaded range of places.
  package struct Band: Hashable, Sendable {
    /// The places from the first to before the last.
    package var range: Range<Int>
    /// What is there, shown when it is pointed at; may be empty.
    package var label: String

    /// Takes a range.
    package init(_ range: Range<Int>, label: String = "") {
      self.range = range
      self.label = label
    }
  }

  /// What the lines are.
  package var title: String
  /// A second line of the title.
  package var subtitle: String
  /// The lines, the first one in front.
  package var lines: [Line]
  /// The names of the places, such as times; their numbers where it is empty.
  package var places: [String]
  /// The shaded ranges.
  package var bands: [Band]
  /// What the shaded ranges are, for the legend.
  package var bandName: String
  /// A level across the whole width, and its name.
  package var level: (value: Double, name: String)?
  /// The names of the two axes; each may be empty.
  package var axes: (x: String, y: String)

  /// Takes the lines.
  package init(
    title: String = "Lines",
    subtitle: String = "",
    lines: [Line],
    places: [String] = [],
    bands: [Band] = [],
    bandName: String = "found unusual",
    level: (value: Double, name: String)? = nil,
    axes: (x: String, y: String) = ("", "")
  ) {
    self.title = title
    self.subtitle = subtitle
    self.lines = lines
    self.places = places
    self.bands = bands
    self.bandName = bandName
    self.level = level
    self.axes = axes
  }

  /// The chart drawn.
  package var drawing: Drawing {
    let count = lines.map(\.values.count).max() ?? 0
    var all = lines.flatMap(\.values)
    if let level { all.append(level.value) }
    let axis = Axis(all, marks: 4)
    let hasName = !axes.y.isEmpty
    let left = axis.leftRoom + (hasName ? 20 : 0)
    let area = Area(left: left, top: 36, width: 700 - left - 14, height: 190)
    var body = bandMarks(count, area) + axis.leftMarks(area) + placeMarks(count, area)
    body += SVG.line(area.left, area.bottom, area.right, area.bottom, "axis")
    if all.allSatisfy({ !$0.isFinite }) { body += SVG.nothing(area) }
    for (index, line) in lines.enumerated().reversed() {
      body += path(line, index, count, axis, area)
    }
    if let level, level.value.isFinite {
      let y = area.bottom - axis.part(level.value) * area.height
      body += SVG.line(area.left, y, area.right, y, "rule")
      body += SVG.text(level.name, x: area.right, y: y - 5, size: 12, anchor: .end)
    }
    body += area.names(axes, below: 38, left: 13)
    body += legend(area)
    return Drawing(
      width: 700,
      height: area.bottom + (axes.x.isEmpty ? 30 : 48),
      title: title,
      subtitle: subtitle,
      body: body
    )
  }

  private func across(_ place: Double, _ count: Int, _ area: Area) -> Double {
    count < 2 ? area.left + area.width / 2 : area.left + place / Double(count - 1) * area.width
  }

  private func bandMarks(_ count: Int, _ area: Area) -> String {
    guard count > 0 else { return "" }
    return bands.map { band in
      let range = band.range.clamped(to: 0..<count)
      guard !range.isEmpty else { return "" }
      let from = across(Double(range.lowerBound) - 0.5, count, area)
      let to = across(Double(range.upperBound) - 0.5, count, area)
      // A range of one place among thousands can still be seen.
      let width = max(to - from, 2)
      let start = max(min((from + to - width) / 2, area.right - width), area.left)
      return SVG.rectangle(
        start,
        area.top,
        min(width, area.right - start),
        area.height,
        "class=\"band\"",
        hint: band.label
      )
    }.joined()
  }

  private func placeMarks(_ count: Int, _ area: Area) -> String {
    guard count > 0 else { return "" }
    if places.isEmpty {
      guard count > 1 else {
        return SVG.text(
          "0",
          x: area.left + area.width / 2,
          y: area.bottom + 18,
          anchor: .middle,
          tone: .dim
        )
      }
      return Axis([0, Double(count - 1)], marks: 7, border: 0).lowerMarks(area, crossing: false)
    }
    let longest = places.map { Markup.width(of: $0, size: 12) }.max() ?? 0
    let fitting = min(max(Int(area.width / (longest + 26)), 1), 7)
    let step = max((count - 1 + fitting - 1) / fitting, 1)
    return stride(from: 0, to: count, by: step).map { place in
      guard places.indices.contains(place) else { return "" }
      let x = across(Double(place), count, area)
      let isLast = x + longest / 2 > area.right + 14
      let anchor: SVG.Anchor = x < longest / 2 ? .start : isLast ? .end : .middle
      return SVG.line(x, area.bottom, x, area.bottom + 4, "axis")
        + SVG.text(places[place], x: x, y: area.bottom + 18, anchor: anchor, tone: .dim)
    }.joined()
  }

  private func path(
    _ line: Line,
    _ index: Int,
    _ count: Int,
    _ axis: Axis,
    _ area: Area
  ) -> String {
    var text = ""
    var isDown = false
    for point in thinned(line.values, to: Int(area.width)) {
      guard let value = point.value else {
        isDown = false
        continue
      }
      let x = across(Double(point.place), count, area)
      let y = area.bottom - axis.part(value) * area.height
      text += "\(isDown ? "L" : "M")\(Markup.number((x * 10).rounded() / 10)) "
      text += Markup.number((y * 10).rounded() / 10)
      if !isDown { text += "h0" }
      isDown = true
    }
    guard !text.isEmpty else { return "" }
    let dashes = line.isFaint ? " stroke-dasharray=\"5 4\" stroke-opacity=\"0.85\"" : ""
    return "<path class=\"s\(FigureStyle.index(index))\" fill=\"none\" stroke-width=\"1.6\" "
      + "stroke-linejoin=\"round\" stroke-linecap=\"round\"\(dashes) d=\"\(text)\"/>\n"
  }

  /// The points of a line that show; nil values are gaps.
  private func thinned(_ values: [Double], to columns: Int) -> [(place: Int, value: Double?)] {
    guard values.count > 2 * columns else {
      return values.enumerated().map { ($0, $1.isFinite ? $1 : nil) }
    }
    var points: [(place: Int, value: Double?)] = []
    for column in 0..<columns {
      let range = column * values.count / columns..<(column + 1) * values.count / columns
      let finite = range.filter { values[$0].isFinite }
      guard let least = finite.min(by: { values[$0] < values[$1] }),
        let most = finite.max(by: { values[$0] < values[$1] })
      else {
        points.append((range.lowerBound, nil))
        continue
      }
      points += Set([least, most]).sorted().map { ($0, values[$0]) }
    }
    return points
  }

  private func legend(_ area: Area) -> String {
    var text = ""
    var x = area.left
    for (index, line) in lines.enumerated() {
      let style = "s\(FigureStyle.index(index))"
      let dashes = line.isFaint ? " stroke-dasharray=\"5 4\"" : ""
      text += SVG.line(x, 16, x + 20, 16, style, extra: " stroke-width=\"2.4\"\(dashes)")
      text += SVG.text(line.name, x: x + 27, y: 20.5, size: 13)
      x += 27 + Markup.width(of: line.name, size: 13) + 22
    }
    if !bands.isEmpty {
      text += SVG.rectangle(x, 9, 20, 14, "class=\"band\"")
      text += SVG.text(bandName, x: x + 27, y: 20.5, size: 13)
    }
    return text
  }
}
