internal import HourglassTensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What each place of an image could be coloured, in the size in which the network sees it.
struct ColourDistribution: Sendable {
  /// The mean of a and b in the network's units, then bold ones, then the logits of the anchors.
  let planes: PicturePlanes

  /// The temperature of the colours of `ColourChoice.vivid`.
  ///
  /// Reference: Zhang, Isola, Efros, 2016, arXiv:1603.08511, section 2.3, the annealed mean.
  static let vividTemperature: Float = 0.38
  /// The temperature of a draw: colours near each other mix, and edges between them are soft.
  static let drawTemperature: Float = 0.5

  /// The mean of a and b.
  var mean: PicturePlanes { opponents(0..<2) }

  /// A and b that are learnt to be as colourful as true ones.
  var bold: PicturePlanes { opponents(2..<4) }

  private func opponents(_ channels: Range<Int>) -> PicturePlanes {
    PicturePlanes(
      width: planes.width,
      height: planes.height,
      planes: planes.planes[channels].map { plane in plane.map { $0 * Colouring.scale } }
    )
  }

  /// The annealed mean: that of the likelihoods to the power of 1 / temperature.
  var annealed: PicturePlanes {
    opponents(temperature: Self.vividTemperature, adding: nil)
  }

  /// One of the colourings that are likely.
  ///
  /// The largest of logits to which noise of Gumbel's distribution is added is a draw from their
  /// softmax. All places share the noise, so that those of like colours get like ones, and each place
  /// alone is a draw all the same.
  ///
  /// Reference: Gumbel, 1954, "Statistical theory of extreme values and some practical applications".
  func drawn(_ number: Int, seed: UInt64) -> PicturePlanes {
    var generator = SeededGenerator.named("colouring \(number)", seed: seed)
    let noise = ColourAnchors.grid.map { _ in
      -log(-log(min(max(generator.nextUniform(), 0x1p-24), 1 - 0x1p-24)))
    }
    return opponents(temperature: Self.drawTemperature, adding: noise)
  }

  /// The mean of the anchors by the softmax of (logit + noise) / temperature.
  private func opponents(temperature: Float, adding noise: [Float]?) -> PicturePlanes {
    let logits = planes.planes.dropFirst(4)
    let anchors = ColourAnchors.grid
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
    return PicturePlanes(
      width: planes.width,
      height: planes.height,
      planes: (1...2).map { channel in zip(sums[channel], sums[0]).map { $0 / $1 } }
    )
  }
}
