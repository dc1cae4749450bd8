import HourglassAutoencoders
import HourglassEngines
import HourglassGraphs
import HourglassNetworks
import HourglassTensors
import Testing

/// What is trained on tables, on the executor that users have.
@Suite struct FieldLearningTests {
  private let layout = FeatureSchema([
    .number, .category(levels: 3), .number, .category(levels: 2), .number, .number,
  ])

  /// Rows of the complete table and the same with missing cells.
  private func imputation(_ learner: Autoencoder) async throws -> (own: Double, trivial: Double) {
    let engine = ComputeEngine()
    let complete = TinyFields.items(count: 1200, layout, missing: 0)
    let optimizer = Optimizer(learningRate: 0.01)
    let model = try await Trainer(optimizer: optimizer, batchSize: 64, epochs: 30, seed: 1)
      .fit(learner, to: TensorSource(complete.rows(0..<1000)), on: engine)
    let test = complete.rows(1000..<1200)
    // Each row lacks one field.
    var lacking = test
    let stride = layout.width + layout.count
    for row in 0..<200 {
      let field = row % layout.count
      for place in layout.range(of: field) { lacking[flat: row * stride + place] = 0 }
      lacking[flat: row * stride + layout.width + field] = 0
    }
    let output = try await model.reconstruct(TensorSource(lacking), on: engine)
    var (own, trivial) = (0.0, 0.0)
    for row in 0..<200 {
      for place in layout.range(of: row % layout.count) {
        let mean = (0..<1000).reduce(Float(0)) { $0 + complete.scalars[$1 * stride + place] } / 1000
        let truth = test.scalars[row * stride + place]
        own += pow2(output.scalars[row * layout.width + place] - truth)
        trivial += pow2(mean - truth)
      }
    }
    return (own, trivial)
  }

  private func pow2(_ x: Float) -> Double { Double(x * x) }

  @Test func imputesBetterThanTheMean() async throws {
    let learner = Autoencoder(
      encoder: .dense(hidden: [32], activation: .relu),
      bottleneck: .deterministic(latent: 8),
      objective: .likelihood(.gaussianLearnedVariance),
      corruption: .hiding(lower: 0.1, upper: 0.5),
      fields: layout,
      fieldWeights: Autoencoder.FieldWeights(hidden: 1, visible: 0.2)
    )
    let (own, trivial) = try await imputation(learner)
    #expect(own < 0.5 * trivial, "\(own) of \(trivial)")
  }

  @Test(arguments: FieldVariants.all)
  func executorsAgree(_ variant: Variant) throws {
    let shapes = GraphShapes(item: variant.itemShape, batch: 5)
    let graph = try variant.learner.trainingGraph(shapes, optimizer: Optimizer(learningRate: 0.01))
    let plans: [any Plan] = [
      try OneDNNPlan(graph, seed: 3, threads: 1), ReferencePlan(graph, seed: 3),
    ]
    for plan in plans {
      plan.feed(variant.items(count: 5), to: graph.requiredInput(GraphName.input))
      for (name, node) in graph.inputs where name != GraphName.input {
        plan.feed(name == GraphName.learningRate ? 0.01 : 1, to: node)
      }
      for step in 1...3 { try plan.run(step: UInt64(step)) }
    }
    for name in [GraphName.loss, GraphName.reconstruction, GraphName.squaredError] {
      let found = plans.map { $0.number(graph.requiredOutput(name)) }
      #expect(abs(found[0] - found[1]) < 1e-4 * max(1, abs(found[1])), "\(name): \(found)")
    }
  }

  @Test func resumingGivesTheSameBytes() throws {
    let variant = FieldVariants.all[0]
    func loop(_ state: TrainerState?) throws -> TrainingLoop {
      try TrainingLoop(
        variant.learner,
        trainer: Trainer(batchSize: 8, epochs: 2, seed: 5),
        source: variant.source(count: 30),
        resuming: state,
        now: { 0 },
        makePlan: { try OneDNNPlan($0, seed: $1, threads: 1) }
      )
    }
    func finished(_ loop: TrainingLoop) throws -> TrainerState {
      while loop.stopReason == nil { _ = try loop.advance() }
      return try loop.state()
    }
    let whole = try finished(loop(nil))
    #expect(try finished(loop(nil)) == whole)
    for killed in [1, 4, 6] {
      let first = try loop(nil)
      for _ in 0..<killed { _ = try first.advance() }
      #expect(try finished(loop(try first.state())) == whole, "killed after \(killed)")
    }
    // What comes with the graph is kept nowhere else.
    #expect(!whole.variables.keys.contains { $0.contains("membership") })
    #expect(whole.variables.keys.contains("fields.logVariance"))
  }
}
