package import HourglassMedia

/// Images in rows and columns, with names for both and a few words under each.
///
/// Small images are drawn larger with sharp pixels, photographs smooth.
package struct ImageGrid: Figure {
  /// One image of the grid.
  package struct Cell: Hashable, Sendable {
    /// The image; nothing where the place stays free.
    package var image: Image?
    /// A few words under the image, such as `28.4 dB`; may be empty.
    package var caption: String
    /// Whether the caption stands out.
    package var isBest: Bool

    /// Takes an image.
    package init(_ image: Image?, caption: String = "", isBest: Bool = false) {
      self.image = image
      self.caption = caption
      self.isBest = isBest
    }
  }

  /// A row of images.
  package struct Row: Hashable, Sendable {
    /// What the images of the row are; may be empty.
    package var name: String
    /// The images from the left.
    package var cells: [Cell]

    /// Takes a row.
    package init(_ name: String, _ cells: [Cell]) {
      self.name = name
      self.cells = cells
    }

    /// Takes a row of images without captions.
    package init(_ name: String, images: [Image]) {
      self.init(name, images.map { Cell($0) })
    }
  }

  /// What the images are.
  package var title: String
  /// A second line of the title.
  package var subtitle: String
  /// The name of each column; may be empty.
  package var columns: [String]
  /// The rows from the top.
  package var rows: [Row]
  /// How wide an image is drawn, in pixels of the screen; found from the images where it is nil.
  package var side: Double?

  /// Takes the rows.
  package init(
    title: String = "Images",
    subtitle: String = "",
    columns: [String] = [],
    rows: [Row],
    side: Double? = nil
  ) {
    self.title = title
    self.subtitle = subtitle
    self.columns = columns
    self.rows = rows
    self.side = side
  }

  /// The images drawn.
  package var drawing: Drawing {
    let names = rows.map { Markup.fitted($0.name, size: 13, width: 130) }
    let longest = names.map { Markup.width(of: $0, size: 13) }.max() ?? 0
    let left = longest > 0 ? longest + 14 : 0
    let count = rows.map(\.cells.count).max() ?? 0
    let width = cellWidth(count: count, left: left)
    let step = width + Self.gap
    var y = columns.isEmpty ? 2.0 : 24
    var body = columns.prefix(count).enumerated().map { index, name in
      SVG.text(
        Markup.fitted(name, size: 12, width: step - 2),
        x: left + Double(index) * step + width / 2,
        y: 14,
        anchor: .middle,
        tone: .dim
      )
    }.joined()
    for (row, name) in zip(rows, names) {
      let height = row.cells.compactMap { $0.image.map { width * Self.proportion($0) } }.max() ?? 0
      body += SVG.text(name, x: left - 12, y: y + height / 2 + 4.5, size: 13, anchor: .end)
      for (index, cell) in row.cells.enumerated() {
        body += mark(cell, left + Double(index) * step, y, width, height, step)
      }
      y += height + Self.gap + (row.cells.contains { !$0.caption.isEmpty } ? 18 : 0)
    }
    if count == 0 { body += SVG.nothing(Area(left: 0, top: 0, width: 300, height: 60)) }
    return Drawing(
      width: max(left + Double(count) * step - Self.gap + 2, count == 0 ? 300 : 40),
      height: max(y, count == 0 ? 60 : 0),
      title: title,
      subtitle: subtitle,
      body: body
    )
  }

  private static let gap = 6.0
  /// The longest side up to which an image counts as small.
  private static let smallSide = 64

  private static func proportion(_ image: Image) -> Double {
    Double(image.height) / Double(image.width)
  }

  private func cellWidth(count: Int, left: Double) -> Double {
    if let side { return max(side, 1) }
    let images = rows.flatMap { $0.cells.compactMap(\.image) }
    let widest = images.map(\.width).max() ?? 64
    let room = (720 - left) / Double(max(count, 1)) - Self.gap
    // Whole multiples keep the pixels of small images alike.
    if widest <= Self.smallSide {
      let wanted = min(max(room, 24), 112)
      return Double(max(Int(wanted) / widest, 1) * widest)
    }
    return min(max(room, 48), Double(min(widest * 2, 240)))
  }

  private func mark(
    _ cell: Cell,
    _ x: Double,
    _ y: Double,
    _ width: Double,
    _ height: Double,
    _ step: Double
  ) -> String {
    var text = ""
    if let image = cell.image {
      let own = width * Self.proportion(image)
      let isSmall = max(image.width, image.height) <= Self.smallSide
      text += "<image x=\"\(Markup.number(x))\" y=\"\(Markup.number(y + (height - own) / 2))\" "
      text += "width=\"\(Markup.number(width))\" height=\"\(Markup.number(own))\" "
      if isSmall { text += "style=\"image-rendering:pixelated\" " }
      text += "href=\"\(image.dataAddress)\"/>\n"
    }
    return text
      + SVG.text(
        cell.caption,
        x: x + width / 2,
        y: y + height + 14,
        size: Markup.width(of: cell.caption, size: 12) > step ? 10 : 12,
        anchor: .middle,
        tone: cell.isBest ? .ink : .dim,
        weight: cell.isBest ? 700 : 400
      )
  }
}
