import HourglassAutoencoders
import HourglassEngines
import HourglassGraphs
import HourglassNetworks
import HourglassTensors
import Synchronization
import Testing

/// Something to learn, with items small enough for the executor in double precision.
struct Variant: Sendable, CustomTestStringConvertible {
  let name: String
  let learner: any Learner
  let itemShape: Shape
  var targetShape: Shape?
  /// The fields of the items, where they have some.
  var fields: FeatureSchema?
  var optimizer = Optimizer(learningRate: 0.01)

  var testDescription: String { name }

  init(
    _ name: String,
    _ learner: any Learner,
    _ itemShape: Shape = [6],
    target: Shape? = nil
  ) {
    self.name = name
    self.learner = learner
    self.itemShape = itemShape
    targetShape = target
    fields = (learner as? Autoencoder)?.fields
  }

  func items(count: Int) -> Tensor {
    guard let fields else { return TinyData.items(count: count, itemShape) }
    return TinyFields.items(count: count, fields).reshaped(
      to: Shape([count] + itemShape.dimensions)
    )
  }

  func source(count: Int) -> any BatchSource {
    let items = items(count: count)
    guard let targetShape else { return TensorSource(items) }
    return PairedTensorSource(items: items, targets: TinyData.items(count: count, targetShape))
  }

  /// One of each kind; activations without kinks, so that central differences are exact.
  static let all: [Variant] = autoencoders + FieldVariants.all + translators

  private static let dense = Architecture.dense(hidden: [5], activation: .tanh)

  private static let autoencoders: [Variant] = [
    Variant("plain", Autoencoder(encoder: dense, bottleneck: .deterministic(latent: 2))),
    Variant(
      "bounded",
      Autoencoder(
        encoder: dense,
        bottleneck: .deterministic(latent: 2),
        decoder: .dense(hidden: [4, 7], activation: .softplus),
        outputActivation: .logistic,
        objective: .distance(.squaredError)
      )
    ),
    Variant(
      "patches",
      Autoencoder(
        encoder: .patches(
          PatchCoding(side: 2, stride: 1, filters: 3, grid: 2),
          hidden: [5],
          activation: .tanh
        ),
        bottleneck: .deterministic(latent: 2)
      ),
      [1, 5, 4]
    ),
    Variant("absolute error", small(objective: .distance(.absoluteError))),
    Variant("Huber", small(objective: .distance(.huber(delta: 0.3)))),
    Variant("cross-entropy", small(objective: .distance(.binaryCrossEntropy))),
    Variant("Bernoulli", small(objective: .likelihood(.bernoulli))),
    Variant(
      "binarized",
      Autoencoder(
        encoder: dense,
        bottleneck: .gaussian(latent: 2),
        objective: .likelihood(.bernoulli),
        drawsZerosAndOnes: true
      )
    ),
    Variant("learned variance", small(objective: .likelihood(.gaussianLearnedVariance))),
    Variant("levels", small(objective: .likelihood(.discretizedLogistic(levels: 256)))),
    Variant("L1", small(penalties: [.activityL1(weight: 0.1)])),
    Variant(
      "sparse",
      small(latentActivation: .logistic, penalties: [.sparsity(target: 0.1, weight: 0.5)])
    ),
    Variant("contractive", small(penalties: [.contraction(weight: 0.1)])),
    Variant(
      "several penalties",
      small(
        corruption: .masking(rate: 0.2),
        penalties: [
          .contraction(weight: 0.1, standardDeviation: 0.02), .activityL1(weight: 0.01),
          .contraction(weight: 0.2, standardDeviation: 0.1),
        ]
      )
    ),
    Variant("denoising, gaussian", small(corruption: .gaussian(standardDeviation: 0.1))),
    Variant("denoising, masking", small(corruption: .masking(rate: 0.25))),
    Variant("denoising, salt and pepper", small(corruption: .saltAndPepper(rate: 0.1))),
    Variant("denoising, speckle", small(corruption: .speckle(standardDeviation: 0.2))),
    Variant("denoising, counting", small(corruption: .poisson(peak: 30))),
    Variant(
      "variational",
      Autoencoder(
        encoder: dense,
        bottleneck: .gaussian(latent: 2, beta: 0.5, warmUpSteps: 10),
        objective: .likelihood(.bernoulli)
      )
    ),
    Variant(
      "variational, contractive",
      Autoencoder(
        encoder: dense,
        bottleneck: .gaussian(latent: 2),
        objective: .likelihood(.gaussianLearnedVariance),
        penalties: [.contraction(weight: 0.1)]
      )
    ),
    Variant(
      "images",
      Autoencoder(
        encoder: .convolutional(channels: [3, 4], hidden: [6], activation: .tanh),
        bottleneck: .deterministic(latent: 3)
      ),
      [1, 5, 7]
    ),
    Variant(
      "layers",
      Autoencoder(
        encoder: .layers([
          .convolution(3, stride: 2, activation: .tanh), .layerNormalization, .averagePooling(),
          .dense(5, activation: .tanh),
        ]),
        bottleneck: .deterministic(latent: 2),
        decoder: .layers([
          .dense(9, activation: .tanh), .reshape([1, 3, 3]), .upsampling(),
          .convolution(2, activation: .softplus),
          .transposedConvolution(1, kernelSize: 3, stride: 1, activation: .identity),
        ])
      ),
      [1, 6, 6]
    ),
    Variant(
      "layers, series",
      Autoencoder(
        encoder: .layers([
          .convolution(3, kernelSize: 5, stride: 2, activation: .identity), .activation(.gelu),
        ]),
        bottleneck: .gaussian(latent: 2),
        decoder: .layers([.dense(4, activation: .tanh)])
      ),
      [2, 7]
    ),
    Variant("own term", small(terms: [ShortCodes()])),
    Variant(
      "own terms, variational",
      Autoencoder(
        encoder: dense,
        bottleneck: .gaussian(latent: 2),
        terms: [ShortCodes(), ShortCodes(weight: 0.01)]
      )
    ),
    Variant(
      "neighbors",
      Autoencoder(
        encoder: dense,
        bottleneck: .deterministic(latent: 2),
        pairTerm: NearPartners(weight: 0.2)
      ),
      target: [6]
    ),
    Variant(
      "neighbors, contractive",
      Autoencoder(
        encoder: dense,
        bottleneck: .deterministic(latent: 2),
        corruption: .gaussian(standardDeviation: 0.1),
        penalties: [.contraction(weight: 0.1)],
        pairTerm: NearPartners(weight: 0.2)
      ),
      target: [6]
    ),
    Variant(
      "series, variational",
      Autoencoder(
        encoder: .convolutional(channels: [3], hidden: [], activation: .silu),
        bottleneck: .gaussian(latent: 2),
        objective: .likelihood(.gaussian(variance: 0.1))
      ),
      [2, 9]
    ),
  ]

