/// The images that are trained on, in memory: all of them, or parts where they would need too much.
package struct ImageSample: Sendable {
  package private(set) var store: ImageBuffer
  /// The images of the store that are trained on.
  package private(set) var learning: [Int] = []
  /// Those that choose the best epoch.
  package private(set) var evaluating: [Int] = []

  /// The most values that are kept, 256 MiB of them.
  private static let valueLimit = 1 << 27
  /// The shortest side of a part.
  private static let shortestPart = 128

  /// Reads the images that a split lets training see.
  ///
  /// Where they have more values than memory should hold, a square of each is taken at random, and
  /// where that is still too much, a part of the images.
  ///
  /// - Parameters:
  ///   - range: The values that the planes can have.
  ///   - isWanted: Whether an image counts.
  ///   - planes: What is kept of an image, from its number and itself.
  package init(
    _ images: ImageSet,
    split: RowSplit,
    seed: UInt64,
    channels: Int,
    range: ClosedRange<Float> = 0...1,
    where isWanted: (Int) -> Bool = { _ in true },
    planes: (Int, Image) throws -> PlanarImage
  ) throws {
    store = ImageBuffer(channels: channels, range: range)
    var seen = split.seen.filter(isWanted)
    let training = Set(split.training)
    let limit = Self.valueLimit / channels
    let areas = seen.map { images.shape(of: $0).dimensions.dropFirst().reduce(1, *) }
    let isWhole = areas.reduce(0, +) <= limit
    var side = Int.max
    if !isWhole {
      side = max(Self.shortestPart, Int(Double(limit / seen.count).squareRoot()))
      Permutation.shuffle(&seen, seed: seed, purpose: 0x7069_6373, number: 0)
      var total = 0
      seen = seen.prefix { index in
        let shape = images.shape(of: index)
        total += min(shape[1], side) * min(shape[2], side)
        return total <= limit
      }.sorted()
    }
    var generator = SeededGenerator.named("parts", seed: seed)
    for index in seen {
      try Task.checkCancellation()
      var image = try planes(index, try images.image(index))
      if !isWhole, image.width > side || image.height > side {
        let (width, height) = (min(image.width, side), min(image.height, side))
        image = image.part(
          x: Int(generator.next(upperBound: UInt64(image.width - width + 1))),
          y: Int(generator.next(upperBound: UInt64(image.height - height + 1))),
          width: width,
          height: height
        )
      }
      if training.contains(index) {
        learning.append(store.entries.count)
      } else {
        evaluating.append(store.entries.count)
      }
      store.append(image)
    }
    if learning.isEmpty { (learning, evaluating) = (evaluating, []) }
  }
}

/// How patches of images are cut, how many, and by which steps a network is trained on them.
package struct PatchLearning: Sendable {
  /// How patches are cut.
  package let cutting: PatchSource.Cutting

  /// The longest side of a patch: some three times as far as the networks for images see.
  package static let longestSide = 64
  /// The pixels of a step: few, because each of them teaches, and many steps lead further than exact
  /// ones.
  package static let pixelsPerStep = 1 << 15
  /// The pixels of a patch as the network sees it.
  private let seenArea: Int
  private let sample: ImageSample

  /// Chooses by the images that are trained on.
  ///
  /// - Parameters:
  ///   - isHalved: Whether the network sees patches at half their size, which are then as large again, and
  ///     even.
  ///   - margin: How many pixels more than the network sees a patch is wide and high.
  package init(
    _ sample: ImageSample,
    turns: Int,
    isHalved: Bool = false,
    margin: Int = 0
  ) {
    let (store, images) = (sample.store, sample.learning)
    self.sample = sample
    let widths = images.map { store.entries[$0].width }.sorted()
    let heights = images.map { store.entries[$0].height }.sorted()
    // Nine images of ten fill a patch; the others are mirrored beyond their ends.
    let longest = Self.longestSide * (isHalved ? 2 : 1)
    var width = min(widths[widths.count / 10], longest)
    var height = min(heights[heights.count / 10], longest)
    if isHalved { (width, height) = (width / 2 * 2, height / 2 * 2) }
    seenArea = width * height / (isHalved ? 4 : 1)
    let area = images.reduce(0) { $0 + store.entries[$1].width * store.entries[$1].height }
    let count = min(max(8 * area / max(width * height, 1), 1_024), max(16_384, 2 * images.count))
    cutting = PatchSource.Cutting(
      width: width + margin,
      height: height + margin,
      turns: turns,
      count: count
    )
  }

  /// How a network is trained on the patches.
  package func trainer(_ settings: TrainingSettings) -> Trainer {
    settings.patchTrainer(
      for: .images,
      count: cutting.count,
      batchSize: min(max(Self.pixelsPerStep / max(seenArea, 1), 8), 64),
      heldOutLimit: 256
    )
  }

  /// The patches.
  ///
  /// - Parameters:
  ///   - inputs: The number of planes that are the item; the others are the target.
  ///   - trainer: What trains on them, and holds some of them out.
  package func patches(inputs: Int, for trainer: Trainer) -> PatchSource {
    PatchSource(
      sample.store,
      learning: sample.learning,
      evaluating: sample.evaluating,
      cutting: cutting,
      inputs: inputs,
      validation: trainer.validation,
      seed: trainer.seed
    )
  }
}

extension TrainingSettings {
  /// The steps on patches where nothing is said of epochs or time.
  private static let patchSteps = 3_000

  /// How a network is trained on patches that are cut anew in each epoch, with a warm-up.
  ///
  /// - Parameters:
  ///   - count: The number of patches of an epoch.
  ///   - batchSize: The patches of a step, where the settings leave that open.
  ///   - heldOutLimit: The most patches that choose the best epoch.
  package func patchTrainer(
    for kind: DataKind,
    count: Int,
    batchSize: Int,
    heldOutLimit: Int
  ) -> Trainer {
    var settings = self
    settings.batchSize = settings.batchSize ?? batchSize
    let validation = ValidationSplit(fraction: 0.05, maximumCount: heldOutLimit)
    let learningCount = count - validation.heldOutCount(of: count)
    var trainer = settings.trainer(
      for: kind,
      learningCount: learningCount,
      validation: validation
    )
    trainer.optimizer.warmUpSteps = min(100, learningCount / trainer.batchSize)
    if epochs == nil, seconds == nil {
      let stepsPerEpoch = max(learningCount / trainer.batchSize, 1)
      trainer.epochs = max((Self.patchSteps + stepsPerEpoch / 2) / stepsPerEpoch, 1)
    }
    return trainer
  }
}

extension ImageSet {
  /// How many images from one on to work on at once: many small ones, one large.
  package func piece(from index: Int) -> Int {
    let shape = shape(of: index)
    return min(max((1 << 16) / max(shape[1] * shape[2], 1), 1), 64)
  }
}
