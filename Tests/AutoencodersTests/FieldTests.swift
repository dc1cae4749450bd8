import Foundation
import HourglassAutoencoders
import HourglassEngines
import HourglassGraphs
import HourglassNetworks
import HourglassTensors
import Testing

@Suite struct FieldTests {
  private let layout = FieldVariants.mixed

  private func autoencoder(
    _ objective: Objective = .squaredError,
    corruption: Corruption = .none,
    weights: Autoencoder.FieldWeights = Autoencoder.FieldWeights()
  ) -> Autoencoder {
    Autoencoder(
      encoder: .dense(hidden: [5], activation: .tanh),
      bottleneck: .deterministic(latent: 2),
      objective: objective,
      corruption: corruption,
      fields: layout,
      fieldWeights: weights
    )
  }

  private func run(_ graph: Graph, _ items: Tensor, seed: UInt64 = 3) throws -> ReferencePlan {
    let plan = ReferencePlan(graph, seed: seed)
    plan.feed(items, to: graph.requiredInput(GraphName.input))
    for (name, node) in graph.inputs where name == GraphName.learningRate || name == GraphName.step
    {
      plan.feed(name == GraphName.step ? 1 : 0.01, to: node)
    }
    try plan.run(step: 1)
    return plan
  }

  private func result(_ plan: ReferencePlan, _ name: String) -> Tensor {
    plan.result(plan.graph.requiredOutput(name))
  }

  @Test(arguments: [
    Objective.squaredError, .likelihood(.gaussianLearnedVariance), .distance(.absoluteError),
  ])
  func lossesAreThoseOfTheTextbook(_ objective: Objective) throws {
    let items = TinyFields.items(count: 6, layout)
    let graph = try autoencoder(objective).evaluationGraph(GraphShapes(item: [17], batch: 6))
    let plan = try run(graph, items)
    let (output, losses) = (result(plan, GraphName.output), result(plan, GraphName.fieldLosses))
    #expect(output.shape == [6, 11])
    #expect(losses.shape == [6, 6])
    var squared = [Double](repeating: 0, count: 6)
    for row in 0..<6 {
      for (field, range) in layout.ranges.enumerated() {
        let x = range.map { Double(items.scalars[row * 17 + $0]) }
        let y = range.map { Double(output.scalars[row * 11 + $0]) }
        let isPresent = items.scalars[row * 17 + 11 + field] == 1
        var expected: Double
        if layout.fields[field] == .number {
          let d = x[0] - y[0]
          switch objective {
          case .distance: expected = abs(d)
          case .likelihood(.gaussianLearnedVariance): expected = 0.5 * (d * d + log(2 * .pi))
          default: expected = d * d + 0.5 * log(.pi)
          }
        } else {
          #expect(abs(y.reduce(0, +) - 1) < 1e-6)
          expected = -zip(x, y).reduce(0) { $0 + $1.0 * log($1.1) }
        }
        if !isPresent { expected = 0 }
        #expect(abs(Double(losses.scalars[row * 6 + field]) - expected) < 1e-5)
        if isPresent { squared[row] += zip(x, y).reduce(0) { $0 + pow($1.0 - $1.1, 2) } }
      }
      let total = losses.scalars[row * 6..<row * 6 + 6].reduce(0, +)
      #expect(abs(result(plan, GraphName.reconstruction).scalars[row] - total) < 1e-5)
      let found = Double(result(plan, GraphName.squaredError).scalars[row])
      #expect(abs(found - squared[row]) < 1e-5)
    }
  }

