public import HourglassSystem

/// Why an image or a sound cannot be read or written.
public enum MediaError: Error, Hashable, Sendable {
  /// The operating system refused to open, read or write the file.
  case file(FileError)
  /// The values need more memory than may be used for them, in bytes.
  case tooLarge(path: String, bytes: Int, limit: Int)
  /// There was no memory to open the file.
  case noMemory(path: String)
  /// The file holds no bytes.
  case emptyFile(path: String)
  /// What is wrong with an image.
  case image(ImageFileError)
  /// What is wrong with a sound.
  case sound(SoundFileError)
}

extension MediaError: CustomStringConvertible {
  /// What was being done, what was expected and found, and what to do.
  public var description: String {
    switch self {
    case .file(let error): error.description
    case .tooLarge(let path, let bytes, let limit):
      "cannot read \(path): its values need at least \(megabytes(bytes)) of memory, and "
        + "\(megabytes(limit)) may be used for them. "
        + "Read only the first items, or use a machine with more memory."
    case .noMemory(let path):
      "cannot read \(path): there is no memory left to open it. Close other programs."
    case .emptyFile(let path):
      "cannot read \(path): expected data, found an empty file. "
        + (path.hasPrefix("/dev/")
          ? "A pipe can be read once, and this needs to read it again: save it to a file first."
          : "Check that it was copied or downloaded whole.")
    case .image(let error): error.description
    case .sound(let error): error.description
    }
  }
}
