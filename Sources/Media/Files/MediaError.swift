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
  case image(MediaFileError)
  /// What is wrong with a sound.
  case sound(MediaFileError)
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
    case .image(let error): error.description(isImage: true)
    case .sound(let error): error.description(isImage: false)
    }
  }
}

/// What is wrong with an image or a sound, or with a file or a folder of them.
public enum MediaFileError: Hashable, Sendable {
  // MARK: Images and sounds

  /// The bytes are not what the format allows; `reason` is what the library said.
  case damaged(path: String, format: String, reason: String)
  /// The file stops before its last pixel or sample; `size` is its size in bytes.
  case truncated(path: String, format: String, size: Int)
  /// A variant of the format that is not read.
  case unsupported(path: String, format: String, reason: String)
  /// The image or sound comes from a pipe.
  case inPipe(path: String, format: String)
  /// The extension of the name of the file is of no format that is written.
  case unknownExtension(path: String)
  /// The library could not encode the image or sound.
  case notEncoded(path: String, format: String, reason: String)

  // MARK: Images

  /// The file begins as no image does; `found` is its beginning.
  case notAnImage(path: String, found: [UInt8])
  /// More pixels than are allowed.
  case tooManyPixels(path: String, width: Int, height: Int, limit: Int)
  /// A folder without an image that can be read; `unreadable` files were skipped.
  case noImages(path: String, unreadable: Int)
  /// A file whose contents are of no kind of images.
  case notImages(path: String)
  /// Two images of different sizes where one common size is needed.
  case sizesDiffer(name: String, size: ImageSize, otherName: String, otherSize: ImageSize)
  /// An image has another number of channels than an image can have.
  case channelsNotShown(name: String, channels: Int)
  /// A file is another one than it was when the set was made.
  case changed(path: String)
  /// A file of CIFAR-10 holds a label above 9.
  case cifarLabel(path: String, image: Int, label: Int)
  /// A file of CIFAR-10 does not consist of whole images.
  case cifarSize(path: String, size: Int)
  /// A JPEG cannot hold pixels that are not opaque.
  case transparency(path: String)
  /// The format allows no side of this length.
  case sidesTooLong(path: String, format: String, size: ImageSize, limit: Int)

  // MARK: Sounds

  /// The file begins as no sound does; `found` is its beginning.
  case notASound(path: String, found: [UInt8])
  /// A format that another program must decode, and there is none.
  case foreign(path: String, format: String)
  /// The other program did not decode the file; `reason` is what became of it.
  case notDecoded(path: String, reason: String)
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
  /// FLAC holds whole numbers alone.
  case floatsInFLAC(path: String)
}

extension MediaFileError {
  /// What was being done, what was expected, what was found, and what to do.
  package func description(isImage: Bool) -> String {
    let noun = isImage ? "image" : "sound"
    func named(_ format: String) -> String {
      (isImage || ["WAV", "FLAC"].contains(format) ? "a " : "an ") + format
    }
    return switch self {
    case .damaged(let path, let format, let reason):
      "cannot read \(path): expected \(named(format)) \(noun), found damaged data (\(reason)). "
        + "Copy or download the file again."
    case .truncated(let path, let format, let size):
      "cannot read \(path): expected \(named(format)) \(noun) up to its end, found that it stops "
        + "early after \(size) bytes. Copy or download the file again."
    case .unsupported(let path, let format, let reason):
      "cannot read \(path): expected a usual \(format) \(noun), found one of another kind "
        + "(\(reason)). \(isImage ? "Save it again as PNG." : "Convert it to WAV.")"
    case .inPipe(let path, let format):
      "cannot read \(path): \(noun)s are read from files and folders, found \(named(format)) \(noun) in a "
        + "pipe. Save it to a file, and give that file."
    case .unknownExtension(let path):
      "cannot write \(path): expected a name that ends in "
        + "\(isImage ? ".png, .jpg or .jpeg" : ".wav, .flac or .ogg"). Give the file such a name."
    case .notEncoded(let path, let format, let reason):
      "cannot write \(path): making \(named(format)) of the \(noun) failed (\(reason)). "
        + (isImage
          ? "Try the other format."
          : "Use a usual sample rate and at most two channels, or another format.")
    default: isImage ? imageDescription : soundDescription
    }
  }

  private var imageDescription: String {
    switch self {
    case .notAnImage(let path, let found):
      "cannot read \(path): expected a PNG or JPEG image, found a file that begins with "
        + "\(hexadecimal(found)). Convert it to one of these."
    case .tooManyPixels(let path, let width, let height, let limit):
      "cannot read \(path): expected at most \(limit) pixels, found \(width) x \(height). "
        + "Make the image smaller, or raise the limit."
    case .noImages(let path, let unreadable):
      "cannot read \(path): expected a folder with PNG or JPEG images, found none"
        + (unreadable > 0
          ? " that can be read; \(unreadable) \(unreadable == 1 ? "is" : "are") damaged" : "")
        + ". Check the path."
    case .notImages(let path):
      "cannot read \(path) as images: expected a PNG or JPEG image, a folder of them, an IDX file "
        + "of images or a file of CIFAR-10, found another kind of data. Check the path."
    case .sizesDiffer(let name, let size, let otherName, let otherSize):
      "cannot train on images of different sizes: expected one size, found \(name) with \(size) "
        + "and \(otherName) with \(otherSize) pixels. Give a common size."
    case .channelsNotShown(let name, let channels):
      "cannot show an image of \(name): expected 1 to 4 channels, found \(channels). "
        + "Keep the channels of an image alone."
    case .changed(let path):
      "cannot read \(path): expected the image that was there at the start, found another one. "
        + "Leave the files alone while they are used, and start again."
    case .cifarLabel(let path, let image, let label):
      "cannot read \(path) as CIFAR-10: expected labels from 0 to 9, found \(label) for image "
        + "\(image). The file is damaged, or it is of another format."
    case .cifarSize(let path, let size):
      "cannot read \(path) as CIFAR-10: expected a multiple of 3073 bytes, found \(size). "
        + "Copy or download the file again."
    case .transparency(let path):
      "cannot write \(path): expected opaque pixels, which are all that a JPEG holds, found "
        + "transparent ones. Write a PNG, or remove the transparency first."
    case .sidesTooLong(let path, let format, let size, let limit):
      "cannot write \(path): expected sides of at most \(limit) pixels in a \(format), "
        + "found \(size). Make the image smaller, or write another format."
    default: ""
    }
  }

  private var soundDescription: String {
    switch self {
    case .notASound(let path, let found):
      "cannot read \(path): expected a WAV, FLAC, Ogg, MP3 or AIFF sound, found a file that begins "
        + "with \(hexadecimal(found)). Convert it to one of these."
    case .foreign(let path, let format):
      "cannot read \(path): expected a WAV, FLAC, Ogg, MP3 or AIFF sound, found \(format). The command reads "
        + "its sound where ffmpeg is installed (apt install ffmpeg); else convert it to one of these."
    case .notDecoded(let path, let reason):
      "cannot read \(path): expected that ffmpeg decodes its sound, found that it \(reason). "
        + "Check that the file has a sound and plays, or convert it to WAV."
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
    case .floatsInFLAC(let path):
      "cannot write \(path): expected samples of 16 or 24 bits, which are what FLAC holds, found "
        + "a wish for single precision. Write 24 bits, or a WAV."
    default: ""
    }
  }
}