  /// What stands in the values of a missing field changes nothing at all.
  @Test func nothingComesFromMissingCells() throws {
    let learner = autoencoder(
      .likelihood(.gaussianLearnedVariance),
      corruption: .hiding(lower: 0.2, upper: 0.5)
    )
    let graph = try learner.trainingGraph(
      GraphShapes(item: [17], batch: 8),
      optimizer: Optimizer()
    )
    let items = TinyFields.items(count: 8, layout, missing: 0.4)
    var others = items
    var replaced = 0
    for row in 0..<8 {
      for (field, range) in layout.ranges.enumerated()
      where items.scalars[row * 17 + 11 + field] == 0 {
        for place in range { others[flat: row * 17 + place] = 7.5 }
        replaced += 1
      }
    }
    #expect(replaced > 5)
    let first = try run(graph, items)
    let second = try run(graph, others)
    #expect(first.variables == second.variables)
    #expect(result(first, GraphName.loss) == result(second, GraphName.loss))
    let nothing = try run(graph, Tensor.zeros([8, 17]))
    #expect(result(nothing, GraphName.loss).scalars == [0])
  }

  @Test func wholeFieldsAreHidden() throws {
    let layout = FeatureSchema([.category(levels: 4), .number, .category(levels: 2), .number])
    var item: [Float] = [0, 1, 0, 0, 3, 0, 1, -2, 1, 1, 1, 0]
    item[7] = 0
    let learner = Autoencoder(
      corruption: .hiding(lower: 0.2, upper: 0.8),
      fields: layout
    )
    let count = 4000
    var builder = GraphBuilder()
    let x = builder.input("x", [count, 12])
    let shapes = GraphShapes(item: [12], batch: count)
    let seen = try #require(learner.seenItems(x, shapes, in: &builder))
    builder.output("seen", seen)
    let plan = ReferencePlan(try builder.finish(), seed: 4)
    plan.feed(Tensor((0..<count).flatMap { _ in item }, shape: [count, 12]), to: x)
    try plan.run(step: 1)
    let rows = plan.result(seen).scalars
    var (hidden, perRow) = ([Int](repeating: 0, count: 4), [Int](repeating: 0, count: 4))
    for row in 0..<count {
      let found = Array(rows[row * 12..<row * 12 + 12])
      var here = 0
      for (field, range) in layout.ranges.enumerated() {
        let isVisible = found[8 + field] == 1
        #expect(Array(found[range]) == (isVisible ? Array(item[range]) : range.map { _ in 0 }))
        if !isVisible {
          hidden[field] += 1
          if field < 3 { here += 1 }
        }
      }
      perRow[here] += 1
    }
    // A missing field is never visible; the others are hidden half of the time.
    #expect(hidden[3] == count)
    #expect(hidden[..<3].allSatisfy { abs($0 - count / 2) < 120 })
    // With rates between 0.2 and 0.8, none of three is hidden as often as ∫ (1 - r)³ says: 0.17.
    #expect(abs(Double(perRow[0]) / Double(count) - 0.17) < 0.025)
  }

  @Test func weightsChooseWhatCounts() throws {
    let items = TinyFields.items(count: 8, layout)
    func loss(_ corruption: Corruption, _ weights: Autoencoder.FieldWeights = .init()) throws
      -> Float
    {
      let learner = autoencoder(corruption: corruption, weights: weights)
      let graph = try learner.validationGraph(GraphShapes(item: [17], batch: 8))
      return result(try run(graph, items), GraphName.reconstruction).scalars.reduce(0, +)
    }
    let half = Corruption.hiding(lower: 0.5, upper: 0.5)
    let hidden = try loss(half, Autoencoder.FieldWeights(hidden: 1, visible: 0))
    let visible = try loss(half, Autoencoder.FieldWeights(hidden: 0, visible: 1))
    let both = try loss(half)
    // Half of the fields are hidden.
    #expect((0.2...0.8).contains(hidden / both))
    #expect(abs(hidden + visible - both) < 1e-4 * both)
    #expect(try loss(.none, Autoencoder.FieldWeights(hidden: 1, visible: 0)) == 0)
  }

