internal import HourglassSystem
internal import HourglassTensors

/// Numbers as colored cells, such as the correlations of columns or a table of confusions.
package struct HeatTable: Figure {
  /// How numbers become colors.
  package enum Scale: Hashable, Sendable {
    /// From pale for the least to deep blue for the greatest.
    case depth
    /// From vermilion over gray for 0 to blue, alike to both sides.
    case balance
  }

  /// What the numbers are.
  package var title: String
  /// A second line of the title.
  package var subtitle: String
  /// The name of each row.
  package var rows: [String]
  /// The name of each column.
  package var columns: [String]
  /// The numbers `[rows, columns]`; what is not a number is an empty cell.
  package var values: [[Double]]
  /// How numbers become colors.
  package var scale: Scale
  /// The decimal places of the numbers in the cells; nil writes none.
  package var decimals: Int?

  /// Takes the numbers.
  package init(
    title: String = "Table",
    subtitle: String = "",
    rows: [String],
    columns: [String],
    values: [[Double]],
    scale: Scale = .depth,
    decimals: Int? = 2
  ) {
    self.title = title
    self.subtitle = subtitle
    self.rows = rows
    self.columns = columns
    self.values = values
    self.scale = scale
    self.decimals = decimals
  }

  /// The table drawn.
  package var drawing: Drawing {
    let names = rows.map { Markup.fitted($0, size: 12, width: 150) }
    let heads = columns.map { Markup.fitted($0, size: 12, width: 120) }
    let left = (names.map { Markup.width(of: $0, size: 12) }.max() ?? 0) + 12
    let widest = heads.map { Markup.width(of: $0, size: 12) }.max() ?? 0
    let digits = texts.joined().map { Markup.width(of: $0, size: 12) }.max() ?? 0
    let count = Double(max(columns.count, 1))
    let cell = min(max(digits + 14, min(max(widest + 10, 34), (700 - left) / count), 8), 96)
    let isTurned = widest + 6 > cell
    let top = isTurned ? widest * 0.72 + 16 : 24
    let height = cell < 20 ? cell : 28.0
    var body = ""
    for (index, head) in heads.enumerated() {
      let x = left + (Double(index) + 0.5) * cell
      if isTurned {
        let place = "\(Markup.number(x + 3)) \(Markup.number(top - 7))"
        let extra = " transform=\"translate(\(place)) rotate(-45)\""
        body += SVG.text(head, x: 0, y: 0, tone: .dim, extra: extra)
      } else {
        body += SVG.text(head, x: x, y: top - 8, anchor: .middle, tone: .dim)
      }
    }
    for (index, name) in names.enumerated() {
      let y = top + Double(index) * height
      let baseline = y + height / 2 + 4
      body += SVG.text(name, x: left - 8, y: baseline, anchor: .end, tone: .dim)
      body += cells(index, Area(left: left, top: y, width: cell, height: height))
    }
    let area = Area(left: left, top: top, width: cell * count, height: Double(rows.count) * height)
    if rows.isEmpty || columns.isEmpty {
      body += SVG.nothing(Area(left: 0, top: 0, width: 300, height: 60))
    }
    return Drawing(
      width: max(area.right + (isTurned ? widest * 0.72 : 4), 300),
      height: max(area.bottom + 4, 60),
      title: title,
      subtitle: subtitle,
      body: body
    )
  }

  private var texts: [[String]] {
    guard let decimals else { return [] }
    return values.map { row in
      row.map {
        $0.isFinite ? NumberText.fixed($0, places: decimals).replacing("-", with: "−") : ""
      }
    }
  }

  private func part(_ value: Double) -> Double {
    let finite = values.joined().filter(\.isFinite)
    guard let least = finite.min(), let most = finite.max() else { return 0 }
    switch scale {
    case .depth: return most > least ? (value - least) / (most - least) : 0.5
    case .balance:
      let reach = max(abs(least), abs(most))
      return reach > 0 ? 0.5 + 0.5 * value / reach : 0.5
    }
  }

  private func cells(_ row: Int, _ place: Area) -> String {
    guard values.indices.contains(row) else { return "" }
    return values[row].prefix(columns.count).enumerated().map { column, value in
      let x = place.left + Double(column) * place.width
      let size = (width: place.width - 1.5, height: place.height - 1.5)
      guard value.isFinite else {
        return SVG.rectangle(x, place.top, size.width, size.height, "class=\"track\"")
      }
      let share = part(value)
      let color = scale == .depth ? FigureStyle.depth(share) : FigureStyle.balance(share)
      let hint = "\(rows[row]), \(columns[column]): \(NumberText.significant(value))"
      var text = SVG.rectangle(
        x,
        place.top,
        size.width,
        size.height,
        "fill=\"\(color)\"",
        hint: hint
      )
      let isDeep = scale == .depth ? share > 0.55 : abs(share - 0.5) > 0.36
      if let decimals, place.height >= 20 {
        let number = NumberText.fixed(value, places: decimals).replacing("-", with: "−")
        let (middle, line) = (x + size.width / 2, place.top + place.height / 2 + 4)
        text +=
          "<text x=\"\(Markup.number(middle))\" y=\"\(Markup.number(line))\" font-size=\"12\" "
        text +=
          "text-anchor=\"middle\" fill=\"\(isDeep ? "#ffffff" : "#1b1f24")\">\(number)</text>\n"
      }
      return text
    }.joined()
  }
}
