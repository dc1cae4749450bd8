internal import HourglassTasksCommon

/// The colors whose probabilities a network predicts for each place.
///
/// They are the points of a grid of a and b that sRGB can show at some lightness.
///
/// Reference: Zhang, Isola, Efros, 2016, "Colorful Image Colorization", arXiv:1603.08511, section 2.1,
/// with a wider grid.
enum ColorDistributionTargets {
  /// The distance of neighbors in units of a and b.
  static let spacing = 16

  /// The loss that a network minimizes, in its own units.
  static let loss = ColorDistributionLoss(
    anchors: grid.map { $0.map { $0 / ColorizationModel.scale } },
    deviation: Float(spacing) / 2 / ColorizationModel.scale,
    weight: 0.003,
    grain: 4,
    vividWeight: 0.05,
    boldness: 2,
    errorDirections: samples,
    spreadDirections: [
      zip(samples[0], samples[1]).map { $0 - $1 },
      [0, 1].map { 0.5 * (samples[0][$0] + samples[1][$0]) - samples[2][$0] },
    ]
  )

  /// How far red, green and blue of sRGB go with a and b, in parts of 1.87 levels of 255 a unit.
  ///
  /// They are the derivatives at middle gray; elsewhere they are larger or smaller by one factor. What is
  /// seen as colorful, red - green and yellow - blue, changes by a third more for an error of these
  /// along orange and blue than across.
  static let samples: [[Float]] = [[0.962, 0.424], [-0.288, -0.035], [0.0165, -0.899]]

  /// The a and b of each point.
  static let grid: [[Float]] = {
    let places = stride(from: -7 * spacing, through: 7 * spacing, by: spacing).map { Float($0) }
    return places.flatMap { a in places.map { b in [a, b] } }.filter { place in
      stride(from: Float(5), through: 95, by: 5).contains {
        LabColor.isShown($0, place[0], place[1])
      }
    }
  }()
}
