internal import HourglassEvaluation
internal import HourglassGraphs
internal import HourglassMedia

/// Which output of a colorization network the colors of an image are made of.
enum ColorSource: String, Hashable, Sendable, Codable, CaseIterable {
  /// The vivid colors.
  case vivid
  /// The mean.
  case mean
  /// The annealed mean of the likelihoods.
  case annealed
}

/// How vivid colors come from what a network tells.
struct Vividness: Hashable, Sendable, Codable {
  /// What of it they are.
  var source = ColorSource.vivid
  /// What they are multiplied by, from 0 to 100.
  var factor: Float = 1
}

extension ColorDistribution {
  /// The colors of one source.
  func colors(_ source: ColorSource) -> PlanarImage {
    switch source {
    case .vivid: vivid
    case .mean: mean
    case .annealed: annealed
    }
  }
}

/// Measures on images held out how vivid colors must be made to be as colorful as true ones: of the
/// sources the one whose colors are then nearest to the truth, by the mean PSNR of the images.
struct VividnessEvaluation: Sendable {
  /// The part of the colorfulness of true images that is aimed at.
  static let aim = 0.83
  /// The pixels that are enough to measure by.
  static let pixels = 1 << 19

  private var truth = 0.0
  private var items: [(image: Image, sources: [ColorSource: PlanarImage])] = []

  /// Adds an image with its colors, and what the network tells of it.
  mutating func add(_ image: Image, _ distribution: ColorDistribution) {
    truth += ColorQuality.colorfulness(PlanarImage(image))
    let sources = ColorSource.allCases.map { ($0, distribution.colors($0)) }
    items.append((image, Dictionary(uniqueKeysWithValues: sources)))
  }

  /// The best source.
  var vividness: Vividness {
    guard truth > 0 else { return Vividness() }
    var best = (vividness: Vividness(), ratio: -Double.infinity)
    for source in ColorSource.allCases {
      let factor = factor(source)
      let result = measured(factor, source)
      // What no factor makes colorful enough is nearer to the truth because it is pale.
      let isPale = result.colorfulness < 0.97 * Self.aim * truth
      let ratio = isPale ? result.ratio - 100 * Double(items.count) : result.ratio
      if ratio > best.ratio { best = (Vividness(source: source, factor: factor), ratio) }
    }
    return best.vividness
  }

  /// The factor, from 0.25 to 4, by halving that interval on the logarithmic scale.
  private func factor(_ source: ColorSource) -> Float {
    var (low, high) = (Float(0.25), Float(4))
    for _ in 0..<10 {
      let middle = (low * high).squareRoot()
      let isPale = measured(middle, source).colorfulness < Self.aim * truth
      if isPale { low = middle } else { high = middle }
    }
    return (low * high).squareRoot()
  }

  /// The colorfulness and the peak signal-to-noise ratio of all images with a factor, added up.
  private func measured(
    _ factor: Float,
    _ source: ColorSource
  ) -> (colorfulness: Double, ratio: Double) {
    var sums = (colorfulness: 0.0, ratio: 0.0)
    for item in items {
      guard let abChannels = item.sources[source] else { continue }
      let colors = ColorizationModel.colors(
        of: item.image,
        abChannels,
        saturation: factor,
        hints: nil
      )
      sums.colorfulness += ColorQuality.colorfulness(colors)
      sums.ratio += ImageQuality.peakSignalToNoiseRatio(colors, PlanarImage(item.image))
    }
    return sums
  }
}
