internal import HourglassAutoencoders
internal import HourglassNetworks
package import HourglassTensors

/// Patches of noisy images at half their size, two of each place: what one shows is the target of the
/// other.
///
/// Of each square of two by two pixels two that touch are drawn; one goes to the item and one to the
/// target. What was photographed is about the same in both, and noise that strikes each pixel by itself is
/// not: the mean of the possible targets, which a network predicts under a squared error, is the
/// item without its noise. The draws come from the seed and the number of the item, so that an item is the
/// same each time.
///
/// Reference: Huang, Li, Jia, Lu, Liu, 2021, "Neighbor2Neighbor: Self-Supervised Denoising from Single
/// Noisy Images", arXiv:2101.02824, section 4.1; without the regularizer.
package struct NeighborPairSource: PairedBatchSource {
  package let itemShape: Shape
  package let targetShape: Shape

  private let patches: PatchSource
  private let seed: UInt64

  /// Takes patches `[channels, height, width]` of even extents.
  package init(_ patches: PatchSource, seed: UInt64) {
    let shape = patches.itemShape
    precondition(shape[1] % 2 == 0 && shape[2] % 2 == 0, "patches of \(shape) cannot be halved")
    self.patches = patches
    self.seed = seed
    itemShape = [shape[0], shape[1] / 2, shape[2] / 2]
    targetShape = itemShape
  }

  package var count: Int { patches.count }

  package func copyItems(_ indices: Span<Int>, into destination: inout MutableSpan<Float>) {
    copy(indices, isTarget: false, &destination)
  }

  package func copyTargets(_ indices: Span<Int>, into destination: inout MutableSpan<Float>) {
    copy(indices, isTarget: true, &destination)
  }

  /// The two pixels of a square that are drawn, by three bits: 0 and 1 are its upper row, 2 and 3 its
  /// lower one.
  private static let pairs: [(item: Int, target: Int)] = [
    (0, 1), (0, 2), (1, 0), (1, 3), (2, 0), (2, 3), (3, 1), (3, 2),
  ]

  private func copy(
    _ indices: Span<Int>,
    isTarget: Bool,
    _ destination: inout MutableSpan<Float>
  ) {
    let (channels, height, width) = (itemShape[0], itemShape[1], itemShape[2])
    let area = 4 * height * width
    var patch = [Float](repeating: 0, count: channels * area)
    var place = 0
    for position in indices.indices {
      let item = indices[position]
      var span = patch.mutableSpan
      let one = [item]
      patches.copyItems(one.span, into: &span)
      for channel in 0..<channels {
        // Every channel of a pixel goes the same way.
        var draws = PixelDraws(seed: seed, item: item)
        for row in 0..<height {
          for column in 0..<width {
            let pair = Self.pairs[draws.next()]
            let pixel = isTarget ? pair.target : pair.item
            let (y, x) = (2 * row + pixel / 2, 2 * column + pixel % 2)
            destination[place] = patch[channel * area + y * 2 * width + x]
            place += 1
          }
        }
      }
    }
  }
}

/// Three bits for each pixel of an item.
private struct PixelDraws {
  private var state: UInt64
  private var bits: UInt64 = 0
  private var left = 0

  init(seed: UInt64, item: Int) {
    state = seed &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(truncatingIfNeeded: item)
    state = Self.mixed(state)
  }

  private static func mixed(_ value: UInt64) -> UInt64 {
    var value = value
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }

  mutating func next() -> Int {
    if left == 0 {
      state &+= 0x9E37_79B9_7F4A_7C15
      bits = Self.mixed(state)
      left = 21
    }
    defer {
      bits >>= 3
      left -= 1
    }
    return Int(bits & 7)
  }
}
