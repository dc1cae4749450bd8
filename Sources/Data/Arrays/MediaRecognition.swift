internal import HourglassMedia
internal import HourglassSystem
internal import HourglassTensors

/// What a path holds, as far as images and sounds go; seen from the contents and not from the name.
package enum MediaRecognition: Hashable, Sendable {
  /// A PNG or a JPEG file.
  case imageFile
  /// A folder with PNG or JPEG files in it or below it.
  case imageFolder
  /// A binary file of CIFAR-10, or a folder of such files.
  case cifar10
  /// A WAV, FLAC, Ogg, MP3 or AIFF file.
  case soundFile
  /// A folder with sound files in it or below it.
  case soundFolder
  /// None of these: a table, an array, another kind of file, or a pipe that can be read only once.
  case nothing

  /// Looks at a path.
  ///
  /// A folder is of the kind that most of its files are of. Files in it that are neither images nor
  /// sounds by their contents, nor by their extensions, do not count.
  ///
  /// - Throws: Why the path cannot be looked at, and `inPipe` for an image or a sound in a pipe.
  package init(path: String) throws(DatasetError) {
    switch try FolderListing.kind(of: path) {
    case .other:
      if SpooledInputs.current != nil { try Self.refuseMedia(in: path) }
      self = .nothing
    case .file(let size): self = try Self.recognized(path, size)
    case .folder:
      let files = try FolderListing.files(below: path)
      let images = MediaFiles.images(files, below: path).count
      let sounds = MediaFiles.sounds(files, below: path).count
      if images == 0 && sounds == 0 {
        self = MediaFiles.cifar(files, below: path).isEmpty ? .nothing : .cifar10
      } else {
        self = images >= sounds ? .imageFolder : .soundFolder
      }
    }
  }

  private static func beginning(of path: String) throws(DatasetError) -> [UInt8] {
    do throws(FileError) {
      return try WholeFile.beginning(of: path, count: SoundFormat.beginningSize)
    } catch {
      throw .file(error)
    }
  }

  private static func refuseMedia(in pipe: String) throws(DatasetError) {
    let beginning = try beginning(of: pipe)
    if let format = ImageFormat(beginning: beginning) {
      throw .image(.inPipe(path: pipe, format: format.rawValue))
    }
    if let format = SoundFormat(beginning: beginning) {
      throw .sound(.inPipe(path: pipe, format: format.rawValue))
    }
  }

  private static func recognized(_ path: String, _ size: Int) throws(DatasetError) -> Self {
    let beginning = try beginning(of: path)
    if ImageFormat(beginning: beginning) != nil { return .imageFile }
    if SoundFormat(beginning: beginning) != nil || ForeignSounds.format(beginning: beginning) != nil
    {
      return .soundFile
    }
    // Junk may stand before the first frame.
    if pathExtension(path) == "mp3", size > 0, size <= MemoryLimit.standard,
      SoundFormat(of: try asData(try WholeFile.bytes(of: path))) != nil
    {
      return .soundFile
    }
    let isCIFAR = CIFARFile.isLikely(name: path, size: size, first: beginning.first)
    return isCIFAR ? .cifar10 : .nothing
  }
}

/// The files of a folder that are, or are meant to be, of one kind.
enum MediaFiles {
  /// The files that begin as images, or whose names say that they are.
  ///
  /// A file that is named like an image and is none is among them, so that reading it reports the error.
  static func images(
    _ files: [FolderListing.File],
    below folder: String
  ) -> [FolderListing.File] {
    files.filter { file in
      ImageFormat(path: file.name) != nil
        || ImageFormat(beginning: beginning(of: file, below: folder)) != nil
    }
  }

  /// The files that begin as sounds, or whose names say that they are.
  static func sounds(
    _ files: [FolderListing.File],
    below folder: String
  ) -> [FolderListing.File] {
    files.filter { file in
      // An image that is called a sound is an image, and a file that is called an image is no sound.
      if SoundFormat.isNamed(file.name) {
        return ImageFormat(beginning: beginning(of: file, below: folder)) == nil
      }
      let beginning = beginning(of: file, below: folder)
      return ImageFormat(path: file.name) == nil
        && (SoundFormat(beginning: beginning) != nil
          || ForeignSounds.format(beginning: beginning) != nil)
    }
  }

  /// The files that look like those of CIFAR-10.
  static func cifar(_ files: [FolderListing.File], below folder: String) -> [String] {
    files.filter { CIFARFile.isLikely(name: $0.name, size: $0.size, first: nil) }.map(\.name)
      .filter { name in
        let first = try? WholeFile.beginning(of: folder + "/" + name, count: 1).first
        return first.map { $0 <= 9 } ?? false
      }
  }

  /// The first bytes of a file; none where it cannot be opened: reading it will report why.
  private static func beginning(of file: FolderListing.File, below folder: String) -> [UInt8] {
    (try? WholeFile.beginning(of: folder + "/" + file.name, count: SoundFormat.beginningSize)) ?? []
  }
}
