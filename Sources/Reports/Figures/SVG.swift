/// The marks of a drawing as elements of SVG, a line of text for each.
enum SVG {
  /// Where a text begins at its place, or ends, or has its middle.
  enum Anchor: String {
    case start, middle, end
  }

  /// How strongly a text stands out.
  enum Tone: String {
    case ink, dim
  }

  /// A line of text whose base line is at `y`; nothing for an empty text.
  static func text(
    _ text: String,
    x: Double,
    y: Double,
    size: Double = 12,
    anchor: Anchor = .start,
    tone: Tone = .ink,
    weight: Int = 400,
    extra: String = ""
  ) -> String {
    guard !text.isEmpty else { return "" }
    var attributes = "class=\"\(tone.rawValue)\" x=\"\(number(x))\" y=\"\(number(y))\""
    attributes += " font-size=\"\(number(size))\""
    if anchor != .start { attributes += " text-anchor=\"\(anchor.rawValue)\"" }
    if weight != 400 { attributes += " font-weight=\"\(weight)\"" }
    return "<text \(attributes)\(extra)>\(Markup.escaped(text))</text>\n"
  }

  /// A straight line of a class of the figures' style.
  static func line(
    _ x1: Double,
    _ y1: Double,
    _ x2: Double,
    _ y2: Double,
    _ style: String,
    extra: String = ""
  ) -> String {
    "<line class=\"\(style)\" x1=\"\(number(x1))\" y1=\"\(number(y1))\" x2=\"\(number(x2))\" "
      + "y2=\"\(number(y2))\"\(extra)/>\n"
  }

  /// A rectangle with some paint, such as `class="f0"`; a text shows when it is pointed at.
  static func rectangle(
    _ x: Double,
    _ y: Double,
    _ width: Double,
    _ height: Double,
    _ paint: String,
    hint: String = ""
  ) -> String {
    let start = "<rect x=\"\(number(x))\" y=\"\(number(y))\" width=\"\(number(max(width, 0)))\" "
    return start + "height=\"\(number(max(height, 0)))\" \(paint)"
      + (hint.isEmpty ? "/>\n" : "><title>\(Markup.escaped(hint))</title></rect>\n")
  }

  /// A text in the middle of an area that has nothing to show.
  static func nothing(_ area: Area) -> String {
    text(
      "no values to draw",
      x: area.left + area.width / 2,
      y: area.top + area.height / 2,
      size: 13,
      anchor: .middle,
      tone: .dim
    )
  }

  private static func number(_ value: Double) -> String { Markup.number(value) }
}

/// A rectangle of a drawing, in its pixels.
struct Area {
  var left: Double
  var top: Double
  var width: Double
  var height: Double

  /// The right border.
  var right: Double { left + width }
  /// The lower border.
  var bottom: Double { top + height }

  /// The names of the axes: one below the area, one turned at the left.
  func names(_ axes: (x: String, y: String), below distance: Double, left edge: Double) -> String {
    let middle = Markup.number(top + height / 2)
    let turn = " transform=\"translate(\(Markup.number(edge)) \(middle)) rotate(-90)\""
    let x = left + width / 2
    return SVG.text(axes.x, x: x, y: bottom + distance, size: 13, anchor: .middle, tone: .dim)
      + SVG.text(axes.y, x: 0, y: 0, size: 13, anchor: .middle, tone: .dim, extra: turn)
  }
}
