package import HourglassEvaluation
package import HourglassMedia
internal import HourglassSystem

/// A map of points as one page that answers the pointer: HTML that needs nothing beside itself.
///
/// Points are colored, classes can be hidden, the wheel zooms and dragging moves. Beside the map
/// stands what is under the pointer: the item, and what the decoder makes of the place. Without a
/// script there is the drawing of the map.
package struct MapPage: Sendable {
  /// What is known of each item beside its place.
  package enum Items: Sendable {
    /// Nothing.
    case none
    /// Images of one size of the first points.
    case images([Image])
    /// The cells of rows of the first points, by the names of their columns; `nil` is a missing cell.
    case rows(columns: [String], [[String?]])
  }

  /// What the decoder makes of the places of the plane: a square of places, rows from the top.
  package enum Lattice: Sendable {
    /// Nothing is known of it.
    case none
    /// Images of one size, as many as the square of a side.
    case images([Image])
    /// Rows of cells by the names of their columns, as many as the square of a side.
    case rows(columns: [String], [[String?]])
  }

  /// The part of the plane that is shown first, and that a lattice covers.
  package struct Box: Hashable, Sendable {
    /// From left to right.
    package var x: ClosedRange<Double>
    /// From bottom to top.
    package var y: ClosedRange<Double>

    /// The box that shows nearly all of some points.
    package init(x: [Double], y: [Double]) {
      let placed = PlacedPoints(x: x, y: y, size: 1)
      self.x = placed.x.lower...placed.x.upper
      self.y = placed.y.lower...placed.y.upper
    }

    /// The middles of the cells of a lattice, rows from the top.
    package func places(side: Int) -> [(x: Double, y: Double)] {
      let steps = (0..<side).map { (Double($0) + 0.5) / Double(side) }
      return steps.flatMap { down in
        steps.map { across in
          (
            x.lowerBound + across * (x.upperBound - x.lowerBound),
            y.upperBound - down * (y.upperBound - y.lowerBound)
          )
        }
      }
    }
  }

  /// The points with their colors.
  package var map: ScatterMap
  /// What one item is, such as "image".
  package var noun: String
  /// The names of the items; `nil` where their numbers name them.
  package var names: [String]?
  /// The number of each item in the data, from 1 on; `nil` where they are all there in their order.
  package var numbers: [Int]?
  /// What is known of each item.
  package var items: Items
  /// What the decoder makes of places.
  package var lattice: Lattice
  /// What a reader should know, such as what was left out.
  package var notes: [String]
  /// How well the model that made the map does.
  package var evaluation: Evaluation?

  /// Takes the parts of a page.
  package init(
    _ map: ScatterMap,
    noun: String,
    names: [String]? = nil,
    numbers: [Int]? = nil,
    items: Items = .none,
    lattice: Lattice = .none,
    notes: [String] = [],
    evaluation: Evaluation? = nil
  ) {
    self.map = map
    self.noun = noun
    self.names = names
    self.numbers = numbers
    self.items = items
    self.lattice = lattice
    self.notes = notes
    self.evaluation = evaluation
  }

  /// The part of the plane that is shown first.
  package var box: Box { Box(x: map.x, y: map.y) }
}

extension MapPage {
  /// The page as the text of a file; the same values give the same text.
  package var html: String {
    let drawing = map.drawing
    return """
      \(PageHead.text(title: map.title, rules: PageStyle.mapRules))
      <body>
      <main class="wide">
      <header>
      <h1>\(Markup.escaped(map.title))</h1>
      <p class="summary">\(Markup.escaped(drawing.subtitle))</p>
      </header>
      <noscript><figure>\(drawing.inline)</figure>
      <p class="note">This is a drawing of the map: without scripts, items and decoded places are \
      not shown.</p></noscript>
      <div class="map-sides">
      <div class="map-plane">
      <canvas id="map" tabindex="0" role="application" aria-describedby="map-help" \
      aria-label="Map of \(Markup.escaped(map.title))"></canvas>
      <p class="map-buttons"><button type="button" id="zoom-in" aria-label="Closer">+</button>\
      <button type="button" id="zoom-out" aria-label="Further away">−</button>\
      <button type="button" id="zoom-all">Whole map</button></p>
      <p class="note" id="map-help">Point at the map. The wheel or + and − zoom, dragging moves, \
      arrow keys move the pointer, 0 shows the whole map.</p>
      \(legend)</div>
      \(panel)</div>
      \(notes.map { "<p class=\"note\">\(Markup.escaped($0))</p>\n" }.joined())\
      \(evaluation?.html ?? "")</main>
      <script type="application/json" id="map-data">\(MapText.object(data))</script>
      <script>
      \(PageStyle.mapScript)</script>
      </body>
      </html>

      """
  }

