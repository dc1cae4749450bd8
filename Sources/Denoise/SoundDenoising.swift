internal import HourglassTasksCommon

/// A network that takes noise off sounds by a mask on their spectrograms; the phases stay.
struct SoundDenoising: Sendable {
  let masking: SoundMasking
  private var translation: TiledInference
  private let halo: Int

  /// The frames that are worked on at once, so that a long sound needs little memory; a multiple of
  /// what any network that is used here halves to 1.
  private static let pieceFrames = 2048

  init(_ masking: SoundMasking, _ translator: ImageToImageNetwork, variables: [String: Tensor]) {
    self.masking = masking
    translation = TiledInference(translator, variables: variables, inputs: 1)
    translation.longest = Self.longestTile
    halo = Self.halo(of: translator.architecture)
  }

  /// One tile holds the bins of a usual rate.
  private static let longestTile = 576

  private static func halo(of architecture: Architecture) -> Int {
    architecture.receptiveField.roundedUp(to: architecture.alignment)
  }

  /// Whether a network translates, and sees no further than tiles can overlap.
  static func suits(_ architecture: Architecture) -> Bool {
    switch architecture {
    case .uNet(_, let depth, _), .normalizedUNet(_, let depth, _): (0...5).contains(depth)
    case .plain(_, let depth, _): (2...256).contains(depth)
    case .dense, .convolutional, .layers, .patches: false
    }
  }

  /// What is saved.
  var variables: [String: Tensor] { translation.variables }

  /// The sound without noise: of the same rate, length and number of channels, each of which is
  /// worked on by itself.
  ///
  /// - Throws: `DatasetError` where a sample is not finite.
  mutating func denoised(_ sound: Sound, on engine: ComputeEngine) async throws -> Sound {
    try sound.requireFinite()
    let transform = masking.transform(forRate: sound.sampleRate)
    var channels: [[Float]] = []
    for samples in sound.channels {
      channels.append(try await denoised(samples, by: transform, on: engine))
    }
    return sound.with(channels)
  }

  private mutating func denoised(
    _ samples: [Float],
    by transform: ShortTimeFourierTransform,
    on engine: ComputeEngine
  ) async throws -> [Float] {
    let level = Sound(name: "", sampleRate: 1, channels: [samples]).rootMeanSquare
    guard level > 0 else { return samples }
    let scaled = samples.map { Float(Double($0) / level) }
    let count = transform.frameCount(samples: samples.count)
    let noise = NoiseFloor.power(of: NoiseFloor.spectra(of: scaled, by: transform), by: transform)
    var sum = OverlapAdd(transform, count: samples.count)
    for start in stride(from: 0, to: count, by: Self.pieceFrames) {
      try Task.checkCancellation()
      let kept = start..<min(start + Self.pieceFrames, count)
      let seen = max(start - halo, 0)..<min(kept.upperBound + halo, count)
      let spectrogram = transform.spectrogram(of: scaled, frames: seen)
      let mask = try await mask(of: spectrogram, noise, transform, on: engine)
      let rows = kept.lowerBound - seen.lowerBound..<kept.upperBound - seen.lowerBound
      sum.add(spectrogram.multiplied(by: mask).frames(rows), from: start)
    }
    return sum.samples.map { Float(Double($0) * level) }
  }

  /// The factors of a spectrogram, `[frames, bins]`, from 0 to 1.
  private mutating func mask(
    of spectrogram: ComplexSpectrogram,
    _ noise: Float,
    _ transform: ShortTimeFourierTransform,
    on engine: ComputeEngine
  ) async throws -> [Float] {
    let (frames, bins) = (spectrogram.frameCount, spectrogram.binCount)
    let width = SoundMasking.seenBins(transform)
    let unit = 1 / (SoundMasking.noisePower(transform) * max(noise, NoiseFloor.least))
    let powers = spectrogram.powers
    var plane = [Float](repeating: 0, count: frames * width)
    for frame in 0..<frames {
      for bin in 0..<width {
        plane[frame * width + bin] = SoundMasking.feature(powers[frame * bins + bin] * unit)
      }
    }
    let image = PlanarImage(width: width, height: frames, planes: [plane])
    let result = try await translation.translated([image], on: engine)[0].planes[0]
    var mask = [Float](repeating: 0, count: frames * bins)
    for frame in 0..<frames {
      for bin in 0..<bins {
        mask[frame * bins + bin] = min(max(result[frame * width + min(bin, width - 1)], 0), 1)
      }
    }
    return mask
  }
}
