import HourglassAutoencoders
import HourglassEngines
import HourglassGraphs
import HourglassNetworks
import HourglassTensors
import Testing

@Suite struct RenditionTests {
  private let whole = FieldVariants.renditions
  private let layout = FieldVariants.mixed

  private func fitted() async throws -> FittedAutoencoder {
    let items = TinyFields.items(count: 64, layout)
    let trainer = Trainer(optimizer: Optimizer(algorithm: .adam()), batchSize: 16, epochs: 3)
    return try await trainer.fit(whole, to: TensorSource(items), on: ComputeEngine())
  }

  /// The items with the fields of one rendition missing.
  private func items(_ all: Tensor, without rendition: Int) -> Tensor {
    var scalars = all.scalars
    let width = layout.width + layout.count
    let hidden = rendition == 0 ? 0..<3 : 3..<layout.count
    for row in 0..<all.shape[0] {
      for field in hidden {
        for place in layout.range(of: field) { scalars[row * width + place] = 0 }
        scalars[row * width + layout.width + field] = 0
      }
    }
    return Tensor(scalars, shape: all.shape)
  }

  @Test(arguments: [0, 1])
  func aRenditionGivesWhatTheWholeGives(_ place: Int) async throws {
    let engine = ComputeEngine()
    let model = try await fitted()
    let own = try model.rendition(place)
    let all = TinyFields.items(count: 20, layout, seed: 5)
    let fields = place == 0 ? 0..<3 : 3..<layout.count
    let values =
      layout.range(of: fields.lowerBound)
      .lowerBound..<(layout.range(of: fields.upperBound - 1).upperBound)
    #expect(own.autoencoder.fields == FieldLayout(Array(layout.fields[fields])))
    let width = layout.width + layout.count
    var scalars: [Float] = []
    for row in 0..<20 {
      scalars += all.scalars[row * width + values.lowerBound..<row * width + values.upperBound]
      scalars += fields.map { all.scalars[row * width + layout.width + $0] }
    }
    let rendered = Tensor(scalars, shape: [20, values.count + fields.count])
    let expected = TensorSource(items(all, without: 1 - place))
    let codes = try await own.encode(TensorSource(rendered), on: engine)
    let wholeCodes = try await model.encode(expected, on: engine)
    #expect(difference(codes.scalars, wholeCodes.scalars) < 1e-5)
    let outputs = try await own.reconstruct(TensorSource(rendered), on: engine)
    let wholeOutputs = try await model.reconstruct(expected, on: engine)
    let part = (0..<20).flatMap { row in
      values.map { wholeOutputs.scalars[row * layout.width + $0] }
    }
    #expect(difference(outputs.scalars, part) < 1e-5)
  }

  private func difference(_ first: [Float], _ second: [Float]) -> Float {
    guard first.count == second.count else { return .infinity }
    return zip(first, second).map { abs($0 - $1) }.max() ?? .infinity
  }

  @Test func theEncoderSeesOneRenditionAlone() throws {
    let items = TinyFields.items(count: 200, layout, missing: 0)
    var builder = GraphBuilder()
    let x = builder.input(GraphName.input, [200, 17])
    var open = whole
    open.corruption = .hiding(lower: 0.4, upper: 0.4)
    let seen = open.seenItems(x, GraphShapes(item: [17], batch: 200), in: &builder)
    builder.output(GraphName.output, try #require(seen))
    let plan = ReferencePlan(try builder.finish(), seed: 3)
    plan.feed(items, to: plan.graph.requiredInput(GraphName.input))
    try plan.run(step: 1)
    let result = plan.result(plan.graph.requiredOutput(GraphName.output))
    var firsts = 0
    var kept = [Int](repeating: 0, count: 6)
    for row in 0..<200 {
      let presence = (0..<6).map { result.scalars[row * 17 + 11 + $0] }
      let isFirst = presence[..<3].contains(1)
      let isSecond = presence[3...].contains(1)
      #expect(!(isFirst && isSecond))
      firsts += isFirst ? 1 : 0
      for field in 0..<6 where presence[field] == 1 { kept[field] += 1 }
    }
    // Six of ten rows show the first three fields, of which each stays in six of ten.
    #expect((90...140).contains(firsts))
    for field in 0..<6 { #expect((15...110).contains(kept[field]), "\(kept)") }
  }

  @Test func renditionsThatFitNoItemsAreRefused() {
    for (count, cells) in [(0, [0, 1, 2, 1, 0, 3]), (3, [0, 1]), (3, [0, 1, 2, 1, 0, 9])] {
      var other = whole
      other.renditions = .init(firstCount: count, cells: cells)
      #expect(throws: TrainingError.self) { try other.validate() }
    }
    var other = whole
    other.linearPath = true
    #expect(throws: TrainingError.self) { try other.validate() }
    other.renditions = nil
    #expect(throws: Never.self) { try other.validate() }
  }
}
