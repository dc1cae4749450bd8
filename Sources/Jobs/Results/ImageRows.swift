internal import HourglassData
internal import HourglassMedia
internal import HourglassReports
internal import HourglassSystem
internal import HourglassTensors
internal import Synchronization

/// The first images of a run for a figure in rows, such as clean, noisy and denoised.
final class ImageRows: Sendable {
  /// The most images of a row.
  static let limit = 6
  /// The longest side that is shown of an image, from its middle.
  private static let side = 240

  private let names: [String]
  private let columns = Mutex<[[FigureImage?]]>([])

  /// Names the rows from the top.
  init(_ names: [String]) { self.names = names }

  /// Keeps the images of a column, one for each row; `nil` for what there is none of.
  func add(_ images: [Image?]) {
    columns.withLock { columns in
      guard columns.count < Self.limit else { return }
      columns.append(images.map { $0.map(Self.image) })
    }
  }

  /// Draws the rows to a file: with their names where it ends in .svg, else the pixels alone, as PNG.
  func write(to path: String, title: String) throws {
    let columns = columns.withLock { $0 }
    let rows = names.indices.filter { row in columns.contains { $0[row] != nil } }
    if path.hasSuffix(".svg") {
      let grid = ImageGrid(
        title: title,
        rows: rows.map { row in
          ImageGrid.Row(names[row], columns.map { ImageGrid.Cell($0[row]) })
        }
      )
      return try AtomicFile.replace(path, with: Array(grid.drawing.svgFile.utf8))
    }
    let width = columns.flatMap { $0.compactMap { $0?.width } }.min() ?? 1
    let height = columns.flatMap { $0.compactMap { $0?.height } }.min() ?? 1
    let scale = max(1, 96 / max(width, height))
    let all = rows.flatMap { row in
      columns.map { column in
        (column[row]
          ?? FigureImage(width: width, height: height, planes: Self.blank(width * height)))
          .center(width: width, height: height).enlarged(scale)
      }
    }
    let mosaic = FigureImage(mosaicOf: all, columns: max(columns.count, 1), gap: 4)
    try AtomicFile.replace(path, with: mosaic.png)
  }

  private static func blank(_ count: Int) -> [Float] { [Float](repeating: 1, count: count) }

  private static func image(_ image: Image) -> FigureImage {
    let size = ImageSize(width: min(image.width, side), height: min(image.height, side))
    return image.cropped(
      x: (image.width - size.width) / 2,
      y: (image.height - size.height) / 2,
      to: size
    ).figureImage
  }
}

extension FigureImage {
  /// The middle part of a size that is not larger.
  fileprivate func center(width newWidth: Int, height newHeight: Int) -> FigureImage {
    let (left, top) = ((width - newWidth) / 2, (height - newHeight) / 2)
    var part: [UInt8] = []
    for row in top..<top + newHeight {
      let start = (row * width + left) * channels
      part += bytes[start..<start + newWidth * channels]
    }
    return FigureImage(width: newWidth, height: newHeight, channels: channels, bytes: part)
  }

  /// Each pixel as a square of so many.
  fileprivate func enlarged(_ scale: Int) -> FigureImage {
    guard scale > 1 else { return self }
    var large: [UInt8] = []
    large.reserveCapacity(bytes.count * scale * scale)
    for row in 0..<height * scale {
      for column in 0..<width * scale {
        let start = (row / scale * width + column / scale) * channels
        large += bytes[start..<start + channels]
      }
    }
    return FigureImage(
      width: width * scale,
      height: height * scale,
      channels: channels,
      bytes: large
    )
  }
}
