import HourglassAutoencoders
import HourglassEngines
import HourglassGraphs
import HourglassNetworks
import HourglassTensors
import Testing

@Suite struct VariantTests {
  @Test(arguments: Variant.all)
  func learns(_ variant: Variant) throws {
    var trainer = Trainer(optimizer: variant.optimizer, batchSize: 8, epochs: 12, seed: 3)
    trainer.earlyStopping = nil
    let loop = try TrainingLoop(
      variant.learner,
      trainer: trainer,
      source: variant.source(count: 20),
      resuming: nil,
      makePlan: { referencePlan($0, $1) }
    )
    while loop.stopReason == nil { _ = try loop.advance() }
    let history = loop.progress.history
    let first = try #require(history.first)
    let last = try #require(history.last)
    #expect(history.count == 12)
    #expect(last.training.reconstruction < first.training.reconstruction)
    #expect(try #require(last.validation).loss < #require(first.validation).loss)
    #expect(last.training.squaredError < first.training.squaredError)
    for parts in [last.training, try #require(last.validation)] {
      #expect(
        abs(parts.reconstruction + parts.regularization - parts.loss) < 1e-5 * abs(parts.loss)
          + 1e-6
      )
    }
  }

  @Test(arguments: Variant.all)
  func gradientsMatchCentralDifferences(_ variant: Variant) throws {
    let batch = 3
    let shapes = GraphShapes(item: variant.itemShape, target: variant.targetShape, batch: batch)
    let graph = try variant.learner.trainingGraph(shapes, optimizer: variant.optimizer)
    let source = variant.source(count: batch)
    var inputs: [String: DoubleTensor] = [
      GraphName.input: DoubleTensor(variant.items(count: batch)),
      GraphName.learningRate: DoubleTensor([0.01], shape: []),
      GraphName.step: DoubleTensor([1], shape: []),
    ]
    #expect(source.count == batch)
    if let target = variant.targetShape {
      inputs[GraphName.target] = DoubleTensor(TinyData.items(count: batch, target))
    }
    if graph.input(GraphName.regularizationWeight) != nil {
      inputs[GraphName.regularizationWeight] = DoubleTensor([0.7], shape: [])
    }
    var generator = SeededGenerator(seed: 9)
    var variables: [String: DoubleTensor] = [:]
    for (variable, node) in graph.variables {
      let shape = graph[node].shape
      let scale = variable.role == .parameter ? 0.5 : 0
      variables[variable.name] = DoubleTensor(
        (0..<shape.elementCount).map { _ in scale * Double(generator.nextNormal()) },
        shape: shape
      )
    }
    let executor = ReferenceExecutor(seed: 4, step: 7)
    let values = executor.values(of: graph, inputs: inputs, variables: variables)
    let loss = graph.requiredOutput(GraphName.loss)
    let h = 2e-5
    var checked = 0
    for case .adam(let adam) in graph.updates {
      guard case .variable(let variable) = graph[adam.parameter].operation else { continue }
      let gradient = try #require(values[adam.gradient.index])
      let direction = gradient.scalars.map { _ in Double(generator.nextNormal()) }
      func lossAt(_ distance: Double) throws -> Double {
        var moved = variables
        let here = try #require(variables[variable.name])
        moved[variable.name]?.scalars = zip(here.scalars, direction).map { $0 + distance * $1 }
        let values = executor.values(of: graph, inputs: inputs, variables: moved)
        return try #require(values[loss.index])[0]
      }
      // Central differences of two widths, so that the error is of fourth order.
      let narrow = try (lossAt(h) - lossAt(-h)) / (2 * h)
      let wide = try (lossAt(2 * h) - lossAt(-2 * h)) / (4 * h)
      let numeric = (4 * narrow - wide) / 3
      let analytic = zip(gradient.scalars, direction).reduce(0) { $0 + $1.0 * $1.1 }
      let size = max(abs(numeric), abs(analytic), 1e-2)
      #expect(abs(numeric - analytic) / size < 1e-6, "\(variable.name): \(numeric), \(analytic)")
      checked += 1
    }
    #expect(checked == graph.variables.filter { $0.variable.role == .parameter }.count)
  }

  @Test(arguments: Variant.all)
  func graphsNameTheirVariablesAlike(_ variant: Variant) throws {
    let shapes = GraphShapes(item: variant.itemShape, target: variant.targetShape, batch: 4)
    let training = try variant.learner.trainingGraph(shapes, optimizer: variant.optimizer)
    var others = [try variant.learner.validationGraph(shapes)]
    if let autoencoder = variant.learner as? Autoencoder {
      others += [
        try autoencoder.evaluationGraph(shapes), try autoencoder.encodingGraph(shapes),
        try autoencoder.decodingGraph(shapes),
      ]
    }
    for graph in others {
      for (name, shape) in graph.variableShapes { #expect(training.variableShapes[name] == shape) }
    }
    let learned = training.variables.filter { $0.variable.role == .parameter }.map(\.variable.name)
    #expect(Set(others[0].variableShapes.keys).isSuperset(of: learned))
  }

  @Test func namesAreThoseOfTheModelFile() throws {
    let autoencoder = Autoencoder(encoder: .dense(hidden: [5], activation: .relu))
    let graph = try autoencoder.evaluationGraph(GraphShapes(item: [6], batch: 2))
    #expect(
      Set(graph.variableShapes.keys) == [
        "encoder.0.weight", "encoder.0.bias", "bottleneck.weight", "bottleneck.bias",
        "decoder.0.weight", "decoder.0.bias", "decoder.1.weight", "decoder.1.bias",
      ]
    )
  }

  @Test func evaluationNeitherCorruptsNorDraws() throws {
    let shapes = GraphShapes(item: [6], batch: 2)
    let variational = Autoencoder(
      bottleneck: .gaussian(latent: 2),
      corruption: .gaussian(standardDeviation: 1),
      penalties: [.contraction(weight: 1)]
    )
    func draws(_ graph: Graph) -> Int {
      graph.nodes.filter { if case .random = $0.operation { true } else { false } }.count
    }
    #expect(try draws(variational.evaluationGraph(shapes)) == 0)
    #expect(try draws(variational.encodingGraph(shapes)) == 0)
    #expect(try draws(variational.validationGraph(shapes)) == 2)
    #expect(try draws(variational.trainingGraph(shapes, optimizer: Optimizer())) == 3)
  }

  @Test func divergenceWarmsUp() {
    let variational = Autoencoder(bottleneck: .gaussian(latent: 2, beta: 4, warmUpSteps: 10))
    #expect(variational.regularizationWeight(atStep: 1) == 0.1)
    #expect(variational.regularizationWeight(atStep: 10) == 1)
    #expect(variational.regularizationWeight(atStep: 11) == 1)
    #expect(Autoencoder().regularizationWeight(atStep: 1) == 1)
  }

  @Test(arguments: [
    Autoencoder(encoder: .uNet(base: 2, depth: 1, activation: .relu)),
    Autoencoder(bottleneck: .deterministic(latent: 0)),
    Autoencoder(bottleneck: .gaussian(latent: 2, beta: -1)),
    Autoencoder(bottleneck: .gaussian(latent: 2), latentActivation: .tanh),
    Autoencoder(outputActivation: .logistic, objective: .likelihood(.bernoulli)),
    Autoencoder(objective: .likelihood(.gaussian(variance: 0))),
    Autoencoder(corruption: .masking(rate: 1.5)),
    Autoencoder(corruption: .gaussian(standardDeviation: .nan)),
    Autoencoder(penalties: [.sparsity(target: 0.1, weight: 1)]),
    Autoencoder(latentActivation: .logistic, penalties: [.sparsity(target: 1, weight: 1)]),
    Autoencoder(penalties: [.contraction(weight: 1, standardDeviation: 0)]),
  ])
  func settingsOutOfRangeAreRefused(_ autoencoder: Autoencoder) {
    #expect(throws: TrainingError.self) { try autoencoder.validate() }
  }
}
