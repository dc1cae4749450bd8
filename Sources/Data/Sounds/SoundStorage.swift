package import HourglassMedia

/// The format of a sound file that is written without loss, and its samples.
package struct SoundStorage: Hashable, Sendable {
  /// WAV or FLAC.
  package let format: SoundFormat
  /// How samples are written.
  package let samples: Sound.SampleFormat

  /// A WAV file of 16 bits.
  package init() {
    format = .wav
    samples = .bits16
  }

  /// What suits a sound that is made of one in a file.
  ///
  /// WAV and FLAC stay what they are, AIFF becomes WAV, and Ogg and MP3, which would lose once more,
  /// become FLAC. 16 and 24 bits and single precision stay; fewer bits become 16, and 32 bits or double
  /// precision become single precision. A file that cannot be read is a WAV file of 16 bits.
  ///
  /// - Parameter bytes: The file.
  package init(of bytes: [UInt8]) {
    let bits = SoundCodec.sampleBits(bytes)
    switch SoundFormat(of: bytes) {
    case .flac, .ogg, .mp3:
      format = .flac
      samples = bits == 24 ? .bits24 : .bits16
    case .wav, .aiff, nil:
      format = .wav
      samples = bits == 24 ? .bits24 : bits > 24 ? .float : .bits16
    }
  }
}
