internal import HourglassEngines
internal import HourglassGraphs
internal import HourglassNetworks
package import HourglassTensors

/// What is taken out of a run, what a state must agree with, and what is said when a loss is lost.
extension TrainingLoop {
  /// Everything that a new loop needs to go on from here.
  ///
  /// Throws where a variable is no longer finite, so that a diverged state is never saved.
  package func state() throws -> TrainerState {
    var state = TrainerState(
      progress: progress,
      variables: plan.variables,
      bestVariables: bestVariables
    )
    if let diverged = state.variables.sorted(by: { $0.key < $1.key }).first(where: {
      !$0.value.isFinite
    }) {
      throw TrainingError.diverged(
        epoch: progress.epoch + 1,
        step: progress.step,
        place: "the variable \(diverged.key)"
      )
    }
    state.progress.elapsedSeconds = elapsedSeconds
    return state
  }

  /// The variables that inference needs, as they are now.
  package func carriedVariables() -> [String: Tensor] {
    let values = Dictionary(
      uniqueKeysWithValues: carried.map { ($0.name, plan.value(ofVariable: $0.node)) }
    )
    // Before the first step there is nothing to average.
    let averages = progress.step > 0 ? trainer.optimizer.averagedWeights(values) : [:]
    return values.merging(averages) { $1 }.filter { !$0.key.hasPrefix(Optimizer.averagePrefix) }
  }

  /// The nodes in the training graph of what another graph needs; where averages of parameters are
  /// kept, these come along under their own names.
  static func carriedNodes(
    of graph: Graph,
    for other: Graph,
    _ optimizer: Optimizer
  ) -> [(name: String, node: NodeID)] {
    let needed = Set(other.variables.map(\.variable.name))
    return graph.variables.map { ($0.variable.name, $0.node) }.filter { name, _ in
      needed.contains(name)
        || name.hasPrefix(Optimizer.averagePrefix)
          && needed.contains(String(name.dropFirst(Optimizer.averagePrefix.count)))
    }
  }

  /// The items that are trained on, and those that evaluate.
  static func parts(
    of source: any BatchSource,
    _ trainer: Trainer
  ) -> (learning: ItemOrder, evaluating: [Int]) {
    if let evaluating = source.evaluatingItems {
      precondition(
        evaluating.upperBound == source.count,
        "the items that evaluate are the last ones"
      )
      return (ItemOrder(upTo: evaluating.lowerBound), Array(evaluating))
    }
    let split = trainer.validation.indices(of: source.count, seed: trainer.seed)
    return (ItemOrder(split.training), split.validation)
  }

  /// How far the run has come.
  func report(itemsPerSecond: Double) -> StepProgress {
    let steps = totalSteps.map { Double(progress.step) / Double(Swift.max($0, 1)) }
    let time = trainer.seconds.map { elapsedSeconds / $0 }
    return StepProgress(
      epoch: Swift.min(progress.epoch + 1, trainer.epochs ?? .max),
      step: progress.step,
      fraction: Swift.min(Swift.max(steps ?? 0, time ?? 0), 1),
      training: progress.batch > 0
        ? progress.sums.parts.divided(by: progress.batch)
        : progress.epochs.last?.record.training ?? LossParts(),
      learningRate: Double(learningRate(atStep: progress.step)),
      itemsPerSecond: itemsPerSecond,
      seconds: elapsedSeconds
    )
  }

  /// Evaluates one batch, and returns whether it was the last.
  func advanced(_ evaluator: ItemEvaluator) throws -> Bool {
    do {
      return try evaluator.advance()
    } catch let error as NonFiniteLoss {
      if let item = epochSource.firstNonFinite(among: error.indices) {
        throw TrainingError.nonFiniteItem(index: item)
      }
      let place = evaluator.firstNonFinite()
      throw TrainingError.diverged(epoch: progress.epoch + 1, step: progress.step, place: place)
    }
  }

  /// Says why a loss is not finite: an item, or the part of the loss that left the finite numbers
  ///.
  ///
  /// The step has already made the variables non-finite, so that the layer can no longer be determined.
  func diagnosis(of indices: [Int], step: Int, _ parts: LossParts) -> TrainingError {
    if let item = epochSource.firstNonFinite(among: indices) { return .nonFiniteItem(index: item) }
    let part = parts.reconstruction.isFinite ? GraphName.regularization : GraphName.reconstruction
    return .diverged(epoch: progress.epoch + 1, step: step, place: "the \(part)")
  }

  /// A fingerprint by which to check that a state belongs to this network, these items and this seed.
  ///
  /// Of the items it sees their number, their shape and at most 64 of them.
  static func fingerprint(
    _ graph: Graph,
    _ learner: any Learner,
    _ trainer: Trainer,
    _ source: any BatchSource
  ) -> UInt64 {
    var stream = Fingerprint.Stream()
    stream.append(graph.description)
    stream.append("\(learner) \(trainer.optimizer) \(trainer.validation)")
    stream.append(trainer.seed)
    stream.append(UInt64(source.count))
    stream.append(source.itemShape.description)
    var item = [Float](repeating: 0, count: source.itemShape.elementCount)
    for place in 0..<Swift.min(source.count, 64) {
      let index = [place * source.count / Swift.min(source.count, 64)]
      var span = item.mutableSpan
      source.copyItems(index.span, into: &span)
      stream.append(item.span.bytes)
    }
    return stream.hash
  }
}
