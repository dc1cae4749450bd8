internal import HourglassData
internal import HourglassEncodings
internal import HourglassEngines
internal import HourglassEvaluation
internal import HourglassMedia
internal import HourglassReports
internal import HourglassSystem
internal import HourglassTasksCommon
internal import HourglassTensors

/// Makes the page of a map from data, their latent vectors and the model that made them.
///
/// What would make the page too large is left out, and the page says so.
struct MapMaker {
  /// The items.
  let data: Dataset
  /// Their latent vectors, `[count, dimensions]`.
  let codes: Tensor
  /// What decodes places of the plane.
  let fitted: FittedDimensionReducer
  /// How well it does, as the page should show it.
  let evaluation: Evaluation?
  /// Where it is computed.
  let engine: ComputeEngine

  /// The most points.
  private static let pointLimit = 20_000
  /// The most bytes of the images of items before they are compressed, and of those of places.
  private static let imageLimits = (items: 6 << 20, places: 3 << 20)
  /// The most pixels on a side of an image of an item, and of one of a place.
  private static let sides = (item: 32, place: 64)
  /// The most bytes of the cells of rows, and of those of places.
  private static let textLimits = (items: 4 << 20, places: 1 << 20)
  /// The most columns of a row that are shown.
  private static let columnLimit = 40
  /// The most places on a side of what is decoded.
  private static let latticeSide = 24

  /// The page.
  func page(_ map: ScatterMap) async throws -> MapPage {
    let total = codes.shape[0]
    // Of too many points those at equal distances in the order of the data.
    let limit = min(total, Self.pointLimit)
    let rows = (0..<limit).map { $0 * total / limit }
    var notes: [String] = []
    if limit < total {
      notes.append(
        "\(NumberText.grouped(limit)) of \(NumberText.grouped(total)) points are shown, one of each "
          + "few in the order of the data."
      )
    }
    let shown = limit < total ? map.selecting(rows) : map
    let (items, note) = try items(rows)
    if let note { notes.append(note) }
    var page = MapPage(
      shown,
      noun: data.kind.nouns.one,
      names: names(rows),
      numbers: rows.map { $0 + 1 },
      items: items
    )
    page.lattice = try await lattice(page.box)
    if codes.shape[1] > 2 {
      notes.append(
        "Places are decoded with the means of the other \(codes.shape[1] - 2) latent dimensions."
      )
    }
    page.notes = notes
    page.evaluation = evaluation
    return page
  }

  private func names(_ rows: [Int]) -> [String]? {
    guard let column = data.itemColumns.first else { return nil }
    return rows.map { column.text($0) ?? "" }
  }

  private func items(_ rows: [Int]) throws -> (MapPage.Items, String?) {
    switch data {
    case .images(let images): return try figures(images, rows)
    case .table(let table): return cells(table.sample, rows)
    case .sounds, .series: return (.none, nil)
    }
  }

  private func figures(
    _ images: ImageSet,
    _ rows: [Int]
  ) throws -> (MapPage.Items, String?) {
    guard let shape = images.commonShape, let first = rows.first else { return (.none, nil) }
    let size = Self.size(width: shape[2], height: shape[1], side: Self.sides.item)
    let channels = try images.image(first).figureImage(size).channels
    let most = Self.imageLimits.items / (size.width * size.height * channels)
    let figures = try rows.prefix(most).map { try images.image($0).figureImage(size) }
    let note =
      "\(NumberText.grouped(most)) of the \(NumberText.counted(rows.count, "point")) show "
      + "their images."
    return (.images(figures), most < rows.count ? note : nil)
  }

  private func cells(_ table: Table, _ rows: [Int]) -> (MapPage.Items, String?) {
    let columns = table.columns.prefix(Self.columnLimit)
    var (cells, size) = ([[String?]](), 0)
    for row in rows {
      let texts = columns.map { $0.text(row).map { String($0.prefix(200)) } }
      size += texts.reduce(0) { $0 + ($1?.utf8.count ?? 4) + 3 }
      if size > Self.textLimits.items { break }
      cells.append(texts)
    }
    var parts: [String] = []
    if cells.count < rows.count {
      parts.append("\(NumberText.grouped(cells.count)) of the points show their rows.")
    }
    if columns.count < table.columns.count {
      parts.append(
        "Of the \(table.columns.count) columns the first \(columns.count) are shown."
      )
    }
    let note = parts.isEmpty ? nil : parts.joined(separator: " ")
    return (.rows(columns: columns.map(\.name), cells), note)
  }

