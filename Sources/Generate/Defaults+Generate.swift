internal import HourglassAutoencoders
internal import HourglassEncodings
internal import HourglassGraphs
package import HourglassNetworks
internal import HourglassStatistics
internal import HourglassSystem
package import HourglassTasksCommon
internal import HourglassTensors

extension Defaults {
  /// The number of latent dimensions: more than are needed, since the divergence makes the others inactive.
  ///
  /// Handwritten digits use some 20 of 32; tables of 15 columns some 10 of 16.
  static func synthesisLatent(for kind: DataKind, valueCount: Int) -> Int {
    switch kind {
    case .images, .sounds: 32
    case .table: min(max(valueCount, 2), 24)
    case .series: min(max(valueCount / 4, 2), 16)
    }
  }

  /// Convolutions for images of at least 8 by 8 pixels; else fully connected layers, wide at the data:
  /// few rows of a table cannot teach a wide layer.
  ///
  /// In as much time convolutions come some nats nearer to handwritten digits than two layers of 512.
  static func synthesisArchitecture(
    for kind: DataKind,
    itemShape: Shape,
    learningCount: Int
  ) -> Architecture {
    switch kind {
    case .images, .sounds:
      let sides = itemShape.dimensions.dropFirst()
      guard itemShape.rank == 3, sides.allSatisfy({ $0 >= 8 }),
        case .convolutional(let channels, _, let activation) = convolutionalArchitecture(
          itemShape: itemShape
        )
      else { return synthesisDenseArchitecture }
      return .convolutional(channels: channels, hidden: [256], activation: activation)
    case .table:
      let width = learningCount < 2_000 ? 128 : learningCount < 10_000 ? 256 : 512
      return .dense(hidden: [width, width / 2], activation: .silu)
    case .series: return .dense(hidden: [256, 128], activation: .silu)
    }
  }

  /// The fully connected layers for images.
  package static let synthesisDenseArchitecture = Architecture.dense(
    hidden: [512, 512],
    activation: .silu
  )

  /// The number of items of a batch for convolutions: no more than 32.
  ///
  /// Many small steps learn more from as many images than few large ones, and cost as much: a step of
  /// convolutions spends its time on the images, one of fully connected layers on the weights as well.
  static func synthesisBatchSize(for architecture: Architecture, learningCount: Int) -> Int {
    let size = batchSize(learningCount: learningCount)
    if case .convolutional = architecture { return min(size, 32) }
    return size
  }

  /// Adam, for convolutions at a rate that grows with the batch, up to 0.004 at 32 items.
  static func synthesisOptimizer(
    for architecture: Architecture,
    learningCount: Int,
    batchSize: Int
  ) -> Optimizer {
    var optimizer = optimizer(learningCount: learningCount, batchSize: batchSize)
    if case .convolutional = architecture {
      optimizer.learningRate = Float(min(batchSize, 32)) * 1.25e-4
    }
    return optimizer
  }

  /// The weight of the divergence.
  ///
  /// 1 makes the loss a bound of the evidence, which images are evaluated by. A fitted mixture stands
  /// for whatever distribution the latent vectors have, so that tables may keep more of each row.
  static func synthesisBeta(for kind: DataKind) -> Float { kind == .table ? 0.5 : 1 }

  /// About how many steps to make: more than for latent vectors alone, since every pair of columns counts.
  ///
  /// A step of a wide table costs as much more as it has more values, and there are fewer of these.
  static func synthesisSteps(for kind: DataKind, valueCount: Int) -> Int {
    switch kind {
    case .table: valueCount <= 8_192 ? 30_000 : max(30_000 / (valueCount / 4_096), 2_000)
    case .images, .sounds: 24_000
    case .series: 12_000
    }
  }

  /// Eight chains of four trees for each column, so that one of eight columns comes first in some chain; fewer
  /// trees where they would take more than about a minute of one core or the seconds that are given, and at
  /// least one.
  static func treeLayout(rows: Int, columns: [BinColumn], seconds: Double?) -> TreeLayout {
    let settings = TreeSettings()
    let depth = max(log2(Double(rows) / Double(settings.leastRows)), 1)
    let features = columns.indices.reduce(0) { $0 + min($1, settings.mostFeatures) }
    let work = Double(rows) * depth * Double(max(features, 1))
    let most = min(treeWork, (seconds ?? .infinity) * treeWork / 60)
    let trees = Int(min(max(most / work, 1), 32))
    let chains = min(trees, 8)
    return TreeLayout(
      size: TreeChains.Size(chains: chains, trees: max(trees / chains, 1)),
      settings: settings
    )
  }

  /// The most rows that trees grow on.
  static let treeRows = 200_000

  /// Rows times columns times levels of nodes.
  private static let treeWork = 4e9

  /// The latent vectors that are drawn for an image to bound its probability.
  static let boundSamples = 200

  /// The images that latent vectors are drawn for: at most a thousand, and so few that decoding all latent
  /// vectors takes about a twentieth of training, which goes through encoder and decoder forth and twice
  /// back.
  static func boundImages(seen: Int) -> Int {
    min(max(seen / 3 / boundSamples, 50), 1_000)
  }

  /// The normal distributions of a mixture: one for some hundred and fifty latent vectors.
  static func mixtureCount(codes: Int) -> Int { min(max(codes / 150, 1), 64) }

  /// The normal distributions of a class: one for four latent vectors for each latent dimension, since
  /// fewer do not determine a covariance.
  static func classMixtureCount(codes: Int, latent: Int) -> Int {
    min(max(codes / max(4 * latent, 40), 1), 16)
  }
}
