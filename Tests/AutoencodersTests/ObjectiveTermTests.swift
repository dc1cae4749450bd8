import HourglassAutoencoders
import HourglassEngines
import HourglassGraphs
import HourglassNetworks
import HourglassTensors
import Testing

/// A pair term: the latent vectors of an item and of its partner should be alike.
struct NearPartners: PairTerm {
  var weight: Float

  func loss(codes: NodeID, partners: NodeID, in builder: inout GraphBuilder) -> NodeID {
    builder.itemSum(builder.apply(.square, builder.difference(codes, partners)))
  }
}

/// A term that keeps latent vectors short, and the sums of reconstructions equal to those of their items.
struct ShortCodes: ObjectiveTerm {
  var weight: Float = 0.1

  func loss(of nodes: ObjectiveNodes, in builder: inout GraphBuilder) -> NodeID {
    let difference = builder.difference(
      builder.itemSum(nodes.output),
      builder.itemSum(nodes.target)
    )
    let length = builder.itemSum(builder.apply(.square, nodes.code))
    return builder.sum(length, builder.apply(.square, difference))
  }

  func validate(for autoencoder: Autoencoder) throws(TrainingError) {
    guard autoencoder.latent < 100 else {
      throw .invalidSetting(name: "the code", expected: "short", found: "\(autoencoder.latent)")
    }
  }
}

/// The squared error, written as a term.
private struct OwnError: ObjectiveTerm {
  var weight: Float = 1

  func loss(of nodes: ObjectiveNodes, in builder: inout GraphBuilder) -> NodeID {
    builder.itemSum(builder.apply(.square, builder.difference(nodes.output, nodes.target)))
  }
}

/// A term that forgets to give one number for each item.
private struct OneNumber: ObjectiveTerm {
  var weight: Float = 1

  func loss(of nodes: ObjectiveNodes, in builder: inout GraphBuilder) -> NodeID {
    builder.mean(builder.apply(.square, nodes.code))
  }
}

@Suite struct ObjectiveTermTests {
  private func record(
    _ autoencoder: Autoencoder,
    _ items: Tensor = TinyData.items(count: 40, [6])
  ) async throws -> TrainingRecord {
    let trainer = Trainer(optimizer: Optimizer(learningRate: 0.01), batchSize: 8, epochs: 5)
    let model = try await trainer.fit(autoencoder, to: items, on: referenceEngine())
    return try #require(model.record)
  }

  @Test func aTermIsAddedByItsWeight() throws {
    let shapes = GraphShapes(item: [6], batch: 4)
    let items = TinyData.items(count: 4, [6])
    func parts(_ terms: [any ObjectiveTerm]) throws -> (loss: Double, regularization: Double) {
      var autoencoder = Variant.small()
      autoencoder.terms = terms
      let graph = try autoencoder.trainingGraph(shapes, optimizer: Optimizer())
      let plan = referencePlan(graph, 1)
      plan.feed(items, to: graph.requiredInput(GraphName.input))
      plan.feed(Tensor(Float(0.01)), to: graph.requiredInput(GraphName.learningRate))
      plan.feed(Tensor(Float(1)), to: graph.requiredInput(GraphName.step))
      try plan.run(step: 1)
      return (
        plan.number(graph.requiredOutput(GraphName.loss)),
        plan.number(graph.requiredOutput(GraphName.regularization))
      )
    }
    let without = try parts([])
    let one = try parts([ShortCodes(weight: 0.5)])
    let two = try parts([ShortCodes(weight: 0.25), ShortCodes(weight: 0.5)])
    #expect(without.regularization == 0)
    // Untrained reconstructions do not have the sums of their items.
    #expect(one.regularization > 1e-3)
    #expect(abs(one.loss - without.loss - one.regularization) < 1e-5)
    #expect(abs(two.regularization - 1.5 * one.regularization) < 1e-5 * two.regularization)
  }

  @Test func aTermAloneLearnsAsTheObjectiveItReplaces() async throws {
    let own = try await record(
      Autoencoder(
        encoder: .dense(hidden: [5], activation: .tanh),
        bottleneck: .deterministic(latent: 2),
        objective: .terms,
        terms: [OwnError()]
      )
    )
    let usual = try await record(Variant.small())
    for (mine, theirs) in zip(own.epochs, usual.epochs) {
      #expect(mine.training.reconstruction == 0)
      #expect(abs(mine.training.squaredError - theirs.training.squaredError) < 1e-5)
      #expect(abs(mine.training.loss - mine.training.squaredError) < 1e-5)
      #expect(mine.validation?.loss == mine.validation?.squaredError)
    }
  }

