internal import HourglassDatasets

/// How vivid colours come from what a network tells.
struct Vividness: Hashable, Sendable, Codable {
  /// Whether they are the annealed mean of the likelihoods; else they are the mean.
  var isAnnealed = false
  /// What they are multiplied by, from 0 to 100.
  var factor: Float = 1
}

/// Measures on images held out how vivid colours must be made to be as colourful as true ones: of the
/// two ways the one whose colours are then nearer to the truth.
struct VividnessTrial: Sendable {
  /// The part of the colourfulness of true images that is aimed at.
  static let aim = 0.9
  /// The pixels that are enough to measure by.
  static let pixels = 1 << 18

  private var truth = 0.0
  private var items: [(picture: Picture, mean: PicturePlanes, annealed: PicturePlanes)] = []

  /// Adds a picture with its colours, and what the network tells of it.
  mutating func add(_ picture: Picture, _ distribution: ColourDistribution) {
    truth += ColourQuality.colourfulness(PicturePlanes(picture))
    items.append((picture, distribution.mean, distribution.annealed))
  }

  /// The better way.
  var vividness: Vividness {
    guard truth > 0 else { return Vividness() }
    let ways = [false, true].map { isAnnealed in
      let factor = factor(isAnnealed: isAnnealed)
      return (
        vividness: Vividness(isAnnealed: isAnnealed, factor: factor),
        error: measured(factor, isAnnealed: isAnnealed).error
      )
    }
    return ways[1].error < ways[0].error ? ways[1].vividness : ways[0].vividness
  }

  /// The factor, from 0.25 to 4, by halving that interval on the logarithmic scale.
  private func factor(isAnnealed: Bool) -> Float {
    var (low, high) = (Float(0.25), Float(4))
    for _ in 0..<10 {
      let middle = (low * high).squareRoot()
      let isPale = measured(middle, isAnnealed: isAnnealed).colourfulness < Self.aim * truth
      if isPale { low = middle } else { high = middle }
    }
    return (low * high).squareRoot()
  }

  /// The colourfulness and the squared error of all images with a factor.
  private func measured(
    _ factor: Float,
    isAnnealed: Bool
  ) -> (colourfulness: Double, error: Double) {
    var sums = (colourfulness: 0.0, error: 0.0)
    for item in items {
      let colours = Colouring.colours(
        of: item.picture,
        isAnnealed ? item.annealed : item.mean,
        saturation: factor,
        hints: nil
      )
      sums.colourfulness += ColourQuality.colourfulness(colours)
      for (made, real) in zip(colours.planes, PicturePlanes(item.picture).planes) {
        for (first, second) in zip(made, real) {
          sums.error += Double((first - second) * (first - second))
        }
      }
    }
    return sums
  }
}
