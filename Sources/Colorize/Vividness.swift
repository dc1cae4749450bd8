internal import HourglassTasksCommon

/// Which output of a colorization network the colors of an image are made of.
enum ColorSource: String, Hashable, Sendable, Codable, CaseIterable {
  /// The vivid colors.
  case vivid
  /// The mean.
  case mean
  /// The annealed mean of the likelihoods.
  case annealed
}

/// How vivid colors are chosen from the outputs of a network.
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

  /// The pixels by which the search finds its way before it measures all.
  private static let fewPixels = 1 << 15
  /// The factors that are tried lie at so many steps from 0.25 to 4 on the logarithmic scale.
  private static let steps = 1 << 10

  private var truth = 0.0
  private var pixels = 0
  private var items: [(original: ColorOriginal, sources: [ColorSource: PlanarImage])] = []

  /// Adds an image with its colors and the network's output for it.
  mutating func add(_ original: ColorOriginal, _ distribution: ColorDistribution) {
    truth += ColorQuality.colorfulness(original.planes)
    pixels += original.lab.area
    let sources = ColorSource.allCases.map {
      ($0, distribution.colors($0).interpolated(to: original.image.size))
    }
    items.append((original, Dictionary(uniqueKeysWithValues: sources)))
  }

  /// The best source.
  var vividness: Vividness { searched().vividness }

  /// The best source, and how often all images were colored to find it.
  func searched() -> (vividness: Vividness, passes: Int) {
    guard truth > 0 else { return (Vividness(), 0) }
    var best = (vividness: Vividness(), ratio: -Double.infinity)
    var passes = 0
    for source in ColorSource.allCases {
      let found = factor(source)
      let result = measured(found.factor, source)
      passes += found.passes + 1
      // What no factor makes colorful enough is nearer to the truth because it is pale.
      let isPale = result.colorfulness < 0.97 * Self.aim * truth
      let ratio = isPale ? result.ratio - 100 * Double(items.count) : result.ratio
      if ratio > best.ratio { best = (Vividness(source: source, factor: found.factor), ratio) }
    }
    return (best.vividness, passes)
  }

  /// The factor at which the images are as colorful as is aimed at, between two steps.
  ///
  /// Colorfulness grows with the factor. It is first estimated on some pixels of each image;
  /// then all pixels are measured once to correct it, and at the steps before and behind.
  private func factor(_ source: ColorSource) -> (factor: Float, passes: Int) {
    let some = thinned(source)
    func place(_ aim: Double) -> Int {
      var (low, high) = (0, Self.steps)
      while high - low > 1 {
        let middle = (low + high) / 2
        if colorfulness(some, Self.factor(middle)) < aim { low = middle } else { high = middle }
      }
      return low
    }
    var known = (pale: 0, vivid: Self.steps)
    var passes = 0
    func measure(_ step: Int) -> Double {
      passes += 1
      let found = measured(Self.factor(step), source).colorfulness
      if found < Self.aim * truth {
        known.pale = max(known.pale, step)
      } else {
        known.vivid = min(known.vivid, step)
      }
      return found
    }
    let first = min(max(place(Self.aim * colorfulness(true: some)), 1), Self.steps - 1)
    let share = colorfulness(some, Self.factor(first)) / max(measure(first), 1e-9)
    let second = place(Self.aim * truth * share)
    var (lower, upper, reach) = (second, second + 1, 1)
    while lower > known.pale {
      _ = measure(lower)
      (lower, reach) = (lower - reach, 2 * reach)
    }
    reach = 1
    while upper < known.vivid {
      upper = max(upper, known.pale + 1)
      _ = measure(upper)
      (upper, reach) = (upper + reach, 2 * reach)
    }
    while known.vivid - known.pale > 1 { _ = measure((known.pale + known.vivid) / 2) }
    return ((Self.factor(known.pale) * Self.factor(known.vivid)).squareRoot(), passes)
  }

  /// The factor of a step, by halving the interval.
  private static func factor(_ step: Int) -> Float {
    var (low, high) = (Float(0.25), Float(4))
    var (first, last) = (0, steps)
    while step > first, step < last {
      let middle = (first + last) / 2
      let value = (low * high).squareRoot()
      if middle == step { return value }
      if middle < step { (first, low) = (middle, value) } else { (last, high) = (middle, value) }
    }
    return step <= first ? low : high
  }

  /// The colorfulness and the peak signal-to-noise ratio of all images with a factor, added up.
  private func measured(
    _ factor: Float,
    _ source: ColorSource
  ) -> (colorfulness: Double, ratio: Double) {
    var sums = (colorfulness: 0.0, ratio: 0.0)
    for item in items {
      guard let abChannels = item.sources[source] else { continue }
      let colors = item.original.colored(abChannels, saturation: factor, hints: nil).colors
      sums.colorfulness += ColorQuality.colorfulness(colors)
      sums.ratio += ImageQuality.peakSignalToNoiseRatio(colors, item.original.planes)
    }
    return sums
  }

  /// Some pixels of an image: their own colors, and L, a and b with the a and b of a source.
  private typealias Pixels = (colors: PlanarImage, lab: PlanarImage)

  private func thinned(_ source: ColorSource) -> [Pixels] {
    let step = max(pixels / Self.fewPixels, 1)
    func thinned(_ planes: some Sequence<[Float]>) -> PlanarImage {
      let kept = planes.map { plane in
        stride(from: 0, to: plane.count, by: step).map { plane[$0] }
      }
      return PlanarImage(width: kept[0].count, height: 1, planes: kept)
    }
    return items.compactMap { item in
      guard let abChannels = item.sources[source] else { return nil }
      let lab = [item.original.lab.planes[0]] + abChannels.planes[0...1]
      return (thinned(item.original.planes.planes), thinned(lab))
    }
  }

  private func colorfulness(true some: [Pixels]) -> Double {
    some.reduce(0) { $0 + ColorQuality.colorfulness($1.colors) }
  }

  private func colorfulness(_ some: [Pixels], _ factor: Float) -> Double {
    some.reduce(0) { sum, pixels in
      var lab = pixels.lab
      for channel in 1...2 { lab.planes[channel] = lab.planes[channel].map { $0 * factor } }
      return sum + ColorQuality.colorfulness(LabColor.colors(of: lab))
    }
  }
}
