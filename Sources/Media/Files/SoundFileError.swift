/// What is wrong with a sound, or with a folder of sounds.
public enum SoundFileError: Error, Hashable, Sendable {
  /// The file begins as no sound does; `found` is its beginning.
  case notASound(path: String, found: [UInt8])
  /// The bytes are not what the format allows; `reason` is what the library said.
  case damaged(path: String, format: SoundFormat, reason: String)
  /// The file stops before its last sample; `size` is its size in bytes.
  case truncated(path: String, format: SoundFormat, size: Int)
  /// A variant of the format that the library does not read.
  case unsupported(path: String, format: SoundFormat, reason: String)
  /// A sample rate that no recording has.
  case sampleRate(path: String, rate: Int, expected: ClosedRange<Int>)
  /// A sample is infinite or not a number; `second` is when.
  case notFinite(path: String, second: Double)
  /// The sound holds no sample.
  case noSamples(path: String)
  /// A folder without a sound that can be read; `unreadable` files were skipped.
  case noSounds(path: String, unreadable: Int)
  /// The path leads to no sound and to no folder of sounds.
  case notSounds(path: String)
  /// The extension of the name of the file is of no sound format that is written.
  case unknownExtension(path: String)
  /// FLAC holds whole numbers alone.
  case floatsInFLAC(path: String)
  /// The library could not encode the sound.
  case notEncoded(path: String, format: SoundFormat, reason: String)
}
