package import HourglassEngines
package import HourglassGraphs
internal import HourglassNetworks
internal import HourglassTensors

/// A training run as a machine of small steps, on the engine's thread.
///
/// Between any two calls its whole state can be taken out (`state()`) and a new loop can go on from
/// it to the same bytes. A step allocates nothing and looks nothing up by name.
package final class TrainingLoop {
  let trainer: Trainer
  package let outline: TrainingOutline
  package private(set) var progress: TrainingProgress
  private(set) var bestVariables: [String: Tensor]

  let learner: any Learner
  let source: any BatchSource
  let plan: any Plan
  private let nodes: TrainingNodes
  private let batch: Int
  private let stepsPerEpoch: Int
  private let evaluator: ItemEvaluator?
  /// The variables that inference needs: their names there and their nodes in the training graph.
  let carried: [(name: String, node: NodeID)]

  private var order: ItemOrder
  /// The items of the present epoch; those held out are always of `source`.
  private(set) var epochSource: any BatchSource
  private var indices: [Int]
  private var isEvaluating = false
  /// The variables that are being evaluated.
  private var evaluatedVariables: [String: Tensor]?
  private(set) var totalSteps: Int?

  private let now: @Sendable () -> Double
  private let startTime: Double
  private let earlierSeconds: Double
  private var epochStart: Double
  private var epochSteps = 0
  private var evaluatingSeconds = 0.0

  /// Compiles the plans and starts anew, or goes on from a state.
  package init(
    _ learner: any Learner,
    trainer: Trainer,
    source: any BatchSource,
    resuming state: TrainerState?,
    now: @escaping @Sendable () -> Double = Trainer.steadySeconds,
    makePlan: (Graph, UInt64) throws -> any Plan
  ) throws {
    try trainer.validate()
    try learner.validate(itemShape: source.itemShape)
    guard source.count > 0 else { throw TrainingError.noItems }
    let target = learner.pairedTargetShape(for: source.itemShape)
    if let target { try source.requireTargets(target) }
    self.learner = learner
    self.trainer = trainer
    self.source = source
    epochSource = source
    self.now = now
    startTime = now()
    epochStart = startTime

    let (order, evaluated) = Self.parts(of: source, trainer)
    self.order = order
    batch = min(trainer.batchSize, order.count)
    let stepsPerEpoch = order.count / batch
    self.stepsPerEpoch = stepsPerEpoch
    totalSteps = trainer.epochs.map { epochs in
      let (steps, overflows) = epochs.multipliedReportingOverflow(by: stepsPerEpoch)
      return overflows ? .max : steps
    }
    indices = Array(repeating: 0, count: batch)
    let shapes = GraphShapes(item: source.itemShape, target: target, batch: batch)
    let graph = try learner.trainingGraph(shapes, optimizer: trainer.optimizer)
    var evaluatorShapes = shapes
    evaluatorShapes.batch = max(min(trainer.batchSize, evaluated.count), 1)
    let evaluatorGraph = try learner.validationGraph(evaluatorShapes)
    carried = Self.carriedNodes(of: graph, for: evaluatorGraph, trainer.optimizer)
    let fingerprint = Self.fingerprint(graph, learner, trainer, source)
    if let state {
      guard state.progress.fingerprint == fingerprint,
        state.variables.mapValues(\.shape) == graph.variableShapes,
        state.progress.isPossible(stepsPerEpoch: stepsPerEpoch),
        (state.progress.bestEpoch == nil) == state.bestVariables.isEmpty,
        state.bestVariables.allSatisfy({ $1.shape == graph.variableShapes[$0] })
      else { throw TrainingError.foreignCheckpoint }
    }
    plan = try makePlan(graph, trainer.seed)
    nodes = TrainingNodes(graph)
    if evaluated.isEmpty {
      evaluator = nil
    } else {
      let seed = trainer.seed ^ 0x9E37_79B9_7F4A_7C15
      evaluator = ItemEvaluator(
        plan: try makePlan(evaluatorGraph, seed),
        seed: seed,
        source: source,
        items: evaluated,
        batch: evaluatorShapes.batch
      )
    }
    if let state {
      plan.setVariables(state.variables)
    } else if let start = learner as? StartedLearner {
      plan.setVariables(start.start)
    }
    progress = state?.progress ?? TrainingProgress(fingerprint: fingerprint)
    bestVariables = state?.bestVariables ?? [:]
    earlierSeconds = progress.elapsedSeconds
    outline = TrainingOutline(
      trainingCount: order.count,
      validationCount: evaluated.count,
      batchSize: batch,
      stepsPerEpoch: stepsPerEpoch,
      epochs: trainer.epochs,
      parameterCount: graph.variables.filter { $0.variable.role == .parameter }
        .reduce(0) { $0 + graph[$1.node].shape.elementCount },
      resumedStep: progress.step
    )
  }

  // MARK: Time and ends

  /// The seconds since the start, those before an interruption counted.
  var elapsedSeconds: Double { earlierSeconds + now() - startTime }

  /// Why training should end here, if it should.
  package var stopReason: StopReason? {
    if progress.batch == 0 {
      if let epochs = trainer.epochs, progress.epoch >= epochs { return .epochs }
      if let patience = trainer.earlyStopping?.patience,
        progress.epochsWithoutImprovement >= patience
      {
        return .earlyStopping
      }
    }
    if let seconds = trainer.seconds, progress.step > 0, elapsedSeconds >= seconds { return .time }
    return nil
  }

  // MARK: Steps

  /// Does one step: a batch of training, or one of evaluating at the end of an epoch.
  ///
  /// Gives the epoch's report when it ends one.
  package func advance() throws -> EpochReport? {
    if progress.batch < stepsPerEpoch {
      try learn()
      return nil
    }
    if let evaluator {
      if !isEvaluating {
        evaluatingSeconds -= now()
        let variables = carriedVariables()
        evaluator.begin(variables: variables)
        evaluatedVariables = variables
        isEvaluating = true
      }
      guard try advanced(evaluator) else { return nil }
      evaluatingSeconds += now()
    }
    return finishEpoch(validation: evaluator?.means)
  }

  private func learn() throws {
    if order.begin(epoch: progress.epoch, seed: trainer.seed) {
      epochSource = source.drawn(inEpoch: progress.epoch)
    }
    let start = progress.batch * batch
    for row in 0..<batch { indices[row] = order[start + row] }
    try plan.feed(indices, from: epochSource, input: nodes.input, target: nodes.target)
    let step = progress.step + 1
    plan.feed(learningRate(atStep: step), to: nodes.learningRate)
    plan.feed(Float(step), to: nodes.step)
    if let weight = nodes.regularizationWeight {
      plan.feed(learner.regularizationWeight(atStep: step), to: weight)
    }
    try plan.run(step: UInt64(step))
    let parts = LossParts(
      loss: plan.number(nodes.loss),
      reconstruction: plan.number(nodes.reconstruction),
      regularization: plan.number(nodes.regularization),
      squaredError: plan.number(nodes.squaredError)
    )
    guard parts.loss.isFinite else { throw diagnosis(of: indices, step: step, parts) }
    progress.sums.add(parts)
    progress.step = step
    progress.batch += 1
    epochSteps += 1
  }

  func learningRate(atStep step: Int) -> Float {
    trainer.optimizer.learningRate(atStep: step, totalSteps: totalSteps)
  }

  /// Without a limit of epochs, the schedule of learning rates follows the time: this guesses, from
  /// the speed so far, the number of steps that the time will allow.
  func projectSteps() {
    guard trainer.epochs == nil, let seconds = trainer.seconds else { return }
    let elapsed = Swift.max(elapsedSeconds, 1e-3)
    let projected = Double(progress.step) * seconds / elapsed
    totalSteps = Swift.max(Int(Swift.min(projected, 1e12)), progress.step + 1)
  }

  private func finishEpoch(validation: LossParts?) -> EpochReport {
    let record = EpochRecord(
      epoch: progress.epoch + 1,
      step: progress.step,
      training: progress.sums.parts.divided(by: progress.batch),
      validation: validation,
      learningRate: Double(learningRate(atStep: progress.step))
    )
    let minimumDelta = trainer.earlyStopping?.minimumDelta ?? 0
    if record.validationLoss < progress.bestLoss - minimumDelta || progress.bestEpoch == nil {
      progress.bestLoss = record.validationLoss
      progress.bestEpoch = record.epoch
      progress.epochsWithoutImprovement = 0
      bestVariables = evaluatedVariables ?? carriedVariables()
    } else {
      progress.epochsWithoutImprovement += 1
    }
    progress.epochs.append(ExactEpoch(record))
    progress.epoch += 1
    progress.batch = 0
    progress.sums = ExactLossParts(LossParts())
    isEvaluating = false
    evaluatedVariables = nil
    let end = now()
    let report = EpochReport(
      record: record,
      seconds: end - epochStart,
      itemsPerSecond: Double(epochSteps * batch)
        / Swift.max(end - epochStart - evaluatingSeconds, 1e-9)
    )
    epochStart = end
    epochSteps = 0
    evaluatingSeconds = 0
    return report
  }

  /// Whether the epoch was ended by the last call of `advance`.
  var isBestEpoch: Bool { progress.bestEpoch == progress.epoch }

  /// Evaluates the present variables in the middle of an epoch and keeps them if they are the best.
  ///
  /// It is the last thing that a loop does; the state for resuming must be taken before.
  func concludePartialEpoch() throws {
    guard progress.batch > 0 else { return }
    if let evaluator {
      evaluator.begin(variables: carriedVariables())
      while try !advanced(evaluator) {}
    }
    _ = finishEpoch(validation: evaluator?.means)
  }
}

/// The nodes of a training graph that the loop feeds and reads.
struct TrainingNodes {
  let input: NodeID
  let target: NodeID?
  let learningRate: NodeID
  let step: NodeID
  let regularizationWeight: NodeID?
  let loss: NodeID
  let reconstruction: NodeID
  let regularization: NodeID
  let squaredError: NodeID

  init(_ graph: Graph) {
    input = graph.requiredInput(GraphName.input)
    target = graph.input(GraphName.target)
    learningRate = graph.requiredInput(GraphName.learningRate)
    step = graph.requiredInput(GraphName.step)
    regularizationWeight = graph.input(GraphName.regularizationWeight)
    loss = graph.requiredOutput(GraphName.loss)
    reconstruction = graph.requiredOutput(GraphName.reconstruction)
    regularization = graph.requiredOutput(GraphName.regularization)
    squaredError = graph.requiredOutput(GraphName.squaredError)
  }
}

extension Plan {
  /// A result of one element.
  package func number(_ node: NodeID) -> Double {
    var number = Float(0)
    withOutput(node) { number = $0[0] }
    return Double(number)
  }
}
