import Foundation
import HourglassEngines
import HourglassGraphs
import HourglassNetworks
import HourglassSystem
import HourglassTensors
import HourglassTestSupport
import Testing

@Suite struct OptimizerTests {
  /// Golden values by hand: the formulas of the schedules at rate 1.
  @Test func schedulesHaveTheirValues() {
    func rates(_ schedule: LearningRateSchedule, warmUp: Int, total: Int?, _ steps: [Int])
      -> [Float]
    {
      let optimizer = Optimizer(learningRate: 1, schedule: schedule, warmUpSteps: warmUp)
      return steps.map { optimizer.learningRate(atStep: $0, totalSteps: total) }
    }
    func agree(_ found: [Float], _ expected: [Double]) -> Bool {
      zip(found, expected).allSatisfy { near(Double($0), $1, 1e-6) }
    }
    #expect(agree(rates(.constant, warmUp: 0, total: nil, [1, 2, 99]), [1, 1, 1]))
    #expect(agree(rates(.constant, warmUp: 4, total: nil, [1, 2, 4, 5]), [0.25, 0.5, 1, 1]))
    // Steps 5 to 13 after a warm-up of 4: p = 0, 1/4, 1/2, 1, 1.
    #expect(
      agree(
        rates(.cosine(final: 0.1), warmUp: 4, total: 13, [2, 5, 7, 9, 13, 20]),
        [0.5, 1, 0.1 + 0.45 * (1 + 0.5.squareRoot()), 0.55, 0.1, 0.1]
      )
    )
    #expect(agree(rates(.cosine(final: 0), warmUp: 0, total: nil, [1, 50]), [1, 1]))
    #expect(agree(rates(.linear(final: 0), warmUp: 0, total: 11, [1, 6, 11]), [1, 0.5, 0]))
    #expect(
      agree(
        rates(.step(every: 10, factor: 0.5), warmUp: 0, total: nil, [10, 11, 21]),
        [1, 0.5, 0.25]
      )
    )
    #expect(
      agree(
        rates(.exponential(every: 10, factor: 0.25), warmUp: 0, total: nil, [1, 6, 11]),
        [1, 0.5, 0.25]
      )
    )
    #expect(agree(rates(.step(every: 0, factor: 0.5), warmUp: -3, total: 0, [0, 1]), [1, 1]))
  }

  private struct Fitting {
    let graph: Graph
    let x: NodeID
    let inputs: OptimizerInputs
  }

  /// The loss |W x + b - 1|² of a layer from 2 to 1.
  private func fitting(_ optimizer: Optimizer) throws -> Fitting {
    var builder = GraphBuilder()
    let x = builder.input("x", [4, 2])
    let y = builder.scoped("layer") { Dense(1)(x, in: &$0) }
    let loss = builder.mean(builder.apply(.square, builder.affine(y, offset: -1)))
    builder.output("loss", loss)
    let parameters = builder.parameters
    let inputs = optimizer.addUpdates(minimizing: loss, parameters: parameters, in: &builder)
    return Fitting(graph: try builder.finish(), x: x, inputs: inputs)
  }

  private let data = Tensor([1, 0, 0, 1, 1, 1, 0.5, -1], shape: [4, 2])

  /// Runs some steps and gives the plan and the losses.
  private func run(_ optimizer: Optimizer, steps: Int) throws -> (plan: ReferencePlan, [Float]) {
    let fitting = try fitting(optimizer)
    let plan = ReferencePlan(fitting.graph, seed: 2)
    plan.feed(data, to: fitting.x)
    let loss = try #require(fitting.graph.output("loss"))
    var losses: [Float] = []
    for step in 1...steps {
      plan.feed(
        optimizer.learningRate(atStep: step, totalSteps: steps),
        to: fitting.inputs.learningRate
      )
      plan.feed(Float(step), to: fitting.inputs.step)
      try plan.run(step: UInt64(step))
      losses.append(plan.result(loss).scalars[0])
    }
    return (plan, losses)
  }

  @Test func adamKeepsTwoMomentsForEachParameter() throws {
    let fitting = try fitting(Optimizer())
    #expect(
      fitting.graph.stateNames == [
        "optimizer.first.layer.weight", "optimizer.second.layer.weight",
        "optimizer.first.layer.bias", "optimizer.second.layer.bias",
      ]
    )
    #expect(fitting.graph.inputs.map(\.name).sorted() == ["learningRate", "step", "x"])
    #expect(fitting.inputs.gradientNorm == nil)
    #expect(fitting.graph.updates.count == 2)
  }

  @Test func onlyMatricesDecay() throws {
    let fitting = try fitting(Optimizer(algorithm: .adamW(weightDecay: 0.1)))
    let decays = fitting.graph.updates.compactMap {
      if case .adam(let adam) = $0 { adam.weightDecay } else { nil }
    }
    #expect(decays == [0.1, 0])
  }

  @Test func gradientDescentKeepsAVelocityOnlyWithMomentum() throws {
    let plain = try fitting(Optimizer(algorithm: .gradientDescent(momentum: 0)))
    #expect(plain.graph.stateNames.isEmpty)
    let heavy = try fitting(Optimizer(algorithm: .gradientDescent(isNesterov: true)))
    #expect(
      heavy.graph.stateNames == [
        "optimizer.velocity.layer.weight", "optimizer.velocity.layer.bias",
      ]
    )
  }

  @Test(
    arguments: [
      Optimizer.Algorithm.adam(), .adamW(weightDecay: 1e-4), .gradientDescent(momentum: 0),
      .gradientDescent(momentum: 0.9), .gradientDescent(momentum: 0.9, isNesterov: true),
    ]
  )
  func everyAlgorithmLowersTheLoss(algorithm: Optimizer.Algorithm) throws {
    let optimizer = Optimizer(
      algorithm: algorithm,
      learningRate: 0.02,
      schedule: .cosine(final: 0.1),
      warmUpSteps: 5
    )
    let (_, losses) = try run(optimizer, steps: 300)
    let last = try #require(losses.last)
    #expect(last < 0.05 * losses[0], "\(losses[0]) to \(last)")
  }

  /// The first step of Adam moves every parameter by the learning rate against its gradient.
  @Test func firstStepOfAdamIsTheLearningRate() throws {
    let fitting = try fitting(Optimizer())
    let plan = ReferencePlan(fitting.graph, seed: 2)
    plan.feed(data, to: fitting.x)
    plan.feed(0.01, to: fitting.inputs.learningRate)
    plan.feed(1, to: fitting.inputs.step)
    let before = try #require(plan.variables["layer.bias"]).doubles[0]
    try plan.run(step: 1)
    let after = try #require(plan.variables["layer.bias"]).doubles[0]
    #expect(near(abs(after - before), 0.01, 1e-6))
  }

  @Test func clippingShortensTheGradientToTheNorm() throws {
    let rule = Optimizer.Algorithm.gradientDescent(momentum: 0)
    let free = Optimizer(algorithm: rule, learningRate: 1)
    var clipped = free
    clipped.gradientClippingNorm = 0.01
    func move(_ optimizer: Optimizer) throws -> (length: Double, norm: Double?) {
      let fitting = try fitting(optimizer)
      let plan = ReferencePlan(fitting.graph, seed: 2)
      plan.feed(data, to: fitting.x)
      plan.feed(1, to: fitting.inputs.learningRate)
      plan.feed(1, to: fitting.inputs.step)
      let before = plan.variables
      try plan.run(step: 1)
      let squares = plan.variables.flatMap { name, value in
        zip(value.doubles, before[name]?.doubles ?? []).map { ($0 - $1) * ($0 - $1) }
      }
      #expect(fitting.graph.output("gradientNorm") == fitting.inputs.gradientNorm)
      let norm = fitting.inputs.gradientNorm.map { plan.result($0).doubles[0] }
      return (squares.reduce(0, +).squareRoot(), norm)
    }
    let whole = try move(free)
    let short = try move(clipped)
    #expect(whole.norm == nil)
    #expect(near(try #require(short.norm), whole.length, 1e-4))
    #expect(near(short.length, 0.01, 1e-6))
    clipped.gradientClippingNorm = 1e6
    #expect(near(try move(clipped).length, whole.length, 1e-6))
  }

  /// The decays are at most 1/2 and (t - 1) / (t + 8), here 0, 1/10 and 2/11; after step 10 they are 1/2.
  @Test func averagesWeighTheParametersAfterEachStep() throws {
    let optimizer = Optimizer(learningRate: 0.1, weightAveraging: 0.5)
    let history = try (1...3).map { count in
      try #require(run(optimizer, steps: count).plan.variables["layer.weight"]).doubles
    }
    let variables = try run(optimizer, steps: 3).plan.variables
    let averages = optimizer.averagedWeights(variables)
    #expect(Set(averages.keys) == ["layer.weight", "layer.bias"])
    let average = try #require(averages["layer.weight"])
    for index in 0..<2 {
      let second = (history[0][index] + 9 * history[1][index]) / 10
      let expected = (2 * second + 9 * history[2][index]) / 11
      #expect(near(average.doubles[index], expected))
    }
    #expect(Optimizer().averagedWeights(variables).isEmpty)
  }

  @Test func configurationSurvivesJSON() throws {
    let optimizer = Optimizer(
      algorithm: .adamW(weightDecay: 0.05),
      schedule: .cosine(final: 0.01),
      warmUpSteps: 10,
      gradientClippingNorm: 1,
      weightAveraging: 0.999
    )
    let data = try JSONEncoder().encode(optimizer)
    #expect(try JSONDecoder().decode(Optimizer.self, from: data) == optimizer)
  }
}