  /// A swapped field is that of the next item, with all of its levels and whether it was observed.
  @Test func swappedFieldsAreThoseOfTheNextItem() throws {
    let items = TinyFields.items(count: 8, layout)
    let learner = autoencoder(corruption: .swapping(rate: 1))
    var builder = GraphBuilder()
    let shapes = GraphShapes(item: [17], batch: 8)
    let x = builder.input(GraphName.input, [8, 17])
    let seen = try #require(learner.seenItems(x, shapes, in: &builder))
    builder.output("seen", seen)
    let rows = result(try run(try builder.finish(), items), "seen").scalars
    let plain = autoencoder(corruption: .none)
    var other = GraphBuilder()
    let y = other.input(GraphName.input, [8, 17])
    other.output("seen", try #require(plain.seenItems(y, shapes, in: &other)))
    let own = result(try run(try other.finish(), items), "seen").scalars
    for item in 0..<8 {
      let next = (item + 1) % 8
      #expect(rows[item * 17..<item * 17 + 17] == own[next * 17..<next * 17 + 17])
    }
    #expect(rows != own)
  }

  @Test func layoutsAreWrittenAsWholeNumbers() throws {
    let text = try JSONEncoder().encode(layout)
    #expect(String(decoding: text, as: UTF8.self) == "[0,3,0,0,2,3]")
    #expect(try JSONDecoder().decode(FeatureSchema.self, from: text) == layout)
    #expect(layout.width == 11)
    #expect(layout.range(of: 4) == 6..<8)
    for wrong in [
      "[0,-2000000]", "[-9223372036854775808]", "[9223372036854775807,9223372036854775807]", "{}",
      "[0.5]",
    ] {
      #expect(throws: (any Error).self) {
        try JSONDecoder().decode(FeatureSchema.self, from: Data(wrong.utf8))
      }
    }
    // A value of an earlier version has no fields.
    let plain = try JSONEncoder().encode(Autoencoder())
    #expect(!String(decoding: plain, as: UTF8.self).contains("fields"))
    #expect(try JSONDecoder().decode(Autoencoder.self, from: plain) == Autoencoder())
  }

  /// Many categories of as many levels are summed along an axis, not by a matrix.
  @Test func manyCategoriesOfAsManyLevelsHaveTheLossesOfTheTextbook() throws {
    let wide = FeatureSchema(Array(repeating: .category(levels: 60), count: 300))
    #expect(wide.commonLevels == 60 && layout.commonLevels == nil)
    let items = TinyFields.items(count: 2, wide)
    let length = wide.width + wide.count
    let autoencoder = Autoencoder(
      encoder: .dense(hidden: [2], activation: .tanh),
      bottleneck: .deterministic(latent: 2),
      fields: wide
    )
    let graph = try autoencoder.evaluationGraph(GraphShapes(item: [length], batch: 2))
    let plan = try run(graph, items)
    let (output, losses) = (result(plan, GraphName.output), result(plan, GraphName.fieldLosses))
    for row in 0..<2 {
      for (field, range) in wide.ranges.enumerated() {
        let isPresent = items.scalars[row * length + wide.width + field] == 1
        let level = range.first { items.scalars[row * length + $0] == 1 } ?? 0
        let expected = isPresent ? -log(Double(output.scalars[row * wide.width + level])) : 0
        #expect(abs(Double(losses.scalars[row * wide.count + field]) - expected) < 1e-5)
      }
    }
  }

  @Test func whatDoesNotFitIsRefused() {
    let wrong: [(Autoencoder, Shape)] = [
      (autoencoder(), [16]), (autoencoder(), [2, 17]),
      (Autoencoder(fields: FeatureSchema([])), [0]),
      (autoencoder(.likelihood(.discretizedLogistic(levels: 4))), [17]),
      (autoencoder(weights: Autoencoder.FieldWeights(hidden: -1)), [17]),
      (autoencoder(corruption: .hiding(lower: 0.5, upper: 0.4)), [17]),
      (Autoencoder(outputActivation: .logistic, fields: layout), [17]),
      (Autoencoder(fields: FeatureSchema([.category(levels: 1 << 20), .number])), [1_048_579]),
      (
        Autoencoder(
          fields: FeatureSchema(
            [.number] + Array(repeating: .category(levels: 1 << 12), count: 200)
          )
        ),
        [819_402]
      ),
    ]
    for (learner, shape) in wrong.dropLast(2) + wrong.suffix(1) {
      #expect(throws: TrainingError.self, "\(shape)") { try learner.validate(itemShape: shape) }
    }
  }
}