  @Test func mistakesAreErrors() async throws {
    var autoencoder = Variant.small()
    autoencoder.terms = [OneNumber()]
    let error = await #expect(throws: GraphError.self) { _ = try await record(autoencoder) }
    #expect("\(try #require(error))".contains("OneNumber"))
    autoencoder.terms = [ShortCodes(weight: -1)]
    #expect(throws: TrainingError.self) { try autoencoder.validate() }
    autoencoder.terms = [ShortCodes()]
    try autoencoder.validate()
    autoencoder.bottleneck = .deterministic(latent: 100)
    #expect(throws: TrainingError.self) { try autoencoder.validate() }
    #expect(throws: TrainingError.self) { try Autoencoder(objective: .terms).validate() }
  }

  @Test func termsAreComparedAndNoCheckpointIsOfOthers() async throws {
    var autoencoder = Variant.small()
    autoencoder.terms = [ShortCodes()]
    var other = autoencoder
    #expect(other == autoencoder && other.hashValue == autoencoder.hashValue)
    other.terms = [ShortCodes(weight: 0.2)]
    #expect(other != autoencoder)
    let store = MemoryStore()
    let trainer = Trainer(batchSize: 8, epochs: 2, checkpointInterval: 0)
    let items = TensorSource(TinyData.items(count: 20, [6]))
    let engine = referenceEngine()
    _ = try await trainer.fit(autoencoder, to: items, on: engine, checkpoints: store)
    await #expect(throws: TrainingError.foreignCheckpoint) {
      _ = try await trainer.fit(other, to: items, on: engine, checkpoints: store)
    }
  }
}

@Suite struct StartTests {
  private let items = TinyData.items(count: 60, [6])
  private let trainer = Trainer(optimizer: Optimizer(learningRate: 0.01), batchSize: 8, epochs: 6)

  private func layered(_ hidden: Int) -> Autoencoder {
    Autoencoder(
      encoder: .layers([.dense(hidden, activation: .tanh), .batchNormalization]),
      bottleneck: .deterministic(latent: 2),
      decoder: .layers([.dense(4, activation: .tanh)])
    )
  }

  @Test func trainingGoesOnFromAFittedAutoencoder() async throws {
    let engine = referenceEngine()
    let first = try await trainer.fit(layered(5), to: items, on: engine)
    var single = trainer
    single.epochs = 1
    let second = try await single.fit(layered(5), to: items, startingFrom: first, on: engine)
    let anew = try await single.fit(layered(5), to: items, on: engine)
    let end = try #require(first.record?.best?.training.loss)
    let later = try #require(second.record?.epochs[0].training.loss)
    let fresh = try #require(anew.record?.epochs[0].training.loss)
    #expect(later < 1.2 * end)
    #expect(later < 0.8 * fresh)
    single.optimizer.learningRate = .leastNonzeroMagnitude
    let same = try await single.fit(layered(5), to: items, startingFrom: first, on: engine)
    let (one, other) = (first.variables, same.variables)
    #expect(one["encoder.0.weight"] == other["encoder.0.weight"])
    #expect(one["decoder.output.0.weight"] == other["decoder.output.0.weight"])
  }

  @Test func otherLayersAreAClearError() async throws {
    let engine = referenceEngine()
    let first = try await trainer.fit(layered(5), to: items, on: engine)
    let error = await #expect(throws: TrainingError.self) {
      _ = try await trainer.fit(layered(7), to: items, startingFrom: first, on: engine)
    }
    #expect(
      error == .foreignStart(variable: "bottleneck.weight", expected: [2, 7], found: [2, 5])
    )
    let lacking = await #expect(throws: TrainingError.self) {
      let plain = Autoencoder(
        encoder: .dense(hidden: [5, 5], activation: .tanh),
        bottleneck: .deterministic(latent: 5)
      )
      _ = try await trainer.fit(plain, to: items, startingFrom: first, on: engine)
    }
    guard case .foreignStart = try #require(lacking) else {
      Issue.record("expected another start, found \(String(describing: lacking))")
      return
    }
  }

  @Test func layersWithoutADecoderAreAnError() {
    let autoencoder = Autoencoder(encoder: .layers([.dense(5)]))
    #expect(throws: TrainingError.self) { try autoencoder.validate() }
  }

  @Test func cancellationGivesTheBestSoFar() async throws {
    let (events, continuation) = AsyncStream<TrainingEvent>.makeStream()
    let items = items
    let task = Task {
      try await Trainer(batchSize: 8, epochs: 1_000_000, earlyStopping: nil)
        .fit(Variant.small(), to: items, on: referenceEngine(), events: continuation)
    }
    var stop: StopReason?
    for await event in events {
      if case .epochFinished = event { task.cancel() }
      if case .stopped(let reason) = event { stop = reason }
    }
    let model = try await task.value
    #expect(stop == .cancellation)
    #expect(model.record?.stopReason == .cancellation)
    #expect(try #require(model.record?.epochs.count) >= 1)
  }
}
