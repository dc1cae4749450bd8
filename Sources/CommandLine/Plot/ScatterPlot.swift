import HourglassTensors

/// A map of two numbers for each row, coloured by class: one picture without axes, as SVG.
struct ScatterPlot {
  private static let size = 900.0
  private static let margin = 34.0
  private static let legendWidth = 150.0
  /// The rows that are drawn class by class before the next ones, so that no class hides the others.
  private static let blockLength = 500

  private let points: [Point]
  private let labels: PlotLabels?
  private let title: String
  private let subtitle: String

  private struct Point {
    var x: Double
    var y: Double
  }

  /// Places the first two numbers of each code `[rows, dimensions]`.
  init(codes: Tensor, labels: PlotLabels?, title: String, noun: String) {
    let width = codes.shape[1]
    let rows = 0..<codes.shape[0]
    let x = Frame(rows.map { Double(codes.scalars[$0 * width]) })
    let y = Frame(rows.map { Double(codes.scalars[$0 * width + 1]) })
    let room = Self.size - 2 * Self.margin
    var outside = 0
    points = rows.map { row in
      let first = x.place(Double(codes.scalars[row * width]))
      let second = y.place(Double(codes.scalars[row * width + 1]))
      if first.isOutside || second.isOutside { outside += 1 }
      return Point(
        x: Self.margin + first.part * room,
        y: Self.margin + (1 - second.part) * room
      )
    }
    self.labels = labels
    self.title = title
    var parts = [NumberText.counted(rows.count, noun)]
    parts.append(width == 2 ? "two numbers each" : "the first two of \(width) numbers each")
    if outside > 0 { parts.append("\(outside) far outside, drawn at the border") }
    subtitle = parts.joined(separator: ", ")
  }

  /// The picture as a file of its own.
  var svg: String { "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + picture }

  /// The picture within a page.
  var html: String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>\(Self.escaped(title))</title>
    <style>
    body { margin: 0; background: #fff; }
    svg { display: block; width: 100%; height: auto; max-height: 100vh; margin: 0 auto; }
    </style>
    </head>
    <body>
    \(picture)</body>
    </html>

    """
  }

  private var picture: String {
    let width = Self.size + (labels == nil ? 0 : Self.legendWidth)
    let top = 64.0
    var text = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(width)) \(Int(Self.size + top))" \
      font-family="system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif">
      <title>\(Self.escaped(title)): \(subtitle)</title>
      <rect width="100%" height="100%" fill="#ffffff"/>
      <text x="\(Int(Self.margin))" y="38" font-size="22" font-weight="600" \
      fill="#1b1f24">\(Self.escaped(title))</text>
      <text x="\(Int(Self.margin))" y="62" font-size="14" fill="#59636e">\(subtitle)</text>
      <g transform="translate(0 \(Int(top)))" fill="none" stroke-linecap="round" \
      stroke-width="\(NumberText.fixed(dotSize, places: 1))" stroke-opacity="\(opacity)">

      """
    text += dots
    text += "</g>\n"
    if let labels { text += legend(labels, top: top + Self.margin) }
    return text + "</svg>\n"
  }

  private var dotSize: Double {
    switch points.count {
    case ..<500: 7
    case ..<3_000: 5
    case ..<15_000: 4
    default: 3
    }
  }

  private var opacity: String { points.count < 3_000 ? "0.8" : "0.6" }

  /// A path for each class of each block: a move and a line of no length make a dot.
  private var dots: String {
    var text = ""
    for start in stride(from: 0, to: points.count, by: Self.blockLength) {
      let rows = start..<min(start + Self.blockLength, points.count)
      var paths = [String](repeating: "", count: labels?.names.count ?? 1)
      for row in rows {
        let (x, y) = (points[row].x, points[row].y)
        paths[labels?.classes[row] ?? 0] +=
          "M\(NumberText.fixed(x, places: 1)) \(NumberText.fixed(y, places: 1))h0"
      }
      for (index, path) in paths.enumerated() where !path.isEmpty {
        text += "<path stroke=\"\(Self.color(index, of: paths.count))\" d=\"\(path)\"/>\n"
      }
    }
    return text
  }

  private func legend(_ labels: PlotLabels, top: Double) -> String {
    var text = "<g font-size=\"15\" fill=\"#1b1f24\">\n"
    for (index, name) in labels.names.enumerated() {
      let y = Int(top) + 12 + 26 * index
      let color = Self.color(index, of: labels.names.count)
      text += "<circle cx=\"\(Int(Self.size))\" cy=\"\(y)\" r=\"6\" fill=\"\(color)\"/>"
      text += "<text x=\"\(Int(Self.size) + 14)\" y=\"\(y + 5)\">"
      text += Self.escaped(name) + "</text>\n"
    }
    return text + "</g>\n"
  }

  /// Colours that are easy to tell apart: ten of the palette Tableau 10, and ten lighter ones.
  private static func color(_ index: Int, of count: Int) -> String {
    let colors = [
      "#4e79a7", "#f28e2b", "#e15759", "#76b7b2", "#59a14f", "#edc948", "#b07aa1", "#ff9da7",
      "#9c755f", "#79706e", "#a0cbe8", "#ffbe7d", "#ffb4ac", "#b6e0dc", "#8cd17d", "#f1e19a",
      "#d4a6c8", "#d37295", "#d7b5a6", "#bab0ac",
    ]
    return count == 1 ? colors[0] : colors[index % colors.count]
  }

  private static func escaped(_ text: String) -> String {
    var escaped = ""
    for character in text {
      switch character {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case _ where character.unicodeScalars.allSatisfy { $0.value < 32 }: escaped += " "
      default: escaped.append(character)
      }
    }
    return escaped
  }
}

/// The part of a number line that a map shows.
private struct Frame {
  private let lower: Double
  private let upper: Double

  /// Shows all values, or, where a few lie far outside, nearly all.
  init(_ values: [Double]) {
    let sorted = values.sorted()
    guard let least = sorted.first, let most = sorted.last else {
      (lower, upper) = (0, 1)
      return
    }
    let cut = values.count / 400
    let (low, high) = (sorted[cut], sorted[values.count - 1 - cut])
    let border = 0.15 * (high - low)
    (lower, upper) = (Swift.max(least, low - border), Swift.min(most, high + border))
  }

  /// Where a value lies, from 0 to 1.
  func place(_ value: Double) -> (part: Double, isOutside: Bool) {
    guard upper > lower else { return (0.5, false) }
    let part = (value - lower) / (upper - lower)
    return (Swift.min(Swift.max(part, 0), 1), part < 0 || part > 1)
  }
}
