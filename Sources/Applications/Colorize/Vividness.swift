internal import HourglassDatasets

/// Which output of a colorization network the colors of an image are made of.
enum ColorSource: String, Hashable, Sendable, Codable, CaseIterable {
  /// The bold colours.
  case bold
  /// The mean.
  case mean
  /// The annealed mean of the likelihoods.
  case annealed
}

/// How vivid colours come from what a network tells.
struct Vividness: Hashable, Sendable, Codable {
  /// What of it they are.
  var source = ColorSource.bold
  /// What they are multiplied by, from 0 to 100.
  var factor: Float = 1
}

extension ColourDistribution {
  /// The colours of one source.
  func colours(_ source: ColorSource) -> PicturePlanes {
    switch source {
    case .bold: bold
    case .mean: mean
    case .annealed: annealed
    }
  }
}

/// Measures on images held out how vivid colours must be made to be as colourful as true ones: of the
/// sources the one whose colours are then nearest to the truth, by the mean PSNR of the images.
struct VividnessTrial: Sendable {
  /// The part of the colourfulness of true images that is aimed at.
  static let aim = 0.83
  /// The pixels that are enough to measure by.
  static let pixels = 1 << 19

  private var truth = 0.0
  private var items: [(picture: Picture, sources: [ColorSource: PicturePlanes])] = []

  /// Adds a picture with its colours, and what the network tells of it.
  mutating func add(_ picture: Picture, _ distribution: ColourDistribution) {
    truth += ColourQuality.colourfulness(PicturePlanes(picture))
    let sources = ColorSource.allCases.map { ($0, distribution.colours($0)) }
    items.append((picture, Dictionary(uniqueKeysWithValues: sources)))
  }

  /// The best source.
  var vividness: Vividness {
    guard truth > 0 else { return Vividness() }
    var best = (vividness: Vividness(), ratio: -Double.infinity)
    for source in ColorSource.allCases {
      let factor = factor(source)
      let result = measured(factor, source)
      // What no factor makes colourful enough is nearer to the truth because it is pale.
      let isPale = result.colourfulness < 0.97 * Self.aim * truth
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
      let isPale = measured(middle, source).colourfulness < Self.aim * truth
      if isPale { low = middle } else { high = middle }
    }
    return (low * high).squareRoot()
  }

  /// The colourfulness and the peak signal-to-noise ratio of all images with a factor, added up.
  private func measured(
    _ factor: Float,
    _ source: ColorSource
  ) -> (colourfulness: Double, ratio: Double) {
    var sums = (colourfulness: 0.0, ratio: 0.0)
    for item in items {
      guard let opponents = item.sources[source] else { continue }
      let colours = Colouring.colours(
        of: item.picture,
        opponents,
        saturation: factor,
        hints: nil
      )
      sums.colourfulness += ColourQuality.colourfulness(colours)
      sums.ratio += PictureQuality.peakSignalToNoiseRatio(colours, PicturePlanes(item.picture))
    }
    return sums
  }
}
