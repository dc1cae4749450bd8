import Foundation
import HourglassAutoencoders
import HourglassEngines
import HourglassNetworks
import HourglassTensors
import Testing

@Suite struct TrainingLoopTests {
  private static let learner = Autoencoder(
    encoder: .dense(hidden: [4], activation: .tanh),
    bottleneck: .gaussian(latent: 2, beta: 0.5, warmUpSteps: 5),
    corruption: .masking(rate: 0.2)
  )

  private func loop(
    _ trainer: Trainer,
    resuming state: TrainerState? = nil,
    items: Tensor = TinyData.items(count: 30, [6]),
    learner: any Learner = TrainingLoopTests.learner
  ) throws -> TrainingLoop {
    try TrainingLoop(
      learner,
      trainer: trainer,
      source: TensorSource(items),
      resuming: state,
      now: { 0 },
      makePlan: { referencePlan($0, $1) }
    )
  }

  private func finished(_ loop: TrainingLoop) throws -> TrainerState {
    while loop.stopReason == nil { _ = try loop.advance() }
    return try loop.state()
  }

  private static let optimizers: [Optimizer] = [
    Optimizer(schedule: .cosine(final: 0.1), warmUpSteps: 3, gradientClippingNorm: 1),
    Optimizer(algorithm: .gradientDescent(), learningRate: 0.001, weightAveraging: 0.9),
  ]

  @Test func sameSeedSameBytes() throws {
    let trainer = Trainer(batchSize: 8, epochs: 3, seed: 5)
    let first = try finished(loop(trainer))
    let second = try finished(loop(trainer))
    #expect(first == second)
    var other = trainer
    other.seed = 6
    #expect(try finished(loop(other)).variables != first.variables)
  }

  /// A step is taken, the state goes through text as a file would hold it, and a new loop goes on.
  @Test(arguments: optimizers)
  func resumesAtEveryBoundary(_ optimizer: Optimizer) throws {
    let trainer = Trainer(optimizer: optimizer, batchSize: 8, epochs: 3, seed: 5)
    let whole = try finished(loop(trainer))
    let counter = try loop(trainer)
    var advances = 0
    while counter.stopReason == nil {
      _ = try counter.advance()
      advances += 1
    }
    // Three steps and a evaluated batch in each epoch.
    #expect(advances == 3 * 4)
    for killed in 0...advances {
      let first = try loop(trainer)
      for _ in 0..<killed { _ = try first.advance() }
      var state = try first.state()
      let text = try JSONEncoder().encode(state.progress)
      state.progress = try JSONDecoder().decode(TrainingProgress.self, from: text)
      #expect(try finished(loop(trainer, resuming: state)) == whole, "killed after \(killed)")
    }
  }

  @Test func aLongerRunGoesOnFromTheEndOfAShorterOne() throws {
    var trainer = Trainer(batchSize: 8, epochs: 5, seed: 5)
    let whole = try finished(loop(trainer))
    trainer.epochs = 2
    let short = try finished(loop(trainer))
    trainer.epochs = 5
    #expect(try finished(loop(trainer, resuming: short)) == whole)
  }

