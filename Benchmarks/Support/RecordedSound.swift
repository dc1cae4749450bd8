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

  /// The bytes of the sound as an MP3 file of a constant bit rate.
  ///
  /// - Throws: Why it cannot be encoded, as where the libsndfile at hand writes no MP3.
  public func mp3(kilobits: Double) throws -> [UInt8] {
    // MPEG-1 goes from 32 to 320 kbit/s, MPEG-2 for the lower sample rates from 8 to 160.
    let rates = sampleRate >= 32_000 ? 32.0...320 : 8...160
    let share = (kilobits - rates.lowerBound) / (rates.upperBound - rates.lowerBound)
    return try encoded(as: .mp3, quality: min(max(share, 0), 1), path: name)
  }
}