  /// What the decoder makes of a square of places.
  private func lattice(_ box: MapPage.Box) async throws -> MapPage.Lattice {
    switch fitted.kind {
    case .images:
      let shape = fitted.itemShape
      let size = Self.size(width: shape[2], height: shape[1], side: Self.sides.place)
      let bytes = size.width * size.height * (shape[0] < 3 ? 1 : 3)
      let side = Self.side(Self.imageLimits.places / bytes)
      let reconstructed = try await fitted.decode(codes: places(box, side), on: engine)
      guard case .images(let images) = reconstructed else { return .none }
      return .images((0..<side * side).map { images.figureImage($0, size) })
    case .table:
      let side = Self.side(Self.textLimits.places / (12 * min(fitted.columns.count, 40)))
      let reconstructed = try await fitted.decode(codes: places(box, side), on: engine)
      guard case .table(let table) = reconstructed else { return .none }
      let columns = table.columns.prefix(Self.columnLimit)
      let rows = (0..<table.rowCount).map { row in columns.map { $0.shortText(row) } }
      return .rows(columns: columns.map(\.name), rows)
    case .sounds, .series: return .none
    }
  }

  /// The latent vectors of the places, `[side², dimensions]`.
  private func places(_ box: MapPage.Box, _ side: Int) -> Tensor {
    let (count, width) = (codes.shape[0], codes.shape[1])
    let means = (0..<width).map { column in
      Float(
        (0..<count).reduce(0.0) { $0 + Double(codes.scalars[$1 * width + column]) / Double(count) }
      )
    }
    let places = box.places(side: side)
    let numbers = places.flatMap { [Float($0.x), Float($0.y)] + means.dropFirst(2) }
    return Tensor(numbers, shape: [places.count, width])
  }

  private static func side(_ count: Int) -> Int {
    min(max(Int(Double(count).squareRoot()), 4), latticeSide)
  }

  private static func size(width: Int, height: Int, side: Int) -> ImageSize {
    let scale = min(Double(side) / Double(max(width, height)), 1)
    return ImageSize(
      width: max(Int((Double(width) * scale).rounded()), 1),
      height: max(Int((Double(height) * scale).rounded()), 1)
    )
  }
}

extension Table.Column {
  /// The cell of a row as a text; numbers without a usual number of digits have five.
  fileprivate func shortText(_ row: Int) -> String? {
    guard case .numbers = cells, decimals == nil, dateFormat == nil else { return text(row) }
    return number(row).map { NumberText.plain($0, digits: 5) }
  }
}

extension ScatterMap {
  /// The map of some of the points.
  fileprivate func selecting(_ rows: [Int]) -> ScatterMap {
    var map = self
    map.x = rows.map { x[$0] }
    map.y = rows.map { y[$0] }
    map.coloring = coloring.selecting(rows)
    return map
  }
}

extension Image {
  /// The image in a size, for the page.
  fileprivate func figureImage(_ size: ImageSize) -> Image {
    let isThatSize = width == size.width && height == size.height
    return (isThatSize ? self : resized(to: size)).flattened
  }
}

extension Tensor {
  /// An image of `[count, channels, height, width]` in a size, gray or in colors.
  fileprivate func figureImage(_ index: Int, _ size: ImageSize) -> Image {
    let (channels, height, width) = (shape[1], shape[2], shape[3])
    let planes = (channels < 3 ? 0..<1 : 0..<3).map { channel in
      let start = (index * channels + channel) * height * width
      return scalars[start..<start + height * width].map { min(max($0, 0), 1) }
    }
    return Image(planes: planes, width: width, height: height, depth: 8).figureImage(size)
  }
}
