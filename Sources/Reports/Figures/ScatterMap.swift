internal import HourglassSystem

/// Points on a plane, colored by class or by a number, with axes and a legend.
///
/// Thousands of points stay light: each is a move and a line of no length in the path of its class.
package struct ScatterMap: Figure {
  /// By what the points are colored.
  package enum Coloring: Hashable, Sendable {
    /// All alike.
    case none
    /// By class: the names of the classes, and the place of each point's class among them, negative
    /// for a point without one.
    case classes(names: [String], of: [Int])
    /// By a number for each point, and what the number is called; not a number where there is none.
    case values(name: String, of: [Double])
  }

  /// What the points are.
  package var title: String
  /// A second line of the title; the number of points where it is nil.
  package var subtitle: String?
  /// The place of each point along the lower axis.
  package var x: [Double]
  /// The place of each point along the left axis.
  package var y: [Double]
  /// By what the points are colored.
  package var coloring: Coloring
  /// The names of the two axes.
  package var axes: (x: String, y: String)
  /// Whether the middle of each class is marked with its name.
  package var namesClasses: Bool

  /// Takes the points; `x` and `y` are of one length.
  package init(
    title: String = "Map",
    subtitle: String? = nil,
    x: [Double],
    y: [Double],
    coloring: Coloring = .none,
    axes: (x: String, y: String) = ("first number", "second number"),
    namesClasses: Bool = true
  ) {
    precondition(x.count == y.count, "\(x.count) places along x and \(y.count) along y")
    switch coloring {
    case .none: break
    case .classes(_, let classes):
      precondition(classes.count == x.count, "\(classes.count) classes for \(x.count) points")
    case .values(_, let values):
      precondition(values.count == x.count, "\(values.count) values for \(x.count) points")
    }
    self.title = title
    self.subtitle = subtitle
    self.x = x
    self.y = y
    self.coloring = coloring
    self.axes = axes
    self.namesClasses = namesClasses
  }

  /// The map drawn.
  package var drawing: Drawing {
    let placed = PlacedPoints(x: x, y: y, size: Self.side)
    let area = Area(
      left: max(placed.y.leftRoom, 30) + 22,
      top: 12,
      width: Self.side,
      height: Self.side
    )
    var body = placed.y.leftMarks(area) + placed.x.lowerMarks(area)
    body += SVG.rectangle(area.left, area.top, area.width, area.height, "class=\"frame\"")
    body += area.names(axes, below: 40, left: 14)
    if placed.points.isEmpty { body += SVG.nothing(area) }
    body += dots(placed, area) + classNames(placed, area)
    let legend = legend(left: area.right + 24, top: area.top)
    return Drawing(
      width: area.right + (legend.width > 0 ? legend.width + 24 : 16),
      height: max(area.bottom + 52, legend.height),
      title: title,
      subtitle: words(placed),
      body: body + legend.text
    )
  }

  private static let side = 520.0
  /// The points that are drawn color by color before the next ones, so that no class hides the
  /// others.
  private static let blockLength = 500
  private static let shades = 24

  private func words(_ placed: PlacedPoints) -> String {
    var parts = [subtitle ?? NumberText.counted(x.count, "point")]
    if placed.outside > 0 { parts.append("\(placed.outside) far outside, drawn at the border") }
    let lost = x.count - placed.points.count
    if lost > 0 { parts.append("\(lost) without a place") }
    return parts.joined(separator: ", ")
  }

  private func dots(_ placed: PlacedPoints, _ area: Area) -> String {
    let count = placed.points.count
    let size =
      switch count {
      case ..<300: 6.5
      case ..<1_500: 5.0
      case ..<6_000: 3.6
      case ..<15_000: 2.8
      default: 2.2
      }
    var text = "<g fill=\"none\" stroke-linecap=\"round\" stroke-width=\"\(Markup.number(size))\" "
    text += "stroke-opacity=\"\(count < 3_000 ? "0.8" : "0.6")\" "
    text += "transform=\"translate(\(Markup.number(area.left)) \(Markup.number(area.top)))\">\n"
    let (paints, places) = (paints, paintPlaces)
    for start in stride(from: 0, to: count, by: Self.blockLength) {
      var paths = [String](repeating: "", count: paints.count)
      for point in placed.points[start..<min(start + Self.blockLength, count)] {
        paths[places[point.row]] += "M\(tenths(point.x)) \(tenths(point.y))h0"
      }
      for (paint, path) in zip(paints, paths) where !path.isEmpty {
        let hint = paint.name.isEmpty ? "" : "<title>\(Markup.escaped(paint.name))</title>"
        text += "<path \(paint.attribute) d=\"\(path)\""
        text += hint.isEmpty ? "/>\n" : ">\(hint)</path>\n"
      }
    }
    return text + "</g>\n"
  }

  private func tenths(_ value: Double) -> String { Markup.number((value * 10).rounded() / 10) }

  /// The paints of the points; the last one is that of points without class or value.
  private var paints: [(attribute: String, name: String)] {
    let unknown = (attribute: "class=\"grid\"", name: "")
    switch coloring {
    case .none: return [("class=\"s0\"", "")]
    case .classes(let names, _):
      let known = names.enumerated().map { index, name in
        (attribute: "class=\"s\(FigureStyle.index(index))\"", name: name)
      }
      return known + [unknown]
    case .values:
      let shades = Self.shadeColors.map { (attribute: "stroke=\"\($0)\"", name: "") }
      return shades + [unknown]
    }
  }

  /// The paint of each point among `paints`.
  var paintPlaces: [Int] {
    switch coloring {
    case .none: return Array(repeating: 0, count: x.count)
    case .classes(let names, let classes):
      return classes.map { names.indices.contains($0) ? $0 : names.count }
    case .values(_, let values):
      let axis = valueAxis
      return values.map { value in
        guard value.isFinite else { return Self.shades }
        return min(max(Int(axis.part(value) * Double(Self.shades)), 0), Self.shades - 1)
      }
    }
  }

  /// The colors of the paints on a page, with the names of classes.
  var paintColors: [(color: String, name: String?)] {
    let unknown: (color: String, name: String?) = ("var(--dim)", nil)
    switch coloring {
    case .none: return [("var(--c0)", nil)]
    case .classes(let names, _):
      return names.enumerated().map { ("var(--c\(FigureStyle.index($0)))", $1) } + [unknown]
    case .values: return Self.shadeColors.map { ($0, nil) } + [unknown]
    }
  }

  /// The colors of numbers, from the least on.
  static var shadeColors: [String] {
    (0..<shades).map { FigureStyle.sequential((Double($0) + 0.5) / Double(shades)) }
  }

  var valueAxis: Axis {
    if case .values(_, let values) = coloring { return Axis(values, border: 0) }
    return Axis([], border: 0)
  }

  /// The name of each class at the median of its points.
  private func classNames(_ placed: PlacedPoints, _ area: Area) -> String {
    guard namesClasses, case .classes(let names, let classes) = coloring, names.count > 1 else {
      return ""
    }
    var rows = [[PlacedPoints.Point]](repeating: [], count: names.count)
    for point in placed.points where names.indices.contains(classes[point.row]) {
      rows[classes[point.row]].append(point)
    }
    var taken: [Area] = []
    var text = ""
    for (name, points) in zip(names, rows) where !points.isEmpty {
      let label = Markup.fitted(name, size: 12, width: 120)
      let width = Markup.width(of: label, size: 12)
      let x = points.map(\.x).sorted()[points.count / 2]
      let y = points.map(\.y).sorted()[points.count / 2]
      var place = Area(
        left: min(max(x - width / 2, 2), area.width - width - 2),
        top: min(max(y - 8, 2), area.height - 18),
        width: width,
        height: 16
      )
      // A name that would cover another one is put below it.
      for other in taken.sorted(by: { $0.top < $1.top })
      where place.left < other.right && other.left < place.right
        && place.top < other.bottom && other.top < place.bottom
      {
        place.top = min(other.bottom, area.height - 18)
      }
      taken.append(place)
      text += SVG.text(
        label,
        x: area.left + place.left + width / 2,
        y: area.top + place.top + 12,
        size: 12,
        anchor: .middle,
        weight: 600,
        extra: " stroke-width=\"3.5\" stroke-linejoin=\"round\" paint-order=\"stroke\""
      ).replacing("class=\"ink\"", with: "class=\"ink halo\"")
    }
    return text
  }

  private func legend(left: Double, top: Double) -> (text: String, width: Double, height: Double) {
    switch coloring {
    case .none: return ("", 0, 0)
    case .classes(let names, let classes):
      var counts = [Int](repeating: 0, count: names.count)
      for place in classes where counts.indices.contains(place) { counts[place] += 1 }
      let labels = names.map { Markup.fitted($0, size: 13, width: 150) }
      var text = ""
      for (index, label) in labels.enumerated() {
        let y = top + 12 + 23 * Double(index)
        let place = "cx=\"\(Markup.number(left + 5))\" cy=\"\(Markup.number(y))\" r=\"5\""
        text += "<circle class=\"f\(FigureStyle.index(index))\" \(place)>"
        text += "<title>\(NumberText.counted(counts[index], "point"))</title></circle>\n"
        text += SVG.text(label, x: left + 18, y: y + 4.5, size: 13)
      }
      let width = (labels.map { Markup.width(of: $0, size: 13) }.max() ?? 0) + 22
      return (text, width, top + 23 * Double(names.count) + 8)
    case .values(let name, _):
      let axis = valueAxis
      let height = 200.0
      let start = top + 26
      var text = SVG.text(Markup.fitted(name, size: 13, width: 110), x: left, y: top + 12, size: 13)
      for shade in 0..<Self.shades {
        let part = (Double(shade) + 0.5) / Double(Self.shades)
        let step = height / Double(Self.shades)
        let y = start + height - Double(shade + 1) * step
        let paint = "fill=\"\(FigureStyle.sequential(part))\""
        text += SVG.rectangle(left, y, 14, step + 0.3, paint)
      }
      for mark in axis.marks {
        let y = start + height * (1 - axis.part(mark.value))
        text += SVG.text(mark.text, x: left + 21, y: y + 4, size: 12, tone: .dim)
      }
      return (text, 112, start + height + 12)
    }
  }
}
