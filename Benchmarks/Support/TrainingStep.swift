internal import HourglassEngines
internal import HourglassGraphs
internal import HourglassTensors

/// The training step of a reference workload, compiled for this machine and fed with one batch of random
/// numbers.
public final class TrainingStep {
  /// A part of the step, such as one product.
  public struct Part: Sendable {
    /// What it computes.
    public let label: String
    /// Whether it is a primitive of a dense or a convolution layer.
    public let isProduct: Bool
    /// The seconds that it took since `measuresParts` was set.
    public let seconds: Double
  }

  private let plan: OneDNNPlan
  private let step: NodeID
  private var number: UInt64 = 0

  /// Compiles the step.
  ///
  /// - Parameters:
  ///   - workload: The network and its batch.
  ///   - isHalf: Whether large products are computed in bfloat16.
  ///   - threads: The most threads; small networks take one. `nil` takes all cores.
  /// - Throws: Why the graph cannot be built or compiled.
  public init(_ workload: ReferenceWorkload, isHalf: Bool, threads: Int?) throws {
    let graph = try workload.trainingGraph()
    plan = try OneDNNPlan(
      graph,
      seed: 0,
      threads: threads ?? ProcessorCount.available,
      precision: isHalf ? .bfloat16 : .float32
    )
    let inputs = Dictionary(uniqueKeysWithValues: graph.inputs.map { ($0.name, $0.node) })
    guard let x = inputs["x"], let rate = inputs["learningRate"], let step = inputs["step"] else {
      preconditionFailure("\(workload.name) has the inputs of every training step")
    }
    self.step = step
    let shape = workload.inputShape
    var generator = SeededGenerator(seed: 0)
    plan.feed(
      Tensor((0..<shape.elementCount).map { _ in generator.nextUniform() }, shape: shape),
      to: x
    )
    plan.feed(0.001, to: rate)
  }

  /// The bytes of the tensors.
  public var arenaByteCount: Int { plan.arenaByteCount }

  /// The threads that are used.
  public var threads: Int { plan.threads }

  /// Runs forward pass, loss, backward pass and Adam once.
  ///
  /// - Throws: Why the machine could not.
  public func run() throws {
    number += 1
    plan.feed(Float(number), to: step)
    try plan.run(step: number)
  }

  /// Whether the parts are timed; setting it to true begins anew.
  public var measuresParts = false {
    didSet { plan.profile(measuresParts) }
  }

  /// The parts in their order, with their times.
  public var parts: [Part] {
    plan.stepLabels.indices.map {
      Part(
        label: plan.stepLabels[$0],
        isProduct: plan.isProduct[$0],
        seconds: plan.stepSeconds[$0]
      )
    }
  }
}
