internal import HourglassSystem

/// The colors of one image apart, without alpha.
package struct PlanarImage: Hashable, Sendable {
  package let width: Int
  package let height: Int
  /// `[channels][height * width]`; the values of an image go from 0 to 1.
  package var planes: [[Float]]

  package init(width: Int, height: Int, planes: [[Float]]) {
    self.width = width
    self.height = height
    self.planes = planes
  }

  /// The one plane of a gray image, or the three of one with colors.
  package init(_ image: Image) {
    self.init(
      width: image.width,
      height: image.height,
      planes: Array(image.planes().prefix(image.channels < 3 ? 1 : 3))
    )
  }

  /// The number of pixels.
  package var area: Int { width * height }

  /// The planes within 0 to 1.
  package var clipped: PlanarImage {
    var result = self
    for channel in planes.indices {
      result.planes[channel] = planes[channel].map { min(max($0, 0), 1) }
    }
    return result
  }

  /// The middle part, at most `side` wide and high.
  package func center(_ side: Int) -> PlanarImage {
    let (newWidth, newHeight) = (min(width, side), min(height, side))
    guard newWidth < width || newHeight < height else { return self }
    return part(
      x: (width - newWidth) / 2,
      y: (height - newHeight) / 2,
      width: newWidth,
      height: newHeight
    )
  }

  /// A part that lies within.
  package func part(x: Int, y: Int, width newWidth: Int, height newHeight: Int) -> PlanarImage {
    PlanarImage(
      width: newWidth,
      height: newHeight,
      planes: planes.map { plane in
        var values: [Float] = []
        values.reserveCapacity(newWidth * newHeight)
        for row in y..<y + newHeight {
          values += plane[row * width + x..<row * width + x + newWidth]
        }
        return values
      }
    )
  }

  /// An image like another one, with these colors in place of its own; alpha stays.
  package func image(like original: Image) -> Image {
    var all = planes
    if original.hasAlpha, let alpha = original.planes().last { all.append(alpha) }
    let isSameKind = (planes.count == 3) == (original.channels >= 3)
    return Image(
      planes: all,
      width: width,
      height: height,
      depth: original.depth,
      colorProfile: isSameKind ? original.colorProfile : nil,
      exif: original.exif
    )
  }
}

/// The place within an axis that a place beyond its ends mirrors, any number of times; the end
/// itself is not repeated.
package func mirrored(_ index: Int, _ extent: Int) -> Int {
  if index >= 0 && index < extent { return index }
  guard extent > 1 else { return 0 }
  let period = 2 * (extent - 1)
  let place = ((index % period) + period) % period
  return place < extent ? place : period - place
}
