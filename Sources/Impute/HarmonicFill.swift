internal import HourglassData

/// Fills missing pixels smoothly from those around them.
///
/// The filled values are nearly harmonic: each is the mean of its neighbors, as heat spreads from the
/// known ones. A coarser image of half the size gives the values to begin with, so that a few sweeps
/// are enough however large a hole is.
///
/// References: Gortler, Grzeszczuk, Szeliski, Cohen, 1996, "The Lumigraph", section 3.4.1,
/// doi:10.1145/237170.237200, for the coarser images; Bertalmio, Sapiro, Caselles, Ballester, 2000,
/// "Image inpainting", doi:10.1145/344779.344972, for the task.
enum HarmonicFill {
  private static let sweeps = 6

  /// A plane of which the missing values are filled; 0.5 where nothing is known.
  ///
  /// - Parameters:
  ///   - plane: `[height * width]` values; those of missing pixels do not matter.
  ///   - missing: Which are missing.
  static func filled(_ plane: [Float], missing: [Bool], width: Int, height: Int) -> [Float] {
    guard missing.contains(true) else { return plane }
    guard missing.contains(false) else { return plane.map { _ in 0.5 } }
    let (coarseWidth, coarseHeight) = ((width + 1) / 2, (height + 1) / 2)
    var sums = [Float](repeating: 0, count: coarseWidth * coarseHeight)
    var counts = sums
    for y in 0..<height {
      for x in 0..<width where !missing[y * width + x] {
        let place = y / 2 * coarseWidth + x / 2
        sums[place] += plane[y * width + x]
        counts[place] += 1
      }
    }
    let coarse = filled(
      zip(sums, counts).map { $1 > 0 ? $0 / $1 : 0 },
      missing: counts.map { $0 == 0 },
      width: coarseWidth,
      height: coarseHeight
    )
    var result = plane
    var holes: [Int] = []
    for place in missing.indices where missing[place] {
      result[place] = coarse[place / width / 2 * coarseWidth + place % width / 2]
      holes.append(place)
    }
    for sweep in 0..<sweeps {
      // There and back, so that values travel both ways.
      if sweep % 2 == 0 {
        for place in holes { relax(place, &result, width, height) }
      } else {
        for place in holes.reversed() { relax(place, &result, width, height) }
      }
    }
    return result
  }

  private static func relax(_ place: Int, _ plane: inout [Float], _ width: Int, _ height: Int) {
    let (x, y) = (place % width, place / width)
    var sum: Float = 0
    var count: Float = 0
    if x > 0 { (sum, count) = (sum + plane[place - 1], count + 1) }
    if x + 1 < width { (sum, count) = (sum + plane[place + 1], count + 1) }
    if y > 0 { (sum, count) = (sum + plane[place - width], count + 1) }
    if y + 1 < height { (sum, count) = (sum + plane[place + width], count + 1) }
    if count > 0 { plane[place] = sum / count }
  }
}
