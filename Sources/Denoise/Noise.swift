public import HourglassTasksCommon

/// The noise that is to be taken off, of values from 0 to 1 (of a table and of a series: of values
/// with a standard deviation of 1; of a sound: of samples with a root mean square of 1).
public enum Noise: Hashable, Sendable, Codable {
  /// x + σ e, where e is normal.
  case gaussian(standardDeviation: Float)
  /// x + σ e with a σ of each image's own between two: the level need not be known.
  case gaussianRange(lower: Float, upper: Float)
  /// The noise of counting, where 1 stands for `peak` counts, by its normal approximation.
  case poisson(peak: Float)
  /// x (1 + σ e), where e is normal: the grain of coherent imaging.
  case speckle(standardDeviation: Float)
  /// x or, at this rate, 0 or 1, each as often.
  case saltAndPepper(rate: Float)
  /// What JPEG files leave out of images, of a quality that is drawn for each image between two from 1 to
  /// 100, with the colors of squares of two by two pixels kept alone, as cameras do.
  case jpeg(lower: Int, upper: Int)
  /// x + σ e, where e is normal and σ lies so many decibels below the root mean square of the item,
  /// drawn for each item between two; for sounds.
  case signalToNoise(lower: Float, upper: Float)

  /// Normal noise of any level up to 55/255, which is as much as photographs have.
  ///
  /// Reference: Zhang, Zuo, Chen, Meng, Zhang, 2016, "Beyond a Gaussian Denoiser",
  /// arXiv:1608.03981, section 4.
  public static let unknown = Noise.gaussianRange(lower: 0, upper: 55.0 / 255)

  /// White noise of any level from 20 dB below a sound to 5 dB above it.
  public static let unknownOfSounds = Noise.signalToNoise(lower: -5, upper: 20)

  /// The same in a network, which has no loudness of items, and writes no files: there the noise
  /// of sounds and of files is none.
  public var corruption: Corruption {
    switch self {
    case .gaussian(let deviation): .gaussian(standardDeviation: deviation)
    case .gaussianRange(let lower, let upper): .gaussianRange(lower: lower, upper: upper)
    case .poisson(let peak): .poisson(peak: peak)
    case .speckle(let deviation): .speckle(standardDeviation: deviation)
    case .saltAndPepper(let rate): .saltAndPepper(rate: rate)
    case .signalToNoise, .jpeg: .none
    }
  }

  /// One level of it to evaluate by: 25/255 or 5 dB of an unknown level that reaches so far, or its
  /// middle.
  public var typical: Noise {
    if case .jpeg(let lower, let upper) = self {
      return .jpeg(lower: (lower + upper) / 2, upper: (lower + upper) / 2)
    }
    if case .signalToNoise(let lower, let upper) = self {
      let ratio = (lower...upper).contains(5) ? 5 : (lower + upper) / 2
      return .signalToNoise(lower: ratio, upper: ratio)
    }
    guard case .gaussianRange(let lower, let upper) = self else { return self }
    let usual: Float = 25.0 / 255
    return .gaussian(
      standardDeviation: (lower...upper).contains(usual) ? usual : (lower + upper) / 2
    )
  }

  /// Whether it can be trained on noisy images alone: whether it is normal, of a deviation that can be
  /// estimated from noisy values.
  public var isTrainedOnNoisyImages: Bool {
    switch self {
    case .gaussian, .gaussianRange, .poisson, .speckle: true
    case .saltAndPepper, .jpeg, .signalToNoise: false
    }
  }

  /// The standard deviation of normal noise in each value of a noisy image; `nil` for other noise.
  ///
  /// Of an unknown level it is estimated from each plane; `nil` where one has too few pixels.
  /// The variance of counts and of grain comes from the noisy values, which on average are the clean ones,
  /// their squares 1 + σ² times as large.
  func deviations(in image: PlanarImage) -> [[Float]]? {
    var known: [Float]?
    switch self {
    case .gaussian(let deviation):
      known = image.planes.map { _ in deviation }
    case .gaussianRange(let lower, let upper):
      let levels = image.noiseLevels.compactMap(\.self)
      known = levels.count < image.planes.count ? nil : levels.map { min(max($0, lower), upper) }
    case .poisson(let peak):
      return image.planes.map { $0.map { (max($0, 0) / peak).squareRoot() } }
    case .speckle(let deviation):
      let factor = deviation / (1 + deviation * deviation).squareRoot()
      return image.planes.map { $0.map { factor * abs($0) } }
    case .saltAndPepper, .jpeg, .signalToNoise: return nil
    }
    return known?.map { [Float](repeating: $0, count: image.area) }
  }

  /// The values with noise; they are not clipped.
  ///
  /// Noise that is one of whole images alone is none.
  func added(to values: [Float], _ generator: inout SeededGenerator) -> [Float] {
    var result = values
    var deviation: Float = 0
    if case .gaussianRange(let lower, let upper) = self {
      deviation = lower + (upper - lower) * generator.nextUniform()
    }
    if case .signalToNoise = self {
      let squares = values.reduce(0) { $0 + Double($1) * Double($1) }
      let level = (squares / Double(max(values.count, 1))).squareRoot()
      deviation = levelOfSound(&generator) * Float(level)
    }
    for index in values.indices {
      let value = values[index]
      switch self {
      case .gaussian(let deviation): result[index] = value + deviation * generator.nextNormal()
      case .gaussianRange, .signalToNoise:
        result[index] = value + deviation * generator.nextNormal()
      case .poisson(let peak):
        result[index] = value + (max(value, 0) / peak).squareRoot() * generator.nextNormal()
      case .speckle(let deviation):
        result[index] = value * (1 + deviation * generator.nextNormal())
      case .saltAndPepper(let rate):
        let draw = generator.nextUniform()
        if draw < rate { result[index] = draw < rate / 2 ? 0 : 1 }
      case .jpeg: break
      }
    }
    return result
  }