  @Test func foreignCheckpointsAreRefused() throws {
    let trainer = Trainer(batchSize: 8, epochs: 1)
    let state = try finished(loop(trainer))
    var other = trainer
    other.seed = 1
    #expect(throws: TrainingError.foreignCheckpoint) { try loop(other, resuming: state) }
    other = trainer
    other.batchSize = 7
    #expect(throws: TrainingError.foreignCheckpoint) { try loop(other, resuming: state) }
    let items = TinyData.items(count: 30, [6], seed: 2)
    #expect(throws: TrainingError.foreignCheckpoint) {
      try loop(trainer, resuming: state, items: items)
    }
    #expect(throws: TrainingError.foreignCheckpoint) {
      try loop(trainer, resuming: state, learner: Variant.small())
    }
    var damaged = state
    damaged.variables["encoder.0.bias"] = nil
    #expect(throws: TrainingError.foreignCheckpoint) { try loop(trainer, resuming: damaged) }
    let changes: [(inout TrainerState) -> Void] = [
      { $0.progress.batch = -1 }, { $0.progress.batch = 1_000_000 }, { $0.progress.epoch = -2 },
      { $0.progress.step = .max }, { $0.progress.epochsWithoutImprovement = -1 },
      { $0.progress.elapsedSeconds = .nan },
      { $0.progress.bestEpoch = $0.bestVariables.isEmpty ? 1 : nil },
    ]
    for change in changes {
      var damaged = state
      change(&damaged)
      #expect(throws: TrainingError.foreignCheckpoint) { try loop(trainer, resuming: damaged) }
    }
  }

  @Test(arguments: [(1, 1, 0), (2, 2, 0), (9, 8, 0), (10, 8, 1), (17, 8, 1), (30, 8, 3)])
  func tinyDataAndTails(count: Int, batch: Int, heldOut: Int) throws {
    let trainer = Trainer(batchSize: 8, epochs: 2)
    let loop = try loop(trainer, items: TinyData.items(count: count, [6]))
    let state = try finished(loop)
    #expect(loop.outline.batchSize == batch)
    #expect(loop.outline.validationCount == heldOut)
    #expect(loop.outline.trainingCount == count - heldOut)
    #expect(loop.outline.stepsPerEpoch == (count - heldOut) / batch)
    #expect(state.progress.step == 2 * loop.outline.stepsPerEpoch)
    #expect(state.progress.history.allSatisfy { $0.validationLoss.isFinite })
    #expect((state.progress.history[0].validation == nil) == (heldOut == 0))
  }

  @Test func evaluatingCountsNoPadding() throws {
    // 12 held out in batches of 5: the last has 2 items and 3 fillers.
    let learner = Variant.small()
    let items = TinyData.items(count: 24, [6])
    let split = ValidationSplit(fraction: 0.5)
    let trainer = Trainer(batchSize: 5, epochs: 1, validation: split, seed: 8)
    let loop = try loop(trainer, items: items, learner: learner)
    let state = try finished(loop)
    let plan = referencePlan(try learner.evaluationGraph(GraphShapes(item: [6], batch: 1)), 0)
    plan.setVariables(loop.carriedVariables())
    let heldOut = split.indices(of: 24, seed: 8).validation
    #expect(heldOut.count == 12)
    var total = 0.0
    for item in heldOut {
      plan.feed(items.rows(item..<item + 1), to: plan.graph.requiredInput(GraphName.input))
      try plan.run(step: 1)
      total += Double(plan.result(plan.graph.requiredOutput(GraphName.loss)).scalars[0])
    }
    let found = try #require(state.progress.history[0].validation).loss
    #expect(abs(found - total / 12) < 1e-6 * abs(found))
  }

  @Test func earlyStoppingKeepsTheBest() throws {
    // A rate at which the loss soon rises and falls by chance.
    let optimizer = Optimizer(algorithm: .adam(), learningRate: 0.3)
    let trainer = Trainer(
      optimizer: optimizer,
      batchSize: 8,
      epochs: 200,
      earlyStopping: Trainer.EarlyStopping(patience: 3)
    )
    let loop = try loop(trainer, learner: Variant.small())
    var best: (loss: Double, variables: [String: Tensor]) = (.infinity, [:])
    while loop.stopReason == nil {
      guard let report = try loop.advance() else { continue }
      if report.record.validationLoss < best.loss {
        best = (report.record.validationLoss, loop.carriedVariables())
      }
    }
    let state = try loop.state()
    let bestEpoch = try #require(state.progress.bestEpoch)
    #expect(loop.stopReason == .earlyStopping)
    #expect(state.progress.epoch == bestEpoch + 3)
    #expect(state.progress.bestLoss == best.loss)
    #expect(state.bestVariables == best.variables)
  }

  @Test func averagedWeightsAreEvaluatedAndKept() throws {
    let optimizer = Optimizer(learningRate: 0.05, weightAveraging: 0.9)
    let loop = try loop(Trainer(optimizer: optimizer, batchSize: 8, epochs: 1))
    let state = try finished(loop)
    let name = "encoder.0.weight"
    let averages = optimizer.averagedWeights(state.variables)
    #expect(state.bestVariables[name] == averages[name])
    #expect(state.bestVariables[name] != state.variables[name])
    #expect(!state.bestVariables.keys.contains { $0.hasPrefix(Optimizer.averagePrefix) })
  }

  @Test(arguments: [Float.nan, .infinity])
  func aNonFiniteItemIsNamed(_ value: Float) throws {
    for damaged in [0, 17, 29] {
      var items = TinyData.items(count: 30, [6])
      items[flat: damaged * 6 + 2] = value
      let loop = try loop(Trainer(batchSize: 8, epochs: 1, seed: 3), items: items)
      // Items in the epoch's tail are not seen; seed and epochs are such that these are.
      #expect(throws: TrainingError.nonFiniteItem(index: damaged)) { try finished(loop) }
    }
  }

  @Test func divergenceIsNamed() throws {
    let optimizer = Optimizer(algorithm: .gradientDescent(), learningRate: 1e30)
    let trainer = Trainer(optimizer: optimizer, batchSize: 8, epochs: 3)
    let loop = try loop(trainer, learner: Variant.small())
    let error = #expect(throws: TrainingError.self) { try finished(loop) }
    guard case .diverged(let epoch, let step, let place) = try #require(error) else {
      Issue.record("expected divergence, found \(String(describing: error))")
      return
    }
    #expect(epoch == 1)
    #expect(step == 2)
    #expect(place == "the reconstruction")
  }

  @Test func settingsAreChecked() {
    for spoil: (inout Trainer) -> Void in [
      { $0.batchSize = 0 }, { $0.epochs = 0 }, { $0.seconds = -1 },
      { $0.earlyStopping?.patience = 0 }, { $0.validation.fraction = 1 },
      { $0.optimizer.learningRate = .nan }, { $0.checkpointInterval = .nan },
    ] {
      var trainer = Trainer()
      spoil(&trainer)
      #expect(throws: TrainingError.self) { try trainer.validate() }
    }
    let endless = Trainer(epochs: nil, earlyStopping: nil)
    #expect(throws: TrainingError.self) { try endless.validate() }
    #expect(throws: TrainingError.noItems) {
      try loop(Trainer(), items: Tensor([], shape: [0, 6]))
    }
    #expect(throws: TrainingError.targetsMissing) {
      try loop(
        Trainer(),
        items: TinyData.items(count: 3, [1, 4, 4]),
        learner: ImageToImageNetwork(target: .paired(channels: 1))
      )
    }
  }
}
