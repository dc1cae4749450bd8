internal import HourglassSystem

extension Sound {
  /// How the samples of a WAV or FLAC file are written.
  public enum SampleFormat: Int, Hashable, Sendable, CaseIterable {
    /// Whole numbers of 16 bits; samples beyond -1 and 1 are cut off.
    case bits16 = 16
    /// Whole numbers of 24 bits; samples beyond -1 and 1 are cut off.
    case bits24 = 24
    /// Numbers of single precision, as they are; WAV alone.
    case float = 32
  }

  /// The memory that the samples of a sound may take when nothing else is asked for.
  package static let standardByteLimit = MemoryLimit.standard / 2

  /// Reads a sound file: WAV, FLAC, Ogg, AIFF, and MP3 where the libsndfile at hand can.
  ///
  /// Which one it is, is seen from its contents.
  ///
  /// - Parameter path: The file.
  /// - Returns: The sound at its own rate, with all its channels and at least one sample.
  /// - Throws: What is wrong with the file.
  public static func load(contentsOf path: String) throws(MediaError) -> Sound {
    try load(contentsOf: path, byteLimit: standardByteLimit)
  }

  package static func load(
    contentsOf path: String,
    byteLimit: Int
  ) throws(MediaError) -> Sound {
    try decoded(
      ForeignSounds.bytes(of: path, by: ForeignSounds.decoder),
      path: path,
      byteLimit: byteLimit
    )
  }

  /// Reads a sound file whose bytes are at hand.
  ///
  /// - Parameters:
  ///   - bytes: The file.
  ///   - path: What to call the sound, and its place in an error.
  ///   - byteLimit: The memory that the samples may take.
  /// - Throws: What is wrong with the bytes.
  package static func decoded(
    _ bytes: [UInt8],
    path: String = "the sound",
    byteLimit: Int = standardByteLimit
  ) throws(MediaError) -> Sound {
    try SoundCodec.sound(bytes, path: path, byteLimit: byteLimit)
  }

  /// Writes the sound to a file whose extension says the format: .wav, .flac or .ogg.
  ///
  /// The file is replaced as a whole or not at all. The same sound gives the same bytes.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - format: How samples are written; Ogg Vorbis does not heed it.
  ///   - quality: How little Ogg Vorbis may lose, from 0 to 1.
  /// - Throws: Why the file cannot be written.
  public func write(
    to path: String,
    as format: SampleFormat = .bits16,
    quality: Double = 0.6
  ) throws(MediaError) {
    guard let kind = SoundFormat(writingTo: path) else {
      throw .sound(.unknownExtension(path: path))
    }
    try WholeFile.replace(path, with: encoded(as: kind, format, quality: quality, path: path))
  }

  /// The bytes of a sound file, WAV, FLAC, Ogg, or MP3 where the libsndfile at hand can.
  package func encoded(
    as kind: SoundFormat,
    _ format: SampleFormat = .bits16,
    quality: Double = 0.6,
    path: String = "the sound"
  ) throws(MediaError) -> [UInt8] {
    precondition((0...1).contains(quality), "a quality of \(quality) was asked for")
    precondition([.wav, .flac, .ogg, .mp3].contains(kind), "\(kind.rawValue) is not written")
    if kind == .flac && format == .float { throw .sound(.floatsInFLAC(path: path)) }
    if count == 0 { throw .sound(.noSamples(path: path)) }
    return try SoundCodec.encoded(
      self,
      as: kind,
      bits: format.rawValue,
      quality: quality,
      path: path
    )
  }
}
