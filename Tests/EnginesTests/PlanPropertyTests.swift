import HourglassBenchmarkSupport
import HourglassGraphs
import HourglassNetworks
import HourglassTensors
import Testing

@testable import HourglassEngines

/// What a user may rely on beyond the numbers themselves.
@Suite struct PlanPropertyTests {
  // MARK: Rows

  /// An encoder for one batch of items.
  struct Encoder: Sendable, CustomStringConvertible {
    let description: String
    let item: Shape
    let build: @Sendable (inout GraphBuilder, NodeID) -> NodeID

    static let all: [Encoder] =
      [30, 100, 784].flatMap { features in
        [Activation.relu, .gelu, .tanh].map { activation in
          Encoder(description: "dense \(features) \(activation)", item: [features]) { builder, x in
            Sequential([
              Dense(65, activation: activation), Dense(32, activation: activation), Dense(7),
            ])(x, in: &builder)
          }
        }
      } + [
        Encoder(description: "convolutional 1x14x14", item: [1, 14, 14]) { builder, x in
          Sequential([
            ConvolutionLayer(
              rank: 2,
              12,
              kernelSize: 3,
              stride: 2,
              padding: .explicit(1),
              activation: .relu
            ),
            ConvolutionLayer(
              rank: 2,
              20,
              kernelSize: 3,
              stride: 2,
              padding: .explicit(1),
              activation: .silu
            ),
            Flatten(), Dense(9),
          ])(x, in: &builder)
        },
        Encoder(description: "convolutional 3x9x9", item: [3, 9, 9]) { builder, x in
          Sequential([
            ConvolutionLayer(rank: 2, 16, kernelSize: 3, padding: .explicit(1), activation: .relu),
            Flatten(),
            Dense(16, activation: .logistic), Dense(3),
          ])(x, in: &builder)
        },
        Encoder(description: "series 5x32", item: [5, 32]) { builder, x in
          Sequential([
            ConvolutionLayer(
              rank: 1,
              12,
              kernelSize: 5,
              stride: 2,
              padding: .explicit(2),
              activation: .relu
            ),
            Flatten(), Dense(4),
          ])(x, in: &builder)
        },
      ]
  }

  /// A row gives the same bits at every place of the batch and whatever the other rows are.
  @Test(arguments: Encoder.all, [1, 2])
  func rowsDoNotDependOnEachOther(_ encoder: Encoder, threads: Int) throws {
    try checkRows(encoder, threads: threads, batches: [64, 128, 256], .float32)
  }

  func checkRows(
    _ encoder: Encoder,
    threads: Int,
    batches: [Int],
    _ precision: ComputePrecision
  ) throws {
    for batch in batches {
      var builder = GraphBuilder()
      let x = builder.input("x", Shape([batch] + encoder.item.dimensions))
      let y = encoder.build(&builder, x)
      builder.output("y", y)
      let graph = try builder.finish()
      let plan = try OneDNNPlan(
        graph,
        seed: 5,
        threads: threads,
        precision: precision,
        singleThreadLimit: 0
      )
      var generator = SeededGenerator(seed: 3)
      let width = encoder.item.elementCount
      let rows = (0..<batch).map { _ in (0..<width).map { _ in generator.nextNormal() } }
      func run(_ order: [Int?]) throws -> [[UInt32]] {
        let scalars = order.flatMap { row in
          row.map { rows[$0] } ?? [Float](repeating: .infinity, count: width)
        }
        plan.feed(Tensor(scalars, shape: graph[x].shape), to: x)
        try plan.run(step: 0)
        let result = plan.result(y).scalars.map(\.bitPattern)
        let count = result.count / batch
        return (0..<batch).map { Array(result[$0 * count..<($0 + 1) * count]) }
      }
      let first = try run(Array(0..<batch))
      for shift in [1, 7, batch / 2, batch - 1] {
        let order = (0..<batch).map { ($0 * 5 + shift) % batch }
        let moved = try run(order)
        let wrong = (0..<batch).filter { moved[$0] != first[order[$0]] }
        #expect(wrong == [], "batch \(batch), shift \(shift)")
      }
      // Rows of infinities between the others.
      let broken = try run((0..<batch).map { $0 % 3 == 1 ? nil : $0 })
      let wrong = (0..<batch).filter { $0 % 3 != 1 && broken[$0] != first[$0] }
      #expect(wrong == [], "batch \(batch), next to infinities")
    }
  }

  // MARK: Repetition

