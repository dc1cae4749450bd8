internal import HourglassTasksCommon

/// The size in which the network sees an image.
///
/// Colors belong to objects and change slowly: a photograph is colored small, where the network
/// sees whole objects, and keeps its own lightness at full size.
enum WorkingSize {
  /// The shorter side of a photograph for the network.
  static let side = 96
  /// The longest side.
  static let longest = 384
  /// The shorter side up to which an image is taken as it is.
  private static let small = 128

  /// The size for an image; its own where it is small.
  static func of(_ size: ImageSize) -> ImageSize {
    let (short, long) = (min(size.width, size.height), max(size.width, size.height))
    guard short > small || long > longest else { return size }
    let scale = min(min(Double(side) / Double(short), 1), Double(longest) / Double(long))
    return ImageSize(
      width: max(1, Int((Double(size.width) * scale).rounded())),
      height: max(1, Int((Double(size.height) * scale).rounded()))
    )
  }
}

extension PlanarImage {
  /// The planes in another size by linear interpolation between the centers of pixels.
  func interpolated(to size: ImageSize) -> PlanarImage {
    guard size.width != width || size.height != height else { return self }
    let columns = Self.places(width, size.width)
    let rows = Self.places(height, size.height)
    return PlanarImage(
      width: size.width,
      height: size.height,
      planes: planes.map { plane in
        var result = [Float](repeating: 0, count: size.width * size.height)
        var index = 0
        for row in rows {
          let (upper, lower) = (row.first * width, row.second * width)
          for column in columns {
            let above =
              plane[upper + column.first]
              + (plane[upper + column.second] - plane[upper + column.first]) * column.part
            let below =
              plane[lower + column.first]
              + (plane[lower + column.second] - plane[lower + column.first]) * column.part
            result[index] = above + (below - above) * row.part
            index += 1
          }
        }
        return result
      }
    )
  }

  private static func places(
    _ extent: Int,
    _ target: Int
  ) -> [(first: Int, second: Int, part: Float)] {
    (0..<target).map { index in
      let place = (Double(index) + 0.5) * Double(extent) / Double(target) - 0.5
      let inside = min(max(place, 0), Double(extent - 1))
      let first = Int(inside)
      return (first, min(first + 1, extent - 1), Float(inside - Double(first)))
    }
  }
}
