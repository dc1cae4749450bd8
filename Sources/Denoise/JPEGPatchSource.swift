internal import HourglassTasksCommon

/// Patches of images as JPEG files would hold them, with the clean ones as targets.
///
/// Each patch goes through a file of its own, a block larger than what is trained on, which is cut out at
/// a place drawn by chance: the edges of blocks lie anywhere. Draws come from the seed and the number of the
/// item, so that an item is the same each time.
struct JPEGPatchSource: PairedBatchSource {
  /// How much larger a patch must be than an item, on each side.
  static let block = 8

  let itemShape: Shape
  let targetShape: Shape

  private let patches: PatchSource
  private let noise: Noise
  private let seed: UInt64

  /// Takes patches `[channels, height, width]` that are a block larger than items.
  init(_ patches: PatchSource, noise: Noise, seed: UInt64) {
    let shape = patches.itemShape
    self.patches = patches
    self.noise = noise
    self.seed = seed
    itemShape = [shape[0], shape[1] - Self.block, shape[2] - Self.block]
    targetShape = itemShape
  }

  var count: Int { patches.count }

  func copyItems(_ indices: Span<Int>, into destination: inout MutableSpan<Float>) {
    copy(indices, isTarget: false, &destination)
  }

  func copyTargets(_ indices: Span<Int>, into destination: inout MutableSpan<Float>) {
    copy(indices, isTarget: true, &destination)
  }

  private func copy(
    _ indices: Span<Int>,
    isTarget: Bool,
    _ destination: inout MutableSpan<Float>
  ) {
    let (channels, height, width) = (itemShape[0], itemShape[1], itemShape[2])
    let whole = (height: height + Self.block, width: width + Self.block)
    let area = whole.height * whole.width
    var values = [Float](repeating: 0, count: channels * area)
    var place = 0
    for position in indices.indices {
      let item = indices[position]
      let one = [item]
      var span = values.mutableSpan
      patches.copyItems(one.span, into: &span)
      var patch = PlanarImage(
        width: whole.width,
        height: whole.height,
        planes: (0..<channels).map { Array(values[$0 * area..<($0 + 1) * area]) }
      )
      // A patch is small enough for any file; without memory for it, it stays as it is.
      if !isTarget, let held = try? noise.added(to: patch, seed: seed, number: item) {
        patch = held
      }
      var generator = SeededGenerator.named("blocks \(item)", seed: seed)
      let left = Int(generator.next(upperBound: UInt64(Self.block)))
      let top = Int(generator.next(upperBound: UInt64(Self.block)))
      for plane in patch.part(x: left, y: top, width: width, height: height).planes {
        for value in plane {
          destination[place] = value
          place += 1
        }
      }
    }
  }
}

extension PlanarImage {
  /// What is left of the image in a JPEG file.
  func throughJPEG(quality: Int) throws(MediaError) -> PlanarImage {
    let image = Image(planes: planes, width: width, height: height, depth: 8)
    let bytes = try image.encoded(as: .jpeg, quality: quality, halvesColor: true)
    return PlanarImage(try Image.decoded(bytes))
  }
}
