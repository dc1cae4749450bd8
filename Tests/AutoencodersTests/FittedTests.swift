import HourglassAutoencoders
import HourglassEngines
import HourglassNetworks
import HourglassSystem
import HourglassTensors
import Testing

@Suite struct FittedTests {
  private func fitted(
    _ autoencoder: Autoencoder = Variant.small(),
    items: Tensor = TinyData.items(count: 30, [6]),
    on engine: ComputeEngine
  ) async throws -> FittedAutoencoder {
    try await Trainer(batchSize: 8, epochs: 3).fit(autoencoder, to: TensorSource(items), on: engine)
  }

  @Test func aRowHasTheSameBitsAloneAndInCompany() async throws {
    let engine = referenceEngine()
    let model = try await fitted(on: engine)
    // More than one batch of 128, and a tail.
    let items = TinyData.items(count: 150, [6], seed: 4)
    let codes = try await model.encode(TensorSource(items), on: engine)
    let outputs = try await model.reconstruct(TensorSource(items), on: engine)
    #expect(codes.shape == [150, 2])
    #expect(outputs.shape == [150, 6])
    for row in [0, 1, 127, 128, 149] {
      let alone = TensorSource(items.rows(row..<row + 1))
      #expect(try await model.encode(alone, on: engine) == codes.rows(row..<row + 1))
      #expect(try await model.reconstruct(alone, on: engine) == outputs.rows(row..<row + 1))
    }
  }

  @Test func decodingCodesReconstructs() async throws {
    let engine = referenceEngine()
    let model = try await fitted(
      Autoencoder(
        encoder: .dense(hidden: [5], activation: .tanh),
        bottleneck: .gaussian(latent: 2),
        objective: .likelihood(.bernoulli)
      ),
      on: engine
    )
    let source = TensorSource(TinyData.items(count: 5, [6]))
    let codes = try await model.encode(source, on: engine)
    let decoded = try await model.decode(codes, on: engine)
    let outputs = try await model.reconstruct(source, on: engine)
    for (left, right) in zip(decoded.scalars, outputs.scalars) { #expect(abs(left - right) < 1e-6) }
  }

  @Test func samplesDependOnTheSeed() async throws {
    let engine = referenceEngine()
    let model = try await fitted(Autoencoder(bottleneck: .gaussian(latent: 2)), on: engine)
    let items = try await model.sample(count: 7, seed: 3, on: engine)
    #expect(items.shape == [7, 6])
    #expect(items.isFinite)
    #expect(try await model.sample(count: 3, seed: 3, on: engine) == items.rows(0..<3))
    #expect(try await model.sample(count: 7, seed: 4, on: engine) != items)
    let deterministic = try await fitted(on: engine)
    await #expect(throws: ModelError.deterministicBottleneck) {
      try await deterministic.sample(count: 1, seed: 3, on: engine)
    }
  }

  @Test func evaluationIsTheMeanOverItems() async throws {
    let engine = referenceEngine()
    let model = try await fitted(on: engine)
    let items = TinyData.items(count: 131, [6], seed: 4)
    let parts = try await model.evaluate(TensorSource(items), on: engine)
    let outputs = try await model.reconstruct(TensorSource(items), on: engine)
    let errors = try await model.squaredErrors(TensorSource(items), on: engine)
    var total = 0.0
    for (x, y) in zip(items.scalars, outputs.scalars) { total += Double((x - y) * (x - y)) }
    #expect(abs(parts.squaredError - total / 131) < 1e-5 * parts.squaredError)
    #expect(abs(errors.scalars.reduce(0) { $0 + Double($1) } - total) < 1e-5 * total)
    #expect(abs(parts.meanSquaredError(itemShape: [6]) - total / 131 / 6) < 1e-5)
    #expect(parts.regularization == 0)
  }

