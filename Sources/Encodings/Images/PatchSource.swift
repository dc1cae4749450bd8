package import HourglassAutoencoders
internal import HourglassData
package import HourglassTensors

/// Patches of images as items, turned and mirrored by chance; and where the images have more planes
/// than an item, the others are the targets.
///
/// The places are drawn once from the seed, so that an item is the same each time. Items that the
/// trainer holds out lie in images that no other item is cut from, where there are enough images.
package struct PatchSource: PairedBatchSource {
  package let itemShape: Shape
  package let targetShape: Shape

  private let store: ImageBuffer
  private let places: [PatchPlace]
  private let size: (width: Int, height: Int)
  private let inputs: Int

  /// How patches are cut.
  package struct Cutting: Hashable, Sendable {
    /// The size of a patch.
    package var width: Int
    package var height: Int
    /// How many ways to turn a patch are tried: 1, 2 (mirrored) or 8.
    package var turns: Int
    /// The number of patches.
    package var count: Int

    package init(width: Int, height: Int, turns: Int, count: Int) {
      self.width = width
      self.height = height
      self.turns = turns
      self.count = count
    }
  }

  /// Draws the places of patches.
  ///
  /// - Parameters:
  ///   - store: The images.
  ///   - learning: The training images, at least one.
  ///   - evaluating: The images for the items that the trainer holds out; empty takes those of training.
  ///   - cutting: How patches are cut.
  ///   - inputs: The number of planes that are the item; the others are the target.
  ///   - validation: What the trainer holds out.
  package init(
    _ store: ImageBuffer,
    learning: [Int],
    evaluating: [Int],
    cutting: Cutting,
    inputs: Int,
    validation: ValidationSplit,
    seed: UInt64
  ) {
    self.store = store
    self.inputs = inputs
    size = (cutting.width, cutting.height)
    itemShape = [inputs, cutting.height, cutting.width]
    targetShape = [max(store.channels - inputs, 1), cutting.height, cutting.width]
    let isSquare = cutting.width == cutting.height
    let turns = isSquare ? cutting.turns : min(cutting.turns, 4)
    var generator = SeededGenerator.named("patches", seed: seed)
    let heldOut = Set(validation.indices(of: cutting.count, seed: seed).validation)
    var counts = (learning: 0, evaluating: 0)
    places = (0..<cutting.count).map { item in
      let isHeldOut = heldOut.contains(item) && !evaluating.isEmpty
      let images = isHeldOut ? evaluating : learning
      let number = isHeldOut ? counts.evaluating : counts.learning
      if isHeldOut { counts.evaluating += 1 } else { counts.learning += 1 }
      let image = images[number % images.count]
      let entry = store.entries[image]
      return PatchPlace(
        image: image,
        x: Self.offset(entry.width - cutting.width, &generator),
        y: Self.offset(entry.height - cutting.height, &generator),
        // In turn and not by chance, so that an image that is one patch is seen each way as often.
        turn: (number / images.count + number % images.count) % turns
      )
    }
  }

  package var count: Int { places.count }

  package func copyItems(_ indices: Span<Int>, into destination: inout MutableSpan<Float>) {
    copy(0..<inputs, indices, &destination)
  }

  package func copyTargets(_ indices: Span<Int>, into destination: inout MutableSpan<Float>) {
    copy(inputs..<store.channels, indices, &destination)
  }

  private func copy(
    _ channels: Range<Int>,
    _ indices: Span<Int>,
    _ destination: inout MutableSpan<Float>
  ) {
    let width = channels.count * size.width * size.height
    for place in indices.indices {
      store.copy(
        places[indices[place]],
        size: size,
        channels: channels,
        into: &destination,
        at: place * width
      )
    }
  }

  /// A number from 0 to the slack, or half of a slack below 0.
  private static func offset(_ slack: Int, _ generator: inout SeededGenerator) -> Int {
    slack > 0 ? Int(generator.next(upperBound: UInt64(slack + 1))) : slack / 2
  }
}
