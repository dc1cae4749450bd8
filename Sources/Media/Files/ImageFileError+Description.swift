internal import HourglassSystem

extension ImageFileError: CustomStringConvertible {
  /// What was being done, what was expected, what was found, and what to do.
  public var description: String {
    switch self {
    case .notAnImage(let path, let found):
      "cannot read \(path): expected a PNG or JPEG image, found a file that begins with "
        + "\(hexadecimal(found)). Convert it to one of these."
    case .damaged(let path, let format, let reason):
      "cannot read \(path): expected a \(format.rawValue) image, found damaged data (\(reason)). "
        + "Copy or download the file again."
    case .truncated(let path, let format, let size):
      "cannot read \(path): expected a \(format.rawValue) image up to its end, found that it stops "
        + "early after \(size) bytes. Copy or download the file again."
    case .unsupported(let path, let format, let reason):
      "cannot read \(path): expected a usual \(format.rawValue) image, found one of another kind "
        + "(\(reason)). Save it again as PNG."
    case .tooManyPixels(let path, let width, let height, let limit):
      "cannot read \(path): expected at most \(limit) pixels, found \(width) x \(height). "
        + "Make the image smaller, or raise the limit."
    case .noImages, .notImages, .sizesDiffer, .channelsNotShown, .changed, .cifarLabel, .cifarSize:
      setDescription
    default: writingDescription
    }
  }

  private var setDescription: String {
    switch self {
    case .noImages(let path, let unreadable):
      "cannot read \(path): expected a folder with PNG or JPEG images, found none"
        + (unreadable > 0
          ? " that can be read; \(unreadable) \(unreadable == 1 ? "is" : "are") damaged" : "")
        + ". Check the path."
    case .notImages(let path):
      "cannot read \(path) as images: expected a PNG or JPEG image, a folder of them, an IDX file "
        + "of images or a file of CIFAR-10, found another kind of data. Check the path."
    case .sizesDiffer(let name, let size, let otherName, let otherSize):
      "cannot learn from images of different sizes: expected one size, found \(name) with \(size) "
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
    default: ""
    }
  }

  private var writingDescription: String {
    switch self {
    case .unknownExtension(let path):
      "cannot write \(path): expected a name that ends in .png, .jpg or .jpeg. "
        + "Give the file such a name."
    case .transparency(let path):
      "cannot write \(path): expected opaque pixels, which are all that a JPEG holds, found "
        + "transparent ones. Write a PNG, or remove the transparency first."
    case .sidesTooLong(let path, let format, let size, let limit):
      "cannot write \(path): expected sides of at most \(limit) pixels in a \(format.rawValue), "
        + "found \(size). Make the image smaller, or write another format."
    case .notEncoded(let path, let format, let reason):
      "cannot write \(path): making a \(format.rawValue) of the image failed (\(reason)). "
        + "Try the other format."
    default: ""
    }
  }
}