  @Test func translatorsTranslate() async throws {
    let engine = referenceEngine()
    let variant = try #require(
      Variant.all.first { ($0.learner as? ImageToImageNetwork)?.target == .paired(channels: 2) }
    )
    let translator = try #require(variant.learner as? ImageToImageNetwork)
    let source = variant.source(count: 12)
    let model = try await Trainer(batchSize: 4, epochs: 1).fit(translator, to: source, on: engine)
    let outputs = try await model.translate(source, on: engine)
    #expect(outputs.shape == [12, 2, 6, 5])
    #expect(try await model.evaluate(source, on: engine).loss.isFinite)
    let unpaired = TensorSource(TinyData.items(count: 3, variant.itemShape))
    await #expect(throws: TrainingError.targetsMissing) {
      try await model.evaluate(unpaired, on: engine)
    }
    let narrow = PairedTensorSource(
      items: TinyData.items(count: 12, variant.itemShape),
      targets: TinyData.items(count: 12, [1, 6, 5])
    )
    await #expect(throws: TrainingError.targetShape(expected: [2, 6, 5], found: [1, 6, 5])) {
      try await Trainer(batchSize: 4, epochs: 1).fit(translator, to: narrow, on: engine)
    }
  }

  @Test func otherItemsAreRefused() async throws {
    let engine = referenceEngine()
    let model = try await fitted(on: engine)
    let other = TensorSource(TinyData.items(count: 3, [7]))
    let expected = TrainingError.itemShape(expected: [6], found: [7])
    await #expect(throws: expected) { try await model.encode(other, on: engine) }
    await #expect(throws: expected) { try await model.evaluate(other, on: engine) }
    await #expect(throws: TrainingError.self) {
      try await model.decode(Tensor.zeros([2, 3]), on: engine)
    }
    let none = TensorSource(Tensor([], shape: [0, 6]))
    #expect(try await model.encode(none, on: engine).shape == [0, 2])
    await #expect(throws: TrainingError.noItems) { try await model.evaluate(none, on: engine) }
    var damaged = TinyData.items(count: 3, [6])
    damaged[flat: 8] = .nan
    await #expect(throws: TrainingError.nonFiniteItem(index: 1)) {
      try await model.evaluate(TensorSource(damaged), on: engine)
    }
  }

  /// Items on a disk that has failed.
  private struct LostItems: BatchSource {
    let items = TensorSource(TinyData.items(count: 3, [6]))
    let lost = FileError(path: "a", operation: .read, code: 5)

    var count: Int { items.count }
    var itemShape: Shape { items.itemShape }
    var failure: FileError? { lost }

    func copyItems(_ indices: Span<Int>, into destination: inout MutableSpan<Float>) {
      items.copyItems(indices, into: &destination)
    }
  }

  @Test func itemsThatAreLostAreAnError() async throws {
    let engine = referenceEngine()
    let model = try await fitted(on: engine)
    let source = LostItems()
    await #expect(throws: source.lost) { try await model.encode(source, on: engine) }
    await #expect(throws: source.lost) { try await model.evaluate(source, on: engine) }
  }

  @Test func variablesAreCheckedBeforeUse() async throws {
    let engine = referenceEngine()
    let model = try await fitted(on: engine)
    func make(_ variables: [String: Tensor]) throws -> FittedAutoencoder {
      try FittedAutoencoder(model.autoencoder, variables: variables, itemShape: [6], record: nil)
    }
    var variables = model.variables
    variables["stray"] = Tensor(1)
    #expect(try make(variables).variables == model.variables)
    variables["bottleneck.bias"] = nil
    #expect(throws: ModelError.missingVariable(name: "bottleneck.bias", expected: [2])) {
      try make(variables)
    }
    variables["bottleneck.bias"] = Tensor.zeros([3])
    #expect(
      throws: ModelError.variableShape(name: "bottleneck.bias", expected: [2], found: [3])
    ) { try make(variables) }
    variables["bottleneck.bias"] = Tensor(repeating: .nan, shape: [2])
    #expect(throws: ModelError.nonFiniteVariable(name: "bottleneck.bias")) { try make(variables) }
  }
}
