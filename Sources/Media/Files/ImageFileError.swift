/// What is wrong with an image, a file of images or a folder of images.
public enum ImageFileError: Error, Hashable, Sendable {
  // MARK: Reading

  /// The file begins as no image does; `found` is its beginning.
  case notAnImage(path: String, found: [UInt8])
  /// The bytes are not what the format allows; `reason` is what the library said.
  case damaged(path: String, format: ImageFormat, reason: String)
  /// The file stops before its last pixel; `size` is its size in bytes.
  case truncated(path: String, format: ImageFormat, size: Int)
  /// A variant of the format that is not read.
  case unsupported(path: String, format: ImageFormat, reason: String)
  /// More pixels than are allowed.
  case tooManyPixels(path: String, width: Int, height: Int, limit: Int)

  // MARK: Sets of images

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

  // MARK: Writing

  /// The extension of the name of the file is of no image format.
  case unknownExtension(path: String)
  /// A JPEG cannot hold pixels that are not opaque.
  case transparency(path: String)
  /// The format allows no side of this length.
  case sidesTooLong(path: String, format: ImageFormat, size: ImageSize, limit: Int)
  /// The library could not encode the image.
  case notEncoded(path: String, format: ImageFormat, reason: String)
}
