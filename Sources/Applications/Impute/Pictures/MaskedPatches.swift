internal import HourglassAutoencoders
internal import HourglassTensors

/// Patches of which pixels were deleted, as items; and what a smooth filling lacks there, as targets.
///
/// An item is the patch with its holes filled smoothly, and a plane that says where they are; a target
/// is `scale` times what that filling lacks. The holes of a patch are the same each time.
struct MaskedPatches: PairedBatchSource {
  private let patches: PatchSource
  private let hidden: Imputer.HiddenShare
  private let seed: UInt64
  private let channels: Int
  private let width: Int
  private let height: Int

  /// What targets are multiplied by: what a smooth filling lacks is small, and a network whose first
  /// results are far larger unlearns them by switching its units off for good.
  static let scale: Float = 8

  init(_ patches: PatchSource, hidden: Imputer.HiddenShare, seed: UInt64) {
    self.patches = patches
    self.hidden = hidden
    self.seed = seed
    channels = patches.itemShape[0]
    height = patches.itemShape[1]
    width = patches.itemShape[2]
  }

  var count: Int { patches.count }
  var itemShape: Shape { [channels + 1, height, width] }
  var targetShape: Shape { [channels, height, width] }

  func copyItems(_ indices: Span<Int>, into destination: inout MutableSpan<Float>) {
    each(indices) { place, whole, mask in
      let area = width * height
      for channel in 0..<channels {
        let plane = Array(whole[channel * area..<(channel + 1) * area])
        let filled = HarmonicFill.filled(
          plane,
          missing: mask.missing,
          width: width,
          height: height
        )
        let start = (place * (channels + 1) + channel) * area
        for pixel in 0..<area { destination[start + pixel] = filled[pixel] }
      }
      let start = (place * (channels + 1) + channels) * area
      for pixel in 0..<area { destination[start + pixel] = mask.missing[pixel] ? 1 : 0 }
    }
  }

  func copyTargets(_ indices: Span<Int>, into destination: inout MutableSpan<Float>) {
    each(indices) { place, whole, mask in
      let area = width * height
      for channel in 0..<channels {
        let plane = Array(whole[channel * area..<(channel + 1) * area])
        let filled = HarmonicFill.filled(
          plane,
          missing: mask.missing,
          width: width,
          height: height
        )
        let start = (place * channels + channel) * area
        for pixel in 0..<area {
          destination[start + pixel] = Self.scale * (plane[pixel] - filled[pixel])
        }
      }
    }
  }

  /// Calls a body with the place in the batch, the values and the holes of each patch.
  private func each(_ indices: Span<Int>, _ body: (Int, ArraySlice<Float>, PixelMask) -> Void) {
    let size = channels * width * height
    var values = [Float](repeating: 0, count: indices.count * size)
    var span = values.mutableSpan
    patches.copyItems(indices, into: &span)
    for place in indices.indices {
      let whole = values[place * size..<(place + 1) * size]
      body(place, ArraySlice(Array(whole)), mask(indices[place]))
    }
  }

  private func mask(_ item: Int) -> PixelMask {
    var generator = SeededGenerator.named("holes \(item)", seed: seed)
    return .artificial(
      width: width,
      height: height,
      share: hidden.least + (hidden.greatest - hidden.least) * generator.nextUniform(),
      &generator
    )
  }
}
