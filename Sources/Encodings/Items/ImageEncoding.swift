package import HourglassData
internal import HourglassNetworks
package import HourglassTensors

/// How images of one size are encoded: all values of all images are brought to 0...1 by one affine
/// map; where it is asked for, each has an observed mask in as many channels behind them.
package struct ImageEncoding: Hashable, Sendable, Codable {
  /// The number of channels.
  package var channels: Int
  /// The rows of pixels.
  package var height: Int
  /// The pixels of a row.
  package var width: Int
  /// The value that becomes 0.
  package var low: Double
  /// The value that becomes 1.
  package var high: Double
  /// Whether values have observed masks.
  package var hasMasks: Bool
  /// Whether values beyond the range that was trained on count as its ends.
  package var isClipped: Bool

  /// The largest magnitude of an encoded value; it keeps squares and their sums finite.
  private static let bound: Float = 1e6

  /// Fits to some images.
  package init(
    _ data: NumericDataset,
    rows: [Int],
    hasMasks: Bool = false,
    isClipped: Bool = false
  ) throws(TaskError) {
    self.hasMasks = hasMasks
    self.isClipped = isClipped
    let count = data.featureCount
    var item = [Float](repeating: 0, count: count)
    var first: [Float] = []
    var (low, high) = (Float.infinity, -Float.infinity)
    var varies = false
    for row in rows {
      var span = item.mutableSpan
      data.copyItem(row, into: &span)
      if first.isEmpty { first = item }
      if !varies, item != first { varies = true }
      let values = item.span
      for index in values.indices {
        low = min(low, values[index])
        high = max(high, values[index])
      }
    }
    guard varies else { throw .nothingVaries(name: data.name, rows: rows.count) }
    channels = data.itemShape[0]
    height = data.itemShape[1]
    width = data.itemShape[2]
    // Within 0...1 the values stay as they are, as those of images of bytes always do.
    let fits = low >= 0 && high <= 1
    self.low = fits ? 0 : Double(low)
    self.high = fits ? 1 : Double(high)
  }

  /// The shape of an image, `[channels, height, width]`.
  package var shape: Shape { [channels, height, width] }

  /// The shape of an item: that of an image, with twice the channels where values have masks.
  package var itemShape: Shape { [hasMasks ? 2 * channels : channels, height, width] }

  /// Whether encoding changes nothing, as for images of bytes.
  package var isIdentity: Bool { low == 0 && high == 1 }

  /// What is wrong with an encoding that was read from a file, if anything.
  package var problem: String? {
    let extents = [channels, height, width]
    let isGood =
      extents.allSatisfy { (1...1 << 20).contains($0) } && extents.reduce(1, *) <= 1 << 31
      && low.isFinite && high.isFinite && low < high
    return isGood ? nil : "its images should have a size and a range of values"
  }

  /// Copies the encoded values of an image to a place.
  func copy(
    _ row: Int,
    of data: NumericDataset,
    into destination: inout MutableSpan<Float>,
    at start: Int
  ) {
    data.copyItem(row, into: &destination, at: start)
    // Images of bytes are from 0 to 1 already.
    if isIdentity, data.scale != 1 { return }
    let factor = 1 / (high - low)
    let limits: (least: Float, most: Float) =
      isClipped && !isIdentity ? (0, 1) : (-Self.bound, Self.bound)
    for place in start..<start + data.featureCount {
      var value = destination[place]
      if !isIdentity { value = Float((Double(value) - low) * factor) }
      destination[place] = min(max(value, limits.least), limits.most)
    }
  }

  /// Brings encoded values back to the units of the data, in place.
  package func decode(_ values: inout [Float]) {
    guard !isIdentity else { return }
    let limit = Double(Float.greatestFiniteMagnitude)
    var values = values.mutableSpan
    for index in values.indices {
      let value = low + Double(values[index]) * (high - low)
      values[index] = Float(min(max(value, -limit), limit))
    }
  }
}
