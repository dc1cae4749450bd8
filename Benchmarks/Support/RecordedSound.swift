internal import HourglassMatch
public import HourglassMedia
public import HourglassTensors

extension Sound {
  /// The sound, of one channel, under white noise or noise with the spectrum and the pace of speech, so many
  /// decibels below it.
  public func under(
    speech isSpeech: Bool,
    decibels: Float,
    _ generator: inout SeededGenerator
  ) -> Sound {
    let noise =
      isSpeech
      ? RecordingNoise.speech(signalToNoise: decibels, sampleRate: sampleRate)
      : RecordingNoise.white(signalToNoise: decibels)
    return noise.over(self, &generator)
  }

  /// What is left of the sound in an MP3 of a constant bit rate.
  ///
  /// - Throws: Why it cannot be encoded, as where the libsndfile at hand writes no MP3.
  public func compressed(kilobits: Double) throws -> Sound {
    // MPEG-1 goes from 32 to 320 kbit/s, MPEG-2 for the lower sample rates from 8 to 160.
    let rates = sampleRate >= 32_000 ? 32.0...320 : 8...160
    let share = (kilobits - rates.lowerBound) / (rates.upperBound - rates.lowerBound)
    let bytes = try encoded(as: .mp3, quality: min(max(share, 0), 1), path: name)
    return try Sound.decoded(bytes, path: name)
  }
}
