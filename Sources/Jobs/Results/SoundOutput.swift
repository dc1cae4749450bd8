internal import HourglassData
internal import HourglassMedia
internal import HourglassSystem

/// Where the sounds of a run go: one into a file, or any number into a folder.
struct SoundOutput: Sendable {
  /// The file or the folder.
  let path: String

  /// Whether the name is one of a sound file that is written.
  let isFile: Bool

  /// The most channels that a FLAC file has.
  private static let flacChannels = 8

  init(_ path: String) {
    self.path = path
    isFile = SoundFormat(writingTo: path) != nil
  }

  /// Checks that it can hold so many sounds, and makes the folder.
  func prepare(count: Int) throws {
    try OutputFolder.prepare(path, isFile: isFile, count: count, of: "sounds")
  }

  /// Writes a sound; in a folder under its own name, which gets the extension of a format without loss
  /// where its own is of another one.
  ///
  /// - Parameters:
  ///   - sound: The sound.
  ///   - name: Its name, with folders.
  ///   - storage: How the sound that it was made of was kept.
  func write(_ sound: Sound, name: String, as storage: SoundStorage) throws {
    if isFile {
      let isFLAC = SoundFormat(writingTo: path) == .flac
      return try sound.write(
        to: path,
        as: isFLAC && storage.samples == .float ? .bits24 : storage.samples
      )
    }
    let format = sound.channels.count > Self.flacChannels ? .wav : storage.format
    var file = name
    if SoundFormat(writingTo: name) != format { file += format == .flac ? ".flac" : ".wav" }
    try sound.write(to: OutputFolder.place(file, in: path), as: storage.samples)
  }
}
