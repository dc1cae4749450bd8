package import HourglassMedia
internal import HourglassNetworks
internal import HourglassTensors

/// Planes of many images of any sizes in memory, sixteen bits a value.
///
/// Sixteen bits hold the samples of any image file exactly, in half of the memory of numbers.
package struct ImageBuffer: Sendable {
  /// Where an image lies.
  package struct Entry: Hashable, Sendable {
    package let start: Int
    package let width: Int
    package let height: Int
  }

  /// The planes of each image.
  package let channels: Int
  /// The values that the least and the greatest of sixteen bits stand for.
  package let range: ClosedRange<Float>
  package private(set) var entries: [Entry] = []
  private var samples: [UInt16] = []

  package init(channels: Int, range: ClosedRange<Float>) {
    self.channels = channels
    self.range = range
  }

  /// The number of values held.
  package var valueCount: Int { samples.count }

  /// Keeps an image; values outside of the range become its ends.
  package mutating func append(_ image: PlanarImage) {
    precondition(image.planes.count == channels, "every image has \(channels) planes")
    entries.append(Entry(start: samples.count, width: image.width, height: image.height))
    let scale = 65535 / (range.upperBound - range.lowerBound)
    for plane in image.planes {
      for value in plane {
        let place = (value - range.lowerBound) * scale
        samples.append(UInt16(min(max(place, 0), 65535) + 0.5))
      }
    }
  }

  /// The sum of the values of a plane of an image.
  package func total(_ image: Int, channel: Int) -> Double {
    let entry = entries[image]
    let area = entry.width * entry.height
    let start = entry.start + channel * area
    let sum = samples[start..<start + area].reduce(0) { $0 + Int($1) }
    let step = Double(range.upperBound - range.lowerBound) / 65535
    return Double(sum) * step + Double(area) * Double(range.lowerBound)
  }

  /// Copies a rectangle of some planes to a place of `destination`.
  ///
  /// Beyond its ends the image is mirrored, so that a rectangle may be larger than the image.
  package func copy(
    _ patch: PatchPlace,
    size: (width: Int, height: Int),
    channels: Range<Int>,
    into destination: inout MutableSpan<Float>,
    at start: Int
  ) {
    let entry = entries[patch.image]
    let scale = (range.upperBound - range.lowerBound) / 65535
    let lower = range.lowerBound
    let source = samples.span
    var place = start
    let turn = patch.turn
    for channel in channels {
      let base = entry.start + channel * entry.width * entry.height
      for row in 0..<size.height {
        for column in 0..<size.width {
          // Turns: bit 0 mirrors left and right, bit 1 up and down, bit 2 swaps the axes, which
          // only square patches have.
          let (u, v) = turn & 4 == 0 ? (column, row) : (row, column)
          let x = patch.x + (turn & 1 == 0 ? u : size.width - 1 - u)
          let y = patch.y + (turn & 2 == 0 ? v : size.height - 1 - v)
          let index = mirrored(y, entry.height) * entry.width + mirrored(x, entry.width)
          destination[place] = Float(source[base + index]) * scale + lower
          place += 1
        }
      }
    }
  }
}

/// Where a patch is cut out of an image, and how it is turned.
package struct PatchPlace: Hashable, Sendable {
  package var image: Int
  package var x: Int
  package var y: Int
  /// 0 to 7: mirrored left and right, up and down, axes swapped.
  package var turn: Int
}

extension ImageBuffer {
  /// The mean of a plane over some images, each counted by its pixels.
  package func mean(of images: [Int], channel: Int) -> Float {
    var sum = 0.0
    var count = 0
    for image in images {
      let entry = entries[image]
      let area = entry.width * entry.height
      sum += total(image, channel: channel)
      count += area
    }
    return Float(sum / Double(max(count, 1)))
  }
}
