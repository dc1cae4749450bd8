internal import HourglassSystem
package import HourglassTensors

/// The loudness of a sound over time and pitch: the logarithm of the energy in bands of the mel scale.
///
///     let mel = MelSpectrogram()
///     let features = mel(song)  // [frames, 64], 50 frames a second
///
/// The defaults suit both speech and music: at 16 kHz nearly all that distinguishes voices and
/// melodies is there, a window of 64 ms holds two periods of the lowest pitches and is still short beside a
/// note or a vowel, and 64 bands are narrower than the ear's. Frame t is centered at the sample
/// `t * hop`, with silence around the sound, so that n samples give 1 + n / hop frames.
///
/// A frame is multiplied by a periodic Hann window, its power spectrum is summed by triangular filters
/// whose areas are 1, and the result is ln(energy + 10^-6). The mel scale is Slaney's: linear up to
/// 1000 Hz, logarithmic above.
///
/// Reference: Slaney, 1998, "Auditory toolbox, version 2", Interval Research technical report
/// 1998-010, function `mfcc` (scale and filters).
package struct MelSpectrogram: Codable, Hashable, Sendable {
  /// The samples in a second that sounds are brought to.
  package let sampleRate: Int

  /// The number of samples of a frame, a power of two.
  package let window: Int

  /// The number of samples from one frame to the next.
  package let hop: Int

  /// The number of bands.
  package let bands: Int

  /// The lower end of the lowest band in Hz.
  package let lowest: Double

  /// The upper end of the highest band in Hz.
  package let highest: Double

  /// What is added to an energy before its logarithm is taken, so that silence has one.
  package static let floor: Float = 1e-6

  /// Makes a configuration.
  ///
  /// - Parameters:
  ///   - sampleRate: From 8,000 to 192,000 samples in a second.
  ///   - window: A power of two from 64 to 65,536.
  ///   - hop: From 1 to `window`.
  ///   - bands: From 1 to half of `window`.
  ///   - lowest: From 0 to below `highest`, in Hz.
  ///   - highest: At most half of the sample rate, which it is when left out.
  package init(
    sampleRate: Int = 16_000,
    window: Int = 1024,
    hop: Int = 320,
    bands: Int = 64,
    lowest: Double = 40,
    highest: Double? = nil
  ) {
    self.sampleRate = sampleRate
    self.window = window
    self.hop = hop
    self.bands = bands
    self.lowest = lowest
    self.highest = highest ?? Double(sampleRate) / 2
    if let mistake { preconditionFailure("a mel spectrogram needs \(mistake)") }
  }

  /// Reads a configuration, and refuses one that could not be made.
  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    sampleRate = try values.decode(Int.self, forKey: .sampleRate)
    window = try values.decode(Int.self, forKey: .window)
    hop = try values.decode(Int.self, forKey: .hop)
    bands = try values.decode(Int.self, forKey: .bands)
    lowest = try values.decode(Double.self, forKey: .lowest)
    highest = try values.decode(Double.self, forKey: .highest)
    if let mistake {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: decoder.codingPath,
          debugDescription: "a mel spectrogram needs \(mistake)"
        )
      )
    }
  }

  private enum CodingKeys: String, CodingKey {
    case sampleRate
    case window
    case hop
    case bands
    case lowest
    case highest
  }

  /// What was expected of a value that is out of its range, and what was found; none where all are good.
  private var mistake: String? {
    if !(8000...192_000).contains(sampleRate) {
      return "a sample rate from 8000 to 192000 Hz, found \(sampleRate)"
    }
    if !(64...65_536).contains(window) || window & (window - 1) != 0 {
      return "a window that is a power of two from 64 to 65536, found \(window)"
    }
    if !(1...window).contains(hop) { return "a hop from 1 to \(window), found \(hop)" }
    if !(1...window / 2).contains(bands) { return "1 to \(window / 2) bands, found \(bands)" }
    if !(lowest >= 0 && lowest < highest && highest <= Double(sampleRate) / 2) {
      return "bands between 0 and \(Double(sampleRate) / 2) Hz, found \(lowest) to \(highest)"
    }
    return nil
  }

  /// The number of frames of a sound of some samples at `sampleRate`.
  package func frameCount(samples: Int) -> Int { 1 + samples / hop }

  /// The spectrogram of a sound, `[frames, bands]`.
  ///
  /// Several channels are mixed to one, and another sample rate is changed to `sampleRate`.
  package func callAsFunction(_ sound: Sound) -> Tensor {
    callAsFunction(samples: sound.mono.resampled(to: sampleRate).channels[0])
  }

  /// The spectrogram of samples at `sampleRate`, `[frames, bands]`.
  package func callAsFunction(samples: [Float]) -> Tensor {
    typealias Lanes = FourierTransform.Lanes
    let frames = frameCount(samples: samples.count)
    let filters = MelFilters(self)
    let shape = hann
    var transform = FourierTransform(count: window)
    var pieces = [Lanes](repeating: .zero, count: window)
    var powers = [Lanes](repeating: .zero, count: window / 2 + 1)
    var result = [Float](repeating: 0, count: frames * bands)
    for first in stride(from: 0, to: frames, by: Lanes.scalarCount) {
      let lanes = min(Lanes.scalarCount, frames - first)
      for lane in 0..<lanes {
        let start = (first + lane) * hop - window / 2
        FourierTransform.cut(samples, from: start, shape, into: &pieces, lane: lane)
      }
      transform.powers(of: pieces, into: &powers)
      for band in 0..<bands {
        let energy = filters.energy(of: powers, in: band)
        for lane in 0..<lanes {
          result[(first + lane) * bands + band] = log(energy[lane] + Self.floor)
        }
      }
    }
    return Tensor(result, shape: [frames, bands])
  }

  private var hann: [Float] {
    (0..<window).map { Float(0.5 - 0.5 * cos(2 * .pi * Double($0) / Double(window))) }
  }
}

