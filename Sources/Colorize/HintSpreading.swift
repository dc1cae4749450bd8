internal import HourglassTasksCommon

/// Colors that spread from hints to what is like their places.
///
/// The way from a hint to a pixel is as long as the lightness changes along it, at the path where it
/// changes least. A pixel takes the colors of hints by weights that fall with the fourth power of
/// that distance, and in place of its own by as much as it is near one of them.
///
/// Reference: Yatziv, Sapiro, 2006, "Fast Image and Video Colorization Using Chrominance Blending",
/// doi:10.1109/TIP.2005.864231, equations 1 to 5.
struct HintSpreading: Sendable {
  /// How much each hint counts at each pixel of the guide, and how much all together.
  private let shares: PlanarImage
  private let hints: [ColorHint]

  /// The change of lightness that is as far as the whole image is wide.
  private static let change: Float = 12
  /// The most pixels that ways are searched on.
  private static let most = 1 << 17

  init(_ hints: [ColorHint], over image: Image) {
    self.hints = hints
    let guide = image.resized(to: Self.size(image.size))
    let lightness = LabColor.planes(of: PlanarImage(guide)).planes[0]
    let (width, height) = (guide.width, guide.height)
    let distances = hints.map { hint in
      let column = min(hint.x * width / image.width, width - 1)
      let row = min(hint.y * height / image.height, height - 1)
      return Self.distances(lightness, width: width, from: row * width + column)
    }
    var planes = distances.map { plane in
      plane.map { 1 / ($0 * $0 + 1e-4) / ($0 * $0 + 1e-4) }
    }
    var nearness = [Float](repeating: 0, count: lightness.count)
    for index in lightness.indices {
      let total = planes.reduce(0) { $0 + $1[index] }
      for hint in planes.indices { planes[hint][index] /= total }
      let nearest = distances.reduce(Float.infinity) { min($0, $1[index]) }
      nearness[index] = exp(-0.5 * nearest * nearest)
    }
    let all = PlanarImage(width: width, height: height, planes: planes + [nearness])
    shares = all.interpolated(to: image.size)
  }

  /// The a and b of an image with those of the hints spread over them.
  ///
  /// The pixel of a hint has its a and b exactly, and those around it differ little from it where the
  /// image is larger than the guide.
  func spread(over abChannels: PlanarImage) -> PlanarImage {
    var result = abChannels
    let colors = hints.map(\.abChannels)
    let nearness = shares.planes[hints.count]
    for channel in 0..<2 {
      for index in nearness.indices {
        var hinted: Float = 0
        for hint in hints.indices { hinted += shares.planes[hint][index] * colors[hint][channel] }
        result.planes[channel][index] += nearness[index] * (hinted - result.planes[channel][index])
      }
      for (hint, color) in zip(hints, colors) {
        result.planes[channel][hint.y * result.width + hint.x] = color[channel]
      }
    }
    return result
  }

  private static func size(_ size: ImageSize) -> ImageSize {
    let area = Double(size.width) * Double(size.height)
    guard area > Double(most) else { return size }
    let scale = (Double(most) / area).squareRoot()
    return ImageSize(
      width: max(1, Int(Double(size.width) * scale)),
      height: max(1, Int(Double(size.height) * scale))
    )
  }

  /// The length of the shortest way from a pixel to every other one, through neighbors: passes over
  /// the image forwards and backwards until nothing gets shorter.
  private static func distances(_ lightness: [Float], width: Int, from start: Int) -> [Float] {
    let height = lightness.count / width
    let step = 1 / Float(max(width, height))
    var distances = [Float](repeating: .infinity, count: lightness.count)
    distances[start] = 0
    // Of the eight neighbors those that come before a pixel; mirrored, those that come after.
    let before = [(-1, -1, 1.41421356), (0, -1, 1), (1, -1, 1.41421356), (-1, 0, Float(1))]
    var isShorter = true
    while isShorter {
      isShorter = false
      for sign in [1, -1] {
        for place in lightness.indices {
          let index = sign > 0 ? place : lightness.count - 1 - place
          let (x, y) = (index % width, index / width)
          var least = distances[index]
          for (across, down, length) in before {
            let (column, row) = (x + sign * across, y + sign * down)
            guard column >= 0, column < width, row >= 0, row < height else { continue }
            let other = row * width + column
            let change = abs(lightness[index] - lightness[other]) / Self.change
            least = min(least, distances[other] + change + length * step)
          }
          if least < distances[index] {
            distances[index] = least
            isShorter = true
          }
        }
      }
    }
    return distances
  }
}
