import HourglassEngines
import HourglassGraphs
import HourglassNetworks
import HourglassTensors
import HourglassTestSupport
import Testing

@Suite struct NormalizationTests {
  private let x = normal([4, 3, 5], scale: 2)

  /// The elements of a channel over batch and time.
  private func channel(_ tensor: Tensor, _ channel: Int) -> [Double] {
    (0..<4).flatMap { n in (0..<5).map { Double(tensor.scalars[(n * 3 + channel) * 5 + $0]) } }
  }

  private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  private func variance(_ values: [Double], lost: Int = 0) -> Double {
    let center = mean(values)
    let total = values.reduce(0) { $0 + ($1 - center) * ($1 - center) }
    return total / Double(values.count - lost)
  }

  @Test func batchNormalizationFollowsTheBatchWhileTraining() throws {
    var builder = GraphBuilder()
    let input = builder.input("x", x.shape)
    let y = builder.scoped("norm") { BatchNormalization(mode: .training)(input, in: &$0) }
    builder.output("y", y)
    let graph = try builder.finish()
    #expect(graph.parameterList == ["norm.scale [3]", "norm.shift [3]"])
    #expect(graph.stateNames == ["norm.runningMean", "norm.runningVariance"])
    let plan = ReferencePlan(graph, seed: 1)
    plan.feed(x, to: input)
    try plan.run(step: 1)
    let means = try #require(plan.variables["norm.runningMean"])
    let variances = try #require(plan.variables["norm.runningVariance"])
    for c in 0..<3 {
      let result = channel(plan.result(y), c)
      #expect(near(mean(result), 0, 1e-6))
      #expect(near(variance(result), 1, 1e-4))
      #expect(near(means.doubles[c], 0.1 * mean(channel(x, c))))
      #expect(near(variances.doubles[c], 0.9 + 0.1 * variance(channel(x, c), lost: 1)))
    }
    for step in 2...200 { try plan.run(step: UInt64(step)) }
    let later = try #require(plan.variables["norm.runningMean"])
    #expect((0..<3).allSatisfy { near(later.doubles[$0], mean(channel(x, $0))) })
  }

  @Test func batchNormalizationUsesRunningStatisticsAtInference() throws {
    let variables = [
      "scale": Tensor([1, 2, 3], shape: [3]), "shift": Tensor([0.5, 0, -1], shape: [3]),
      "runningMean": Tensor([1, -1, 0], shape: [3]),
      "runningVariance": Tensor([4, 1, 0.25], shape: [3]),
    ]
    let y = try evaluate([x], variables: variables) {
      [BatchNormalization(mode: .inference)($1[0], in: &$0)]
    }[0]
    for c in 0..<3 {
      let scale = [1.0, 2, 3][c]
      let shift = [0.5, 0, -1][c]
      let deviation = ([4.0, 1, 0.25][c] + 1e-5).squareRoot()
      for (result, value) in zip(channel(y, c), channel(x, c)) {
        #expect(near(result, scale * (value - [1.0, -1, 0][c]) / deviation + shift))
      }
    }
    let (graph, _) = try built(x.shape) { BatchNormalization(mode: .inference)($1, in: &$0) }
    #expect(graph.updates.isEmpty)
  }

  @Test func layerAndGroupNormalizationStandardizeEachItem() throws {
    let y = try evaluate([x]) { [LayerNormalization()($1[0], in: &$0)] }[0]
    for n in 0..<4 {
      let item = Array(y.doubles[n * 15..<(n + 1) * 15])
      #expect(near(mean(item), 0, 1e-6))
      #expect(near(variance(item), 1, 1e-4))
    }
    let z = try evaluate([x]) { [GroupNormalization(groups: 3)($1[0], in: &$0)] }[0]
    for row in 0..<12 {
      let group = Array(z.doubles[row * 5..<(row + 1) * 5])
      #expect(near(mean(group), 0, 1e-6))
      #expect(near(variance(group), 1, 1e-3))
    }
  }
}
