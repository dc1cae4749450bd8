internal import HourglassMedia
internal import HourglassReports
internal import HourglassSystem
internal import Synchronization

/// The first images of a run for a figure in rows, such as clean, noisy and denoised.
final class ImageRows: Sendable {
  /// The most images of a row.
  static let limit = 6
  /// The most that is shown of an image, from its middle.
  private static let most = ImageSize(width: 240, height: 240)

  private let names: [String]
  private let columns = Mutex<[[Image?]]>([])

  /// Names the rows from the top.
  init(_ names: [String]) { self.names = names }

  /// Keeps the images of a column, one for each row; `nil` for what there is none of.
  func add(_ images: [Image?]) {
    columns.withLock { columns in
      guard columns.count < Self.limit else { return }
      columns.append(images.map { $0.map { Self.center($0, Self.most).flattened } })
    }
  }

  /// The rows with their names as a figure.
  func grid(title: String) -> ImageGrid {
    let columns = columns.withLock { $0 }
    let rows = names.indices.filter { row in columns.contains { $0[row] != nil } }
    return ImageGrid(
      title: title,
      rows: rows.map { row in
        ImageGrid.Row(names[row], columns.map { ImageGrid.Cell($0[row]) })
      }
    )
  }

  /// Draws the rows to a file: with their names where it ends in .svg, else the pixels alone, as PNG.
  func write(to path: String, title: String) throws {
    if path.hasSuffix(".svg") {
      let text = grid(title: title).drawing.svgFile
      return try AtomicFile.replace(path, with: Array(text.utf8))
    }
    let columns = columns.withLock { $0 }
    let rows = names.indices.filter { row in columns.contains { $0[row] != nil } }
    let width = columns.flatMap { $0.compactMap { $0?.width } }.min() ?? 1
    let height = columns.flatMap { $0.compactMap { $0?.height } }.min() ?? 1
    let scale = max(1, 96 / max(width, height))
    let white = [Float](repeating: 1, count: width * height)
    let blank = Image(planes: [white], width: width, height: height)
    let all = rows.flatMap { row in
      columns.map { column in
        Self.center(column[row] ?? blank, ImageSize(width: width, height: height)).enlarged(scale)
      }
    }
    let mosaic = Image(mosaicOf: all, columns: max(columns.count, 1), gap: 4)
    try AtomicFile.replace(path, with: mosaic.png)
  }

  /// The middle part of an image, at most of a size.
  private static func center(_ image: Image, _ size: ImageSize) -> Image {
    let (width, height) = (min(image.width, size.width), min(image.height, size.height))
    return image.cropped(
      x: (image.width - width) / 2,
      y: (image.height - height) / 2,
      to: ImageSize(width: width, height: height)
    )
  }
}
