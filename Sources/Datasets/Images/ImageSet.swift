/// Images of one size in memory.
public struct ImageSet: Sendable {
  /// The name of the file without its folders.
  public var name: String { images.name }
  /// The number of images.
  public var count: Int { images.count }
  /// A hash of the values and the shapes.
  public var fingerprint: String { images.fingerprint }
  /// A class for each image, where the file has them.
  public let labels: [Int]?

  private let images: NumericDataset

  init(_ images: NumericDataset, labels: [Int]? = nil) {
    self.images = images
    self.labels = labels
  }

  /// The images, `[count, channels, height, width]`, from 0 to 1 where they are bytes.
  public func uniform() -> NumericDataset { images }

  /// The first images, or all where there are fewer.
  func prefix(_ count: Int) -> ImageSet {
    let rows = images.rows(0..<min(max(count, 1), images.count))
    let first = (try? NumericDataset(name: images.name, images: rows)) ?? images
    return ImageSet(first, labels: labels.map { Array($0.prefix(count)) })
  }
}