  private static let translators: [Variant] = [
    Variant(
      "U-Net, denoising",
      ImageToImageNetwork(
        architecture: .uNet(base: 2, depth: 1, activation: .tanh),
        learnsDifference: true,
        corruption: .gaussian(standardDeviation: 0.2)
      ),
      [1, 5, 6]
    ),
    Variant(
      "plain, blind denoising",
      ImageToImageNetwork(
        architecture: .plain(width: 3, depth: 3, activation: .tanh),
        learnsDifference: true,
        corruption: .gaussianRange(lower: 0.1, upper: 0.3)
      ),
      [1, 5, 6]
    ),
    Variant(
      "U-Net, paired",
      ImageToImageNetwork(
        architecture: .uNet(base: 2, depth: 2, activation: .tanh),
        target: .paired(channels: 2),
        outputActivation: .tanh
      ),
      [1, 6, 5],
      target: [2, 6, 5]
    ),
    Variant(
      "U-Net, of noisy items alone",
      ImageToImageNetwork(
        architecture: .uNet(base: 2, depth: 1, activation: .tanh),
        target: .recorrupted(strength: 0.5),
        learnsDifference: true
      ),
      [1, 5, 6],
      target: [1, 5, 6]
    ),
  ]

  static func small(
    latentActivation: Activation = .identity,
    objective: Objective = .squaredError,
    corruption: Corruption = .none,
    penalties: [Autoencoder.Penalty] = [],
    terms: [any ObjectiveTerm] = []
  ) -> Autoencoder {
    Autoencoder(
      encoder: dense,
      bottleneck: .deterministic(latent: 2),
      latentActivation: latentActivation,
      objective: objective,
      corruption: corruption,
      penalties: penalties,
      terms: terms
    )
  }
}

/// Data that two numbers an item explain, between 0 and 1.
enum TinyData {
  static func items(count: Int, _ itemShape: Shape, seed: UInt64 = 1) -> Tensor {
    var generator = SeededGenerator(seed: seed)
    let width = itemShape.elementCount
    let directions = (0..<2 * width).map { _ in generator.nextNormal() }
    var scalars: [Float] = []
    for _ in 0..<count {
      let (a, b) = (generator.nextNormal(), generator.nextNormal())
      for place in 0..<width {
        let sum = a * directions[2 * place] + b * directions[2 * place + 1]
        scalars.append(0.5 + 0.45 * sum / (1 + abs(sum)))
      }
    }
    return Tensor(scalars, shape: Shape([count] + itemShape.dimensions))
  }
}

/// Keeps states in memory; fails from the `failing`th save on, as a killed run does.
final class MemoryStore: CheckpointStore {
  struct Killed: Error {}

  private let states = Mutex<[TrainerState]>([])
  private let failing: Int

  init(failing: Int = .max) {
    self.failing = failing
  }

  var saved: [TrainerState] { states.withLock { $0 } }

  func save(_ state: TrainerState) throws {
    try states.withLock {
      guard $0.count + 1 < failing else { throw Killed() }
      $0.append(state)
    }
  }

  func load() throws -> TrainerState? { states.withLock { $0.last } }
}

/// A clock that goes on by a fixed time at every look.
final class TickingClock: Sendable {
  private let ticks = Atomic<Int>(0)
  private let seconds: Double

  init(secondsPerLook: Double) {
    seconds = secondsPerLook
  }

  @Sendable func now() -> Double {
    Double(ticks.add(1, ordering: .relaxed).newValue) * seconds
  }
}

/// An engine whose numbers come from the reference executor.
func referenceEngine() -> ComputeEngine {
  ComputeEngine(ComputeEngine.Configuration(executor: .reference))
}

/// A plan of the reference executor that is exact over restarts.
func referencePlan(_ graph: Graph, _ seed: UInt64) -> any Plan {
  ReferencePlan(graph, seed: seed, roundsVariables: true)
}
