internal import HourglassTasksCommon

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
    let area = width * height
    each(indices) { place, patch in
      let start = place * (channels + 1) * area
      for (channel, filled) in patch.filled.enumerated() {
        for pixel in 0..<area { destination[start + channel * area + pixel] = filled[pixel] }
      }
      for pixel in 0..<area {
        destination[start + channels * area + pixel] = patch.mask.missing[pixel] ? 1 : 0
      }
    }
  }

  func copyTargets(_ indices: Span<Int>, into destination: inout MutableSpan<Float>) {
    let area = width * height
    each(indices) { place, patch in
      for channel in 0..<channels {
        let start = (place * channels + channel) * area
        for pixel in 0..<area {
          let lack = patch.planes[channel][pixel] - patch.filled[channel][pixel]
          destination[start + pixel] = Self.scale * lack
        }
      }
    }
  }

  /// A patch, its holes, and its smooth filling.
  private struct HoledPatch {
    var planes: [[Float]]
    var filled: [[Float]]
    var mask: PixelMask
  }

  /// Calls a body with the place in the batch and each patch.
  private func each(_ indices: Span<Int>, _ body: (Int, HoledPatch) -> Void) {
    let area = width * height
    var values = [Float](repeating: 0, count: indices.count * channels * area)
    var span = values.mutableSpan
    patches.copyItems(indices, into: &span)
    for place in indices.indices {
      let mask = mask(indices[place])
      let planes = (0..<channels).map { channel in
        let start = (place * channels + channel) * area
        return Array(values[start..<start + area])
      }
      let filled = planes.map {
        HarmonicFill.filled($0, missing: mask.missing, width: width, height: height)
      }
      body(place, HoledPatch(planes: planes, filled: filled, mask: mask))
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