extension MelSpectrogram {
  /// How many bands a pitch moves by where its logarithm grows by one, at the middle of each of some bands
  /// of the default range.
  package static func bandsPerNeper(bands: Int) -> [Float] {
    let (low, high) = (MelFilters.mel(40), MelFilters.mel(8000))
    let spacing = (high - low) / Double(bands + 1)
    return (0..<bands).map { band in
      let mel = low + spacing * Double(band + 1)
      // Below 1000 Hz a mel is a fixed number of Hz, above it a fixed ratio.
      return Float(min(mel, 27 / log(6.4)) / spacing)
    }
  }
}

/// The triangular filters of a mel spectrogram.
package struct MelFilters {
  /// The bins in which each band has a weight.
  package let ranges: [Range<Int>]
  /// The weights of these bins.
  package let weights: [[Float]]

  package init(_ mel: MelSpectrogram) {
    let (low, high) = (Self.mel(mel.lowest), Self.mel(mel.highest))
    // The ends and the peaks of the filters in Hz.
    let corners = (0...mel.bands + 1).map { index in
      Self.frequency(low + (high - low) * Double(index) / Double(mel.bands + 1))
    }
    let bins = (0...mel.window / 2).map { Double($0 * mel.sampleRate) / Double(mel.window) }
    var ranges: [Range<Int>] = []
    var weights: [[Float]] = []
    for band in 0..<mel.bands {
      let (left, peak, right) = (corners[band], corners[band + 1], corners[band + 2])
      let inside = bins.indices.filter { bins[$0] > left && bins[$0] < right }
      let first = inside.first ?? 0
      ranges.append(first..<first + inside.count)
      weights.append(
        inside.map { bin in
          let rising = (bins[bin] - left) / (peak - left)
          let falling = (right - bins[bin]) / (right - peak)
          return Float(max(0, min(rising, falling)) * 2 / (right - left))
        }
      )
    }
    self.ranges = ranges
    self.weights = weights
  }

  /// The energy of a band, from the powers of all bins.
  package func energy(of powers: [FourierTransform.Lanes], in band: Int) -> FourierTransform.Lanes {
    var sum = FourierTransform.Lanes.zero
    let weights = weights[band]
    for (index, bin) in ranges[band].enumerated() { sum += powers[bin] * weights[index] }
    return sum
  }

  /// Slaney's scale: 200/3 Hz a mel up to 1000 Hz (15 mel), and a factor of 6.4 in 27 mel above.
  package static func mel(_ frequency: Double) -> Double {
    frequency < 1000 ? frequency * 3 / 200 : 15 + 27 * log(frequency / 1000) / log(6.4)
  }

  private static func frequency(_ mel: Double) -> Double {
    mel < 15 ? mel * 200 / 3 : 1000 * exp((mel - 15) * log(6.4) / 27)
  }
}