  /// The standard deviation of the noise of a sound with a root mean square of 1; 0 for noise that is
  /// not that of sounds.
  func levelOfSound(_ generator: inout SeededGenerator) -> Float {
    switch self {
    case .gaussian(let deviation): return deviation
    case .gaussianRange(let lower, let upper):
      return lower + (upper - lower) * generator.nextUniform()
    case .signalToNoise(let lower, let upper):
      return pow(10, -(lower + (upper - lower) * generator.nextUniform()) / 20)
    case .poisson, .speckle, .saltAndPepper, .jpeg: return 0
    }
  }

  /// The sound with noise, from the seed and the number of the sound; it is not clipped.
  func added(to sound: Sound, seed: UInt64, number: Int) -> Sound {
    var generator = SeededGenerator.named("noise \(number)", seed: seed)
    let level = Float(Double(levelOfSound(&generator)) * sound.rootMeanSquare)
    return sound.with(
      sound.channels.map { channel in channel.map { $0 + level * generator.nextNormal() } }
    )
  }

  /// The image with noise, from the seed and the number of the image.
  ///
  /// - Throws: Why no JPEG can hold an image.
  func added(
    to image: PlanarImage,
    seed: UInt64,
    number: Int
  ) throws(MediaError) -> PlanarImage {
    var generator = SeededGenerator.named("noise \(number)", seed: seed)
    if case .jpeg(let lower, let upper) = self {
      let quality = lower + Int(generator.next(upperBound: UInt64(upper - lower + 1)))
      return try image.throughJPEG(quality: quality)
    }
    var result = image
    for channel in image.planes.indices {
      result.planes[channel] = added(to: image.planes[channel], &generator)
    }
    return result
  }
}

extension Noise: CustomStringConvertible {
  /// As it is written in a command line.
  public var description: String {
    switch self {
    case .gaussian(let deviation): "gaussian:\(Self.text(deviation))"
    case .gaussianRange(let lower, let upper):
      "gaussian:\(Self.text(lower))..\(Self.text(upper))"
    case .poisson(let peak): "poisson:\(peak)"
    case .speckle(let deviation): "speckle:\(Self.text(deviation))"
    case .saltAndPepper(let rate): "salt-and-pepper:\(Self.text(rate))"
    case .jpeg(let lower, let upper): lower == upper ? "jpeg:\(lower)" : "jpeg:\(lower)..\(upper)"
    case .signalToNoise(let lower, let upper):
      lower == upper ? "snr:\(lower)" : "snr:\(lower)..\(upper)"
    }
  }

  /// Reads what `description` writes: a kind and a number, which may be a fraction such as 25/255.
  ///
  /// - Returns: `nil` for another text.
  public init?(_ text: String) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    if parts[0] == "snr" {
      let gap = parts[1].firstRange(of: "..")
      guard let lower = Float(gap.map { parts[1][..<$0.lowerBound] } ?? parts[1]),
        let upper = Float(gap.map { parts[1][$0.upperBound...] } ?? parts[1]),
        lower <= upper, abs(lower) <= 200, abs(upper) <= 200
      else { return nil }
      self = .signalToNoise(lower: lower, upper: upper)
      return
    }
    if parts[0] == "jpeg" {
      let gap = parts[1].firstRange(of: "..")
      guard let lower = Int(gap.map { parts[1][..<$0.lowerBound] } ?? parts[1]),
        let upper = Int(gap.map { parts[1][$0.upperBound...] } ?? parts[1]),
        1 <= lower, lower <= upper, upper <= 100
      else { return nil }
      self = .jpeg(lower: lower, upper: upper)
      return
    }
    if parts[0] == "gaussian", let gap = parts[1].firstRange(of: "..") {
      guard let lower = Self.number(parts[1][..<gap.lowerBound]),
        let upper = Self.number(parts[1][gap.upperBound...]), lower <= upper
      else { return nil }
      self = .gaussianRange(lower: lower, upper: upper)
      return
    }
    guard let number = Self.number(parts[1]) else { return nil }
    switch parts[0] {
    case "gaussian": self = .gaussian(standardDeviation: number)
    case "poisson" where number > 0: self = .poisson(peak: number)
    case "speckle": self = .speckle(standardDeviation: number)
    case "salt-and-pepper" where number <= 1: self = .saltAndPepper(rate: number)
    default: return nil
    }
  }

  private static func number(_ text: Substring) -> Float? {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count <= 2, let first = Float(parts[0]), first >= 0, first.isFinite else {
      return nil
    }
    guard parts.count == 2 else { return first }
    guard let second = Float(parts[1]), second > 0, second.isFinite else { return nil }
    let quotient = first / second
    return quotient.isFinite ? quotient : nil
  }

  /// Levels in steps of 1/255, up to the whole range, are written so.
  private static func text(_ value: Float) -> String {
    if value == 0 { return "0" }
    let steps = value * 255
    guard value > 0, value <= 1, abs(steps - steps.rounded()) < 1e-4 else { return "\(value)" }
    return "\(Int(steps.rounded()))/255"
  }
}
