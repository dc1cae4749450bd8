internal import HourglassSystem

extension SoundFileError: CustomStringConvertible {
  /// What was being done, what was expected, what was found, and what to do.
  public var description: String {
    switch self {
    case .notASound(let path, let found):
      "cannot read \(path): expected a WAV, FLAC, Ogg, MP3 or AIFF sound, found a file that begins "
        + "with \(hexadecimal(found)). Convert it to one of these."
    case .damaged(let path, let format, let reason):
      "cannot read \(path): expected \(article(format)) \(format.rawValue) sound, found damaged "
        + "data (\(reason)). Copy or download the file again."
    case .truncated(let path, let format, let size):
      "cannot read \(path): expected \(article(format)) \(format.rawValue) sound up to its end, "
        + "found that it stops early after \(size) bytes. Copy or download the file again."
    case .unsupported(let path, let format, let reason):
      "cannot read \(path): expected a usual \(format.rawValue) sound, found one of another kind "
        + "(\(reason)). Convert it to WAV."
    case .sampleRate(let path, let rate, let expected):
      "cannot read \(path): expected a sample rate from \(expected.lowerBound) to "
        + "\(expected.upperBound) Hz, found \(rate) Hz. The file is damaged; copy it again."
    case .notFinite(let path, let second):
      "cannot read \(path): expected finite samples, found another one after "
        + "\((second * 1000).rounded() / 1000) s. Export the sound again."
    case .noSamples(let path):
      "cannot use \(path): expected a sound with samples, found an empty one. Remove it."
    case .noSounds(let path, let unreadable):
      "cannot read \(path): expected a folder with WAV, FLAC, Ogg, MP3 or AIFF sounds, found none"
        + (unreadable > 0
          ? " that can be read; \(unreadable) \(unreadable == 1 ? "is" : "are") damaged" : "")
        + ". Check the path."
    case .notSounds(let path):
      "cannot read \(path) as sounds: expected a WAV, FLAC, Ogg, MP3 or AIFF sound or a folder of "
        + "them, found another kind of data. Check the path."
    case .unknownExtension(let path):
      "cannot write \(path): expected a name that ends in .wav, .flac or .ogg. "
        + "Give the file such a name."
    case .floatsInFLAC(let path):
      "cannot write \(path): expected samples of 16 or 24 bits, which are what FLAC holds, found "
        + "a wish for single precision. Write 24 bits, or a WAV."
    case .notEncoded(let path, let format, let reason):
      "cannot write \(path): making \(article(format)) \(format.rawValue) of the sound failed "
        + "(\(reason)). Use a usual sample rate and at most two channels, or another format."
    }
  }

  private func article(_ format: SoundFormat) -> String {
    switch format {
    case .ogg, .mp3, .aiff: "an"
    case .wav, .flac: "a"
    }
  }
}
