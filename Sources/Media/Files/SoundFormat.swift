/// A format of sound files that is read; WAV, FLAC and Ogg are written too.
package enum SoundFormat: String, Hashable, Sendable, CaseIterable {
  /// Samples as they are, of 16 or 24 bits or of floating point.
  case wav = "WAV"
  /// Lossless, 16 or 24 bits.
  case flac = "FLAC"
  /// Ogg Vorbis, lossy; Ogg Opus is read.
  case ogg = "Ogg"
  /// MPEG audio, lossy; read where the libsndfile at hand can.
  case mp3 = "MP3"
  /// Samples as they are, most significant byte first.
  case aiff = "AIFF"

  /// The number of bytes at the beginning of a file by which its format is recognized.
  package static let beginningSize = 16

  /// The format of a file that begins with some bytes, at least 12; none where it is no sound.
  package init?(beginning bytes: [UInt8]) {
    func has(_ text: String, at offset: Int) -> Bool {
      bytes.dropFirst(offset).starts(with: text.utf8)
    }
    if (has("RIFF", at: 0) || has("RF64", at: 0)) && has("WAVE", at: 8) {
      self = .wav
    } else if has("fLaC", at: 0) {
      self = .flac
    } else if has("OggS", at: 0) {
      self = .ogg
    } else if has("FORM", at: 0) && (has("AIFF", at: 8) || has("AIFC", at: 8)) {
      self = .aiff
    } else if has("ID3", at: 0) || Self.isMPEGFrame(bytes) {
      self = .mp3
    } else {
      return nil
    }
  }

  /// The format that is written to a file of a name; none where its extension is of none.
  package init?(writingTo path: String) {
    switch pathExtension(path) {
    case "wav", "wave": self = .wav
    case "flac": self = .flac
    case "ogg", "oga": self = .ogg
    default: return nil
    }
  }

  /// Whether the name of a file says that it is a sound.
  package static func isNamed(_ path: String) -> Bool {
    [
      "wav", "wave", "flac", "ogg", "oga", "opus", "mp3", "aif", "aiff", "aifc", "m4a", "m4b",
      "aac",
      "wma", "amr", "caf",
    ].contains(pathExtension(path))
  }

  /// The format of a file, also where junk stands before the first frame of an MP3.
  package init?(of bytes: [UInt8]) {
    if let format = SoundFormat(beginning: Array(bytes.prefix(Self.beginningSize))) {
      self = format
    } else if SoundRepair.mpegStart(bytes) != nil {
      self = .mp3
    } else {
      return nil
    }
  }

  /// Whether bytes begin as a frame of MPEG audio layer III does: 11 bits set, and then a version, a
  /// layer, a bit rate and a sample rate that there are.
  static func isMPEGFrame(_ given: some Collection<UInt8>) -> Bool {
    let bytes = Array(given.prefix(4))
    guard bytes.count == 4, bytes[0] == 0xff, bytes[1] & 0xe0 == 0xe0 else { return false }
    let (version, layer) = (bytes[1] >> 3 & 3, bytes[1] >> 1 & 3)
    let (bitRate, sampleRate) = (bytes[2] >> 4, bytes[2] >> 2 & 3)
    return version != 1 && layer == 1 && bitRate != 0 && bitRate != 15 && sampleRate != 3
  }
}
