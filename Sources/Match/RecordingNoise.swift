package import HourglassTasksCommon

/// Noise over a recording: of any spectrum between that of hiss and that of a crowd, steady or with the
/// pace of speech.
package struct RecordingNoise: Sendable {
  /// The ratio of the sound to the noise, in dB.
  let signalToNoise: Float
  /// How much of a sample stays in the next one, from 0 for hiss on.
  let pole: Float
  /// How much the level goes up and down, from 0 to below 1.
  let depth: Float

  /// Hiss.
  package static func white(signalToNoise: Float) -> RecordingNoise {
    RecordingNoise(signalToNoise: signalToNoise, pole: 0, depth: 0)
  }

  /// Noise with the spectrum of speech, falling above 500 Hz, and its pace.
  package static func speech(signalToNoise: Float, sampleRate: Int) -> RecordingNoise {
    RecordingNoise(
      signalToNoise: signalToNoise,
      pole: exp(-2 * .pi * 500 / Float(sampleRate)),
      depth: 0.8
    )
  }

  /// Noise of any of these kinds, 0 to 10 dB below a sound: as much as a sound is still found under.
  static func drawn(from generator: inout SeededGenerator) -> RecordingNoise {
    let signalToNoise = 10 * generator.nextUniform()
    let pole = 0.97 * generator.nextUniform().squareRoot()
    let isSteady = generator.nextUniform() < 0.5
    return RecordingNoise(
      signalToNoise: signalToNoise,
      pole: pole,
      depth: isSteady ? 0 : 0.8 * generator.nextUniform()
    )
  }

  /// A sound of one channel with the noise over it.
  package func over(_ sound: Sound, _ generator: inout SeededGenerator) -> Sound {
    var noise = [Float](repeating: 0, count: sound.count)
    var last: Float = 0
    // Four syllables a second.
    let step = 8 * Float.pi / Float(sound.sampleRate)
    var phase = 2 * Float.pi * generator.nextUniform()
    for index in noise.indices {
      last = pole * last + generator.nextNormal()
      phase += step
      if phase > 2 * .pi { phase -= 2 * .pi }
      // A triangle in place of a sine: the same pace, and as quick.
      let turn = abs(phase / .pi - 1)
      noise[index] = last * (1 - depth * turn)
    }
    let samples = sound.channels[0]
    let ratio = pow(10, -signalToNoise / 20)
    let level = ratio * Self.level(samples) / max(Self.level(noise), 1e-9)
    let sum = zip(samples, noise).map { $0 + max(level, 1e-6) * $1 }
    return Sound(name: sound.name, sampleRate: sound.sampleRate, channels: [sum])
  }

  private static func level(_ samples: [Float]) -> Float {
    let sum = samples.reduce(0.0) { $0 + Double($1) * Double($1) }
    return Float((sum / Double(max(samples.count, 1))).squareRoot())
  }
}
