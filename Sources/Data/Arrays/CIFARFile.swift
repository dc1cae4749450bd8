internal import HourglassMedia
internal import HourglassTensors

/// A binary file of CIFAR-10: color images of 32 x 32 pixels, each with the number of its class.
///
/// An image takes 3073 bytes: its label from 0 to 9, then the red, the green and the blue samples, row
/// by row.
///
/// Reference: Krizhevsky, 2009, "Learning multiple layers of features from tiny images", and the
/// section "Binary version" of https://www.cs.toronto.edu/~kriz/cifar.html.
package struct CIFARFile: Sendable {
  /// The bytes of an image with its label.
  package static let recordSize = 1 + pixelBytes
  private static let pixelBytes = 3 * 32 * 32

  /// The samples, `[images, 3, 32, 32]`.
  let samples: [UInt8]

  /// The classes of the images, from 0 to 9.
  let labels: [Int]

  /// Reads a file, or only its first images.
  package init(contentsOf path: String, limit: Int? = nil) throws(DatasetError) {
    let bytes = try asData(try WholeFile.bytes(of: path))
    if bytes.isEmpty { throw .emptyFile(path: path) }
    guard bytes.count.isMultiple(of: Self.recordSize) else {
      throw .image(.cifarSize(path: path, size: bytes.count))
    }
    let count = min(limit ?? .max, bytes.count / Self.recordSize)
    var samples: [UInt8] = []
    var labels: [Int] = []
    samples.reserveCapacity(count * Self.pixelBytes)
    for image in 0..<count {
      let start = image * Self.recordSize
      let label = Int(bytes[start])
      if label > 9 { throw .image(.cifarLabel(path: path, image: image + 1, label: label)) }
      labels.append(label)
      samples.append(contentsOf: bytes[start + 1..<start + Self.recordSize])
    }
    self.samples = samples
    self.labels = labels
  }

  /// Whether a file looks like one of CIFAR-10 by its name, its size and its first byte.
  static func isLikely(name: String, size: Int, first: UInt8?) -> Bool {
    pathExtension(name) == "bin" && size > 0 && size.isMultiple(of: recordSize)
      && first.map { $0 <= 9 } ?? true
  }
}