  private var legend: String {
    switch map.coloring {
    case .none: return ""
    case .classes(let names, let classes):
      var counts = [Int](repeating: 0, count: names.count)
      for place in classes where counts.indices.contains(place) { counts[place] += 1 }
      let keys = names.enumerated().map { index, name in
        "<button type=\"button\" class=\"key\" aria-pressed=\"true\">"
          + "<i style=\"background:var(--c\(FigureStyle.index(index)))\"></i>"
          + "\(Markup.escaped(name)) <small>\(NumberText.grouped(counts[index]))</small></button>"
      }
      return "<div class=\"keys\" role=\"group\" aria-label=\"Classes to show\">\n"
        + keys.joined(separator: "\n") + "</div>\n"
    case .values(let name, _):
      let axis = map.valueAxis
      return "<p class=\"scale\">\(Markup.escaped(name)): \(NumberText.significant(axis.lower)) "
        + "<i style=\"background:linear-gradient(90deg,\(ScatterMap.shadeColors.joined(separator: ",")))\"></i> "
        + "\(NumberText.significant(axis.upper))</p>\n"
    }
  }

  private var panel: String {
    var text = "<div class=\"map-panel\">\n<section>\n<h2>Nearest item</h2>\n"
    text += "<p><strong id=\"item-name\"></strong> <span id=\"item-class\"></span></p>\n"
    switch items {
    case .none: text += "<canvas hidden id=\"item-image\"></canvas>\n"
    case .images(let images):
      text += Self.canvas("item-image", images.first)
    case .rows:
      text += "<div class=\"scroll\"><table id=\"item-cells\"></table></div>\n"
    }
    text += "</section>\n"
    text += "<section\(hasLattice ? "" : " hidden")>\n<h2>Decoded here</h2>\n"
    text += "<p id=\"decoded-place\"></p>\n"
    switch lattice {
    case .none: break
    case .images(let images):
      text += Self.canvas("decoded-image", images.first)
    case .rows:
      text += "<div class=\"scroll\"><table id=\"decoded-cells\"></table></div>\n"
    }
    return text + "</section>\n</div>\n"
  }

  private var hasLattice: Bool {
    if case .none = lattice { return false }
    return true
  }

  private static func canvas(_ name: String, _ image: Image?) -> String {
    "<canvas id=\"\(name)\" class=\"pixels\" width=\"\(image?.width ?? 1)\" "
      + "height=\"\(image?.height ?? 1)\"></canvas>\n"
  }

  /// The images on one side of a sheet: browsers refuse images that are very large.
  private static func sheetColumns(_ image: Image) -> Int {
    max(2_048 / max(image.width, image.height), 1)
  }
}

extension MapPage {
  /// What the script reads; points without a place are left out.
  private var data: [(String, String)] {
    let points = map.x.indices.filter { map.x[$0].isFinite && map.y[$0].isFinite }
    let box = box
    let corners = [box.x.lowerBound, box.x.upperBound, box.y.lowerBound, box.y.upperBound]
    let (paints, places) = (map.paintColors, map.paintPlaces)
    var data = [
      ("noun", MapText.quoted(noun)),
      ("x", MapText.numbers(points.map { Float(map.x[$0]) })),
      ("y", MapText.numbers(points.map { Float(map.y[$0]) })),
      ("box", MapText.list(corners.map { "\(Float($0))" })),
      ("paint", "\"\(points.map { UInt8(places[$0]) }.base64)\""),
      ("paints", MapText.texts(paints.map(\.color))),
      ("labels", paints.contains { $0.name != nil } ? MapText.texts(paints.map(\.name)) : "null"),
      ("numbers", MapText.list(points.map { "\(numbers?[$0] ?? $0 + 1)" })),
      ("names", names.map { all in MapText.texts(points.map { all[$0] }) } ?? "null"),
    ]
    data += itemData(points) + latticeData
    return data
  }

  private func itemData(_ points: [Int]) -> [(String, String)] {
    var (sheets, columns, imageCount) = ([String](), 1, 0)
    var (names, cells) = ("null", "[]")
    switch items {
    case .none: break
    case .images(let images):
      // Points without a place have no image: those of the others move up.
      let shown = points.filter { $0 < images.count }.map { images[$0] }
      if let first = shown.first {
        columns = Self.sheetColumns(first)
        let length = columns * columns
        for start in stride(from: 0, to: shown.count, by: length) {
          let part = Array(shown[start..<min(start + length, shown.count)])
          sheets.append(Image(mosaicOf: part, columns: columns, gap: 0).dataAddress)
        }
        imageCount = shown.count
      }
    case .rows(let columnNames, let rows):
      names = MapText.texts(columnNames)
      cells = MapText.list(points.filter { $0 < rows.count }.map { MapText.texts(rows[$0]) })
    }
    return [
      ("sheets", MapText.texts(sheets)), ("sheetColumns", "\(columns)"),
      ("images", "\(imageCount)"), ("columns", names), ("cells", cells),
    ]
  }

  private var latticeData: [(String, String)] {
    func side(_ count: Int) -> Int { Int(Double(count).squareRoot().rounded()) }
    switch lattice {
    case .none: return [("lattice", "null")]
    case .images(let images):
      let side = side(images.count)
      let sheet = Image(mosaicOf: images, columns: side, gap: 0).dataAddress
      let parts = [("side", "\(side)"), ("sheet", MapText.quoted(sheet))]
      return [("lattice", MapText.object(parts))]
    case .rows(let columns, let rows):
      let parts = [
        ("side", "\(side(rows.count))"), ("columns", MapText.texts(columns)),
        ("cells", MapText.list(rows.map { MapText.texts($0) })),
      ]
      return [("lattice", MapText.object(parts))]
    }
  }
}
