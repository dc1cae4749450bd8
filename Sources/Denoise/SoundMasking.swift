internal import HourglassTasksCommon

/// The input and the target of a network that masks spectrograms.
///
/// A sound is scaled to a root mean square of 1 and transformed by frames of about 50 ms, of as many
/// samples as its rate makes of that. The network sees the logarithms of the powers in units of the
/// noise that `NoiseFloor` finds, and gives a mask from 0 to 1.
struct SoundMasking: Hashable, Sendable, Codable {
  /// The samples in a second of the sounds that are trained on.
  var sampleRate: Int
  /// The samples of a frame at that rate.
  var window: Int

  /// The frames that overlap at any time.
  static let overlap = 4
  /// The seconds of a frame that are aimed at.
  static let windowSeconds = 0.046
  /// The samples that a frame can have at any rate.
  static let windows = 64...32_768
  /// What is added to a power before its logarithm is taken: 17 dB below the noise.
  static let floor: Float = 0.02
  /// A target counts by the power of its bin in units of the noise, but at most so much.
  static let largestWeight: Float = 400

  /// Chooses frames for a rate.
  init(sampleRate: Int) {
    self.sampleRate = sampleRate
    window = Self.powerOfTwo(near: Double(sampleRate) * Self.windowSeconds)
  }

  /// What is wrong with values that were read from a file, if anything.
  var problem: String? {
    let isGood =
      (1000...1_000_000).contains(sampleRate) && Self.windows.contains(window)
      && window & (window - 1) == 0
    return isGood
      ? nil : "its frames should have a power of two of samples from 64 to 32768 at a usual rate"
  }

  /// The frames of a sound of any rate: of about the same length in time.
  func transform(forRate rate: Int) -> ShortTimeFourierTransform {
    let size = Double(window) * Double(rate) / Double(sampleRate)
    let window = rate == sampleRate ? window : Self.powerOfTwo(near: size)
    return ShortTimeFourierTransform(window: window, hop: window / Self.overlap)
  }

  /// The bins that the network sees: all but that of half the sample rate, to which the mask of the
  /// last one is applied.
  static func seenBins(_ transform: ShortTimeFourierTransform) -> Int { transform.window / 2 }

  /// The mean power of a bin of white noise with a variance of 1: the sum of the squared Hann window.
  static func noisePower(_ transform: ShortTimeFourierTransform) -> Float {
    0.375 * Float(transform.window)
  }

  /// What the network sees of a power in units of the mean power of the noise.
  static func feature(_ power: Float) -> Float { 0.25 * log(power + floor) }

  private static func powerOfTwo(near size: Double) -> Int {
    let exponent = log2(max(size, 1)).rounded()
    return min(max(1 << Int(min(exponent, 20)), windows.lowerBound), windows.upperBound)
  }
}

extension Sound {
  /// The root of the mean square over all channels; 0 for no samples.
  var rootMeanSquare: Double {
    var (sum, count) = (0.0, 0)
    for channel in channels {
      for value in channel { sum += Double(value) * Double(value) }
      count += channel.count
    }
    return count > 0 ? (sum / Double(count)).squareRoot() : 0
  }

  /// Throws where a sample is not a finite number.
  func requireFinite() throws(DatasetError) {
    for channel in channels {
      if let index = channel.firstIndex(where: { !$0.isFinite }) {
        throw .sound(.notFinite(path: name, second: Double(index) / Double(sampleRate)))
      }
    }
  }

  /// The same sound with other samples.
  func with(_ channels: [[Float]]) -> Sound {
    Sound(name: name, sampleRate: sampleRate, channels: channels)
  }
}
