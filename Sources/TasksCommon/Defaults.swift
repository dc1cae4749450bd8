/// What a reducer chooses from the data where a setting is left open; all the rules are here.
package enum Defaults {
  /// Fully connected layers that narrow towards the latent vector.
  ///
  /// For images three layers of 512, 256 and 128: with them the dense reference autoencoder of
  /// Fashion-MNIST is well above PCA, and a step stays a few milliseconds. For tables two layers,
  /// four and two times as wide as the row: narrow tables have few values, and
  /// a layer of less than 32 limits the latent vector.
  package static func denseArchitecture(for data: NumericDataset) -> Architecture {
    denseArchitecture(for: data.kind == .images ? .images : .table, valueCount: data.featureCount)
  }

  /// The same for items of any kind with so many values; sounds and windows are as wide as images.
  package static func denseArchitecture(for kind: DataKind, valueCount: Int) -> Architecture {
    switch kind {
    case .images, .sounds:
      return .dense(hidden: [512, 256, 128], activation: .silu)
    case .table, .series:
      let width = min(max(4 * valueCount, 64), 512)
      return .dense(hidden: [width, width / 2], activation: .silu)
    }
  }

  /// The same for latent vectors that preserve neighbors: wider, since pairs of items carry more to fit
  /// than their values.
  package static func neighborArchitecture(for kind: DataKind, valueCount: Int) -> Architecture {
    switch kind {
    case .images, .sounds: .dense(hidden: [512, 512, 256], activation: .silu)
    case .table, .series: denseArchitecture(for: kind, valueCount: valueCount)
    }
  }

  /// The number of items of a batch for latent vectors that preserve neighbors: some eighty steps an epoch,
  /// from 32 to 256 items, for an item is held against the others of its batch.
  package static func neighborBatchSize(learningCount: Int) -> Int {
    var size = 32
    while size < 256, learningCount / size > 100 { size *= 2 }
    return size
  }

  /// The largest learning rate for latent vectors that preserve neighbors, which goes with larger batches.
  package static let neighborLearningRate: Float = 3e-3

  /// About how many steps to make for latent vectors that preserve neighbors.
  package static let neighborSteps = 2_800

  /// Convolutions that halve the image two times or more, until its side is at most 8, and a
  /// fully connected layer.
  package static func convolutionalArchitecture(for data: NumericDataset) -> Architecture {
    guard data.itemShape.rank == 3 else { return denseArchitecture(for: data) }
    return convolutionalArchitecture(itemShape: data.itemShape)
  }

  /// The same for items of a shape, `[channels, height, width]` or `[channels, time]`.
  package static func convolutionalArchitecture(itemShape: Shape) -> Architecture {
    var side = itemShape.dimensions.dropFirst().max() ?? 1
    var channels = [32]
    while side > 16, channels.count < 6 {
      side = (side + 1) / 2
      channels.append(min(channels[channels.count - 1] * 2, 256))
    }
    return .convolutional(channels: channels, hidden: [128], activation: .silu)
  }

  /// Adam with a rate that rises over the first steps and falls along half a cosine.
  ///
  /// The fall is worth more than any other single choice: it ends in a minimum that a constant
  /// rate circles around.
  package static func optimizer(learningCount: Int, batchSize: Int) -> Optimizer {
    Optimizer(
      algorithm: .adam(),
      learningRate: 1e-3,
      schedule: .cosine(final: 0.01),
      warmUpSteps: min(100, learningCount / max(batchSize, 1))
    )
  }

  /// The number of rows of a batch: some two hundred steps an epoch, from 16 to 128 rows.
  ///
  /// Small data need many steps more than they need large products; beyond 128 rows a step costs
  /// as much a row and learns less from it. Only of more than half a million rows, of which there are
  /// more than can be trained on one by one, are batches larger, up to 1,024 rows.
  package static func batchSize(learningCount: Int) -> Int {
    var size = 16
    while size < 128, learningCount / size > 200 { size *= 2 }
    while size < 1_024, learningCount / size > 4_000 { size *= 2 }
    return size
  }

  /// About how many steps to make: 4,000 of images, sounds and windows, which take milliseconds
  /// each, and 12,000 of rows of a table, which take a tenth of one.
  package static func steps(for kind: DataKind) -> Int { kind == .table ? 12_000 : 4_000 }

  /// The number of epochs for about so many steps, from 20 to 500, but fewer where 20 would be more
  /// than ten times as many steps.
  package static func epochs(steps: Int, learningCount: Int, batchSize: Int) -> Int {
    let stepsPerEpoch = max(learningCount / max(batchSize, 1), 1)
    let most = max(10 * steps / stepsPerEpoch, 1)
    return min(max(steps / stepsPerEpoch, min(20, most)), 500)
  }

  /// Values of images go from 0 to 1, and so does the logistic function; those of a table have no
  /// bounds.
  package static func outputActivation(
    for kind: DataKind,
    objective: Objective
  ) -> Activation {
    guard kind == .images, objective.acceptsOutputActivation else { return .identity }
    return .logistic
  }

  /// Six tenths of the pixels of an image are hidden where features are trained.
  package static func featureCorruption(for kind: DataKind) -> Corruption {
    kind == .images ? .dropout(rate: 0.6) : .none
  }

  /// The cells of a table that are swapped for those of other rows where features are trained: 15 %.
  ///
  /// Decision 0057 names the tables that this and the next two were chosen on.
  package static let featureSwapping = Corruption.swapping(rate: 0.15)

  /// The features of a table: twice as many as it has columns, from 128 to 512.
  package static func featureWidth(columnCount: Int) -> Int {
    min(max(2 * columnCount, 128), 512)
  }

  /// The activation of hidden layers and of the features themselves: features between two bounds stay
  /// usable for a model that is fitted to few rows, where others can lie far outside what these show.
  package static let featureActivation = Activation.tanh

  /// The same where images are coded by their patches: patch features are highly correlated.
  package static let patchCorruption = Corruption.dropout(rate: 0.7)

  /// A coding of patches for features of images, and a fully connected layer behind it where latent vectors
  /// are short; `nil` for images too small for it, or so many that their features do not fit into memory.
  ///
  /// The more latent dimensions, the more kinds of patches. From 128 on the layers between cost
  /// more than they gain: they memorize single images.
  package static func patchArchitecture(for shape: Shape, count: Int, dimensions: Int)
    -> Architecture?
  {
    guard shape.rank == 3, shape[1] >= 16, shape[2] >= 16 else { return nil }
    var coding = PatchCoding(
      stride: min(max(1, min(shape[1], shape[2]) / 32), 6),
      filters: min(max(4 * min(dimensions, 1_000), 200), 800)
    )
    while coding.filters > 25, coding.valueCount * count > patchCodeLimit { coding.filters /= 2 }
    guard coding.valueCount * count <= patchCodeLimit else { return nil }
    return .patches(coding, hidden: dimensions < 128 ? [512] : [], activation: .silu)
  }

  /// The most values of patch features that are held: a gibibyte of them.
  private static let patchCodeLimit = 1 << 28

  /// A U-Net of two halvings for the noise of images.
  package static var denoisingArchitecture: Architecture {
    .uNet(base: 32, depth: 2, activation: .relu)
  }

  /// A U-Net of three halvings for the masks of sounds: harmonics and echoes reach far.
  package static var maskingArchitecture: Architecture {
    .uNet(base: 16, depth: 3, activation: .relu)
  }

  /// A U-Net of four halvings for the colors of images: what a thing is, and so its color, is seen
  /// from far around, and little of it in single pixels.
  package static var coloringArchitecture: Architecture {
    .normalizedUNet(base: 16, depth: 4, activation: .relu)
  }

  /// A U-Net of three halvings for the holes of images: what was there is seen from around them.
  package static var fillingArchitecture: Architecture {
    .uNet(base: 32, depth: 3, activation: .relu)
  }
}

extension Defaults {
  /// Two wide layers: cells are predicted from cells, and a narrow network forgets what it was shown.
  package static func imputationArchitecture(width: Int) -> Architecture {
    let widest = min(max(8 * width, 256), 512)
    return .dense(hidden: [widest, widest], activation: .silu)
  }

  /// Twice the usual rate: hidden cells differ at each step, which keeps a network from learning rows
  /// by heart.
  package static var imputationOptimizer: Optimizer {
    Optimizer(
      algorithm: .adam(),
      learningRate: 2e-3,
      schedule: .cosine(final: 0.01),
      warmUpSteps: 100
    )
  }

  /// About how many steps each network makes: 2,000 where rows are few, since it has the best of
  /// them long before, to 8,000 from 8,000 rows on.
  package static func imputationSteps(itemCount: Int) -> Int { min(max(itemCount, 2_000), 8_000) }

  /// The most rows that cells are taken from: as many as have some 400,000 values together, at most
  /// 20,000, so that a model stays small and looking through them quick.
  package static func keptRows(width: Int) -> Int { min(max(400_000 / max(width, 1), 500), 20_000) }
}