  @Test(arguments: ["tabular-100", "vae-784", "conv-28", "series-128"], [1, 2])
  func plansOfOneSeedGiveTheSameBytes(_ name: String, threads: Int) throws {
    let workload = try #require(ReferenceWorkload.all.first { $0.name == name })
    let graph = try workload.trainingGraph()
    let inputs = Dictionary(uniqueKeysWithValues: graph.inputs.map { ($0.name, $0.node) })
    func train() throws -> [String: [UInt32]] {
      let plan = try OneDNNPlan(graph, seed: 11, threads: threads)
      var generator = SeededGenerator(seed: 1)
      var losses: [UInt32] = []
      for step in 1...5 {
        let count = workload.inputShape.elementCount
        let x = Tensor((0..<count).map { _ in generator.nextUniform() }, shape: workload.inputShape)
        plan.feed(x, to: try #require(inputs["x"]))
        plan.feed(0.001, to: try #require(inputs["learningRate"]))
        plan.feed(Float(step), to: try #require(inputs["step"]))
        try plan.run(step: UInt64(step))
        losses.append(plan.result(try #require(graph.output("loss"))).scalars[0].bitPattern)
      }
      var result = plan.variables.mapValues { $0.scalars.map(\.bitPattern) }
      result["losses"] = losses
      return result
    }
    let (first, second) = (try train(), try train())
    for (name, bits) in first { #expect(second[name] == bits, "\(name)") }
  }

  // MARK: Numbers that are none

  @Test(arguments: ReferenceWorkload.all.map(\.name).filter { !$0.contains("large") })
  func notANumberReachesTheLoss(_ name: String) throws {
    let workload = try #require(ReferenceWorkload.all.first { $0.name == name })
    let graph = try workload.trainingGraph()
    let plan = try OneDNNPlan(graph, seed: 11, threads: 2)
    let inputs = Dictionary(uniqueKeysWithValues: graph.inputs.map { ($0.name, $0.node) })
    plan.feed(0.001, to: try #require(inputs["learningRate"]))
    plan.feed(1, to: try #require(inputs["step"]))
    let loss = try #require(graph.output("loss"))
    for value in [Float.nan, .infinity, -.infinity] {
      plan.withInput(try #require(inputs["x"])) { span in
        for index in 0..<span.count { span[index] = 0.5 }
        span[span.count / 2] = value
      }
      try plan.run(step: 1)
      #expect(!plan.result(loss).scalars[0].isFinite, "\(value)")
    }
  }

  /// A weight that is not a number is seen in the result, whatever activation follows.
  @Test(arguments: [UnaryFunction.relu, .elu(alpha: 1), .tanh, .logistic, .gelu, .silu])
  func notANumberPassesThroughActivations(_ function: UnaryFunction) throws {
    var builder = GraphBuilder()
    let x = builder.input("x", [6, 5])
    let initial = Initializer.normal(standardDeviation: 1)
    let y = builder.apply(function, builder.dense(x, builder.parameter("w", [12, 5], initial)))
    let image = builder.input("image", [2, 3, 5, 5])
    let kernel = builder.parameter("k", [12, 3, 3, 3], initial)
    let z = builder.apply(function, builder.convolution(image, kernel, Convolution(rank: 2)))
    builder.output("y", y)
    builder.output("z", z)
    let graph = try builder.finish()
    let plan = try OneDNNPlan(graph, seed: 1, threads: 1)
    for (_, node) in graph.inputs {
      plan.withInput(node) { span in
        for index in 0..<span.count { span[index] = 1 }
        span[0] = .nan
      }
    }
    try plan.run(step: 0)
    for node in [y, z] {
      let scalars = plan.result(node).scalars
      #expect(scalars[0].isNaN, "\(node)")
      #expect(scalars.last?.isNaN == false, "\(node)")
    }
  }

  // MARK: Variables

  @Test func variablesKeepWhatTheyAreGiven() throws {
    for planCase in PlanCase.all {
      let graph = try planCase.graph()
      let plan = try OneDNNPlan(graph, seed: 1, threads: 2)
      var generator = SeededGenerator(seed: 2)
      var values: [String: Tensor] = [:]
      for (variable, node) in graph.variables {
        let shape = graph[node].shape
        let scalars = (0..<shape.elementCount).map { _ in generator.nextNormal() }
        values[variable.name] = Tensor(scalars, shape: shape)
      }
      plan.setVariables(values)
      #expect(plan.variables == values, "\(planCase)")
    }
  }

  // MARK: Threads

  /// Rows that cannot be shared out evenly, and more threads than rows.
  @Test(arguments: [2, 3, 5])
  func anyNumberOfThreadsGivesTheSameNumbers(_ threads: Int) throws {
    for seed: UInt64 in 1000..<1030 {
      let made = try RandomGraph(seed: seed)
      let agreement = Agreement(graph: made.graph, threads: threads, singleThreadLimit: 0)
      do {
        try agreement.check(steps: made.steps)
      } catch {
        Issue.record("seed \(seed): \(error)\n\(made.graph)")
      }
    }
  }
}
