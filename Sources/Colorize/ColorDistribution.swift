internal import HourglassTasksCommon

/// What each place of an image could be colored, in the size in which the network sees it.
struct ColorDistribution: Sendable {
  /// The mean of a and b in the network's units, then vivid ones, then the logits of the anchors.
  let planes: PlanarImage

  /// The temperature of the colors of `ColorChoice.vivid`.
  ///
  /// Reference: Zhang, Isola, Efros, 2016, arXiv:1603.08511, section 2.3, the annealed mean.
  static let vividTemperature: Float = 0.38
  /// The temperature of a draw: colors near each other mix, and edges between them are soft.
  static let drawTemperature: Float = 0.5

  /// The mean of a and b.
  var mean: PlanarImage { abChannels(0..<2) }

  /// A and b that are trained to be as colorful as true ones.
  var vivid: PlanarImage { abChannels(2..<4) }

  private func abChannels(_ channels: Range<Int>) -> PlanarImage {
    PlanarImage(
      width: planes.width,
      height: planes.height,
      planes: planes.planes[channels].map { plane in plane.map { $0 * ColorizationModel.scale } }
    )
  }

  /// The annealed mean: that of the likelihoods to the power of 1 / temperature.
  var annealed: PlanarImage {
    abChannels(temperature: Self.vividTemperature, adding: nil)
  }

  /// One of the colorings that are likely.
  ///
  /// The largest of logits to which noise of Gumbel's distribution is added is a draw from their
  /// softmax. All places share the noise, so that those of like colors get like ones, and each place
  /// alone is a draw all the same.
  ///
  /// Reference: Gumbel, 1954, "Statistical theory of extreme values and some practical applications".
  func drawn(_ number: Int, seed: UInt64) -> PlanarImage {
    var generator = SeededGenerator.named("colouring \(number)", seed: seed)
    let noise = ColorDistributionTargets.grid.map { _ in
      -log(-log(min(max(generator.nextUniform(), 0x1p-24), 1 - 0x1p-24)))
    }
    return abChannels(temperature: Self.drawTemperature, adding: noise)
  }

  /// The mean of the anchors by the softmax of (logit + noise) / temperature.
  private func abChannels(temperature: Float, adding noise: [Float]?) -> PlanarImage {
    let logits = planes.planes.dropFirst(4)
    let anchors = ColorDistributionTargets.grid
    let area = planes.area
    var greatest = [Float](repeating: -.infinity, count: area)
    let shifted = zip(logits, noise ?? anchors.map { _ in 0 }).map { plane, noise in
      plane.map { ($0 + noise) / temperature }
    }
    for plane in shifted {
      for index in 0..<area { greatest[index] = max(greatest[index], plane[index]) }
    }
    var sums = [[Float]](repeating: [Float](repeating: 0, count: area), count: 3)
    for (plane, anchor) in zip(shifted, anchors) {
      for index in 0..<area {
        let likelihood = exp(plane[index] - greatest[index])
        sums[0][index] += likelihood
        sums[1][index] += likelihood * anchor[0]
        sums[2][index] += likelihood * anchor[1]
      }
    }
    return PlanarImage(
      width: planes.width,
      height: planes.height,
      planes: (1...2).map { channel in zip(sums[channel], sums[0]).map { $0 / $1 } }
    )
  }
}
