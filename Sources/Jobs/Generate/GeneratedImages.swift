internal import HourglassData
internal import HourglassMedia
internal import HourglassReports
internal import HourglassSystem
internal import HourglassTensors

/// Generated images as figures.
struct GeneratedImages {
  private let images: [Image]

  /// The most images that are drawn above their nearest ones.
  static let mostNeighbors = 30
  /// The images of a row of that figure.
  private static let neighborColumns = 10
  /// The width in pixels that small images are enlarged to together.
  private static let wantedWidth = 600

  init(_ images: ImageSet) throws {
    self.images = try Self.images(images, Array(0..<images.count))
  }

  /// All images in one, small ones enlarged by whole numbers.
  ///
  /// - Parameters:
  ///   - columns: The images in a row.
  ///   - rows: How many of them each row begins with, where rows may end early; `nil` fills each.
  func mosaic(columns: Int, rows: [Int]? = nil) -> Image {
    let side = (images.first?.width ?? 1) * max(min(columns, images.count), 1)
    let factor = min(max(Self.wantedWidth / max(side, 1), 1), 6)
    var left = images.map { Image?.some($0.enlarged(factor)) }[...]
    var placed: [Image?] = []
    for count in rows ?? [] {
      placed += left.prefix(count)
      left = left.dropFirst(count)
      placed += [Image?](repeating: nil, count: columns - count)
    }
    return Image(mosaicOf: placed + left, columns: columns, gap: 2)
  }

  /// Each image above the one that is nearest to it, with how far that is.
  ///
  /// - Parameters:
  ///   - nearest: For each image the place of the nearest one and its squared distance.
  ///   - real: The images to find them in.
  func neighbors(
    _ nearest: [(place: Int, distance: Double)],
    in real: ImageSet
  ) throws -> ImageGrid {
    let found = try Self.images(real, nearest.map(\.place))
    var rows: [ImageGrid.Row] = []
    for start in stride(from: 0, to: images.count, by: Self.neighborColumns) {
      let places = start..<min(start + Self.neighborColumns, images.count)
      rows.append(ImageGrid.Row("generated", images: places.map { images[$0] }))
      rows.append(
        ImageGrid.Row(
          "nearest real image",
          places.map { place in
            let distance = nearest[place].distance.squareRoot()
            return ImageGrid.Cell(found[place], caption: NumberText.fixed(distance, places: 1))
          }
        )
      )
    }
    return ImageGrid(
      title: "Generated images and the nearest ones trained on",
      subtitle:
        "below each pair the distance of all pixels, from 0 to 1 each; a copy would be at 0",
      rows: rows
    )
  }

  /// Each of some images above what was reconstructed of it.
  func reconstructions(of real: ImageSet) throws -> ImageGrid {
    let found = try Self.images(real, Array(0..<real.count))
    var rows: [ImageGrid.Row] = []
    for start in stride(from: 0, to: images.count, by: Self.neighborColumns) {
      let places = start..<min(start + Self.neighborColumns, images.count)
      rows.append(ImageGrid.Row("image", images: places.map { found[$0] }))
      rows.append(ImageGrid.Row("reconstructed", images: places.map { images[$0] }))
    }
    return ImageGrid(
      title: "Images and what the model reconstructs of them",
      subtitle: "each from the mean of its latent distribution",
      rows: rows
    )
  }

  private static func images(_ images: ImageSet, _ places: [Int]) throws -> [Image] {
    let data = try images.uniform()
    let (low, high) = (data.valueRange.lowerBound, data.valueRange.upperBound)
    let isShown = data.scale != 1 || (low >= 0 && high <= 1)
    return places.map { place in
      var values = data.item(place)
      if !isShown { values = values.map { ($0 - low) / max(high - low, .leastNormalMagnitude) } }
      let shape = data.itemShape
      // More than four channels are no colors; the first is shown.
      let area = shape[1] * shape[2]
      let planes = (0..<(shape[0] <= 4 ? shape[0] : 1)).map { channel in
        Array(values[channel * area..<(channel + 1) * area])
      }
      return Image(planes: planes, width: shape[2], height: shape[1])
    }
  }
}
