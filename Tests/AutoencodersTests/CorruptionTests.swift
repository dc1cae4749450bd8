import HourglassAutoencoders
import HourglassEngines
import HourglassGraphs
import HourglassTensors
import Testing

@Suite struct CorruptionTests {
  private func corrupted(_ corruption: Corruption, by value: Float = 0.5) throws -> [Float] {
    var builder = GraphBuilder()
    let x = builder.input("x", [4, 1000])
    builder.output("y", corruption(x, in: &builder))
    let plan = ReferencePlan(try builder.finish(), seed: 2)
    plan.feed(Tensor(repeating: value, shape: [4, 1000]), to: plan.graph.requiredInput("x"))
    try plan.run(step: 1)
    return plan.result(plan.graph.requiredOutput("y")).scalars
  }

  private func moments(_ values: [Float]) -> (mean: Double, deviation: Double) {
    let mean = values.reduce(0) { $0 + Double($1) } / Double(values.count)
    let square = values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    return (mean, (square / Double(values.count)).squareRoot())
  }

  @Test func nothingIsTheItem() throws {
    #expect(try corrupted(.none).allSatisfy { $0 == 0.5 })
  }

  @Test func maskingHidesItsShare() throws {
    let values = try corrupted(.masking(rate: 0.25))
    #expect(values.allSatisfy { $0 == 0 || $0 == 0.5 })
    #expect(abs(Double(values.count { $0 == 0 }) / 4000 - 0.25) < 0.02)
  }

  @Test func levelsOfNoiseDifferByItem() throws {
    let values = try corrupted(.gaussianRange(lower: 0.1, upper: 0.9))
    let found = (0..<4).map { moments(Array(values[$0 * 1000..<$0 * 1000 + 1000])).deviation }
    #expect(found.allSatisfy { 0.09 < $0 && $0 < 0.97 })
    #expect(found.max()! - found.min()! > 0.1)
  }

  @Test func saltAndPepperAreAsOften() throws {
    let values = try corrupted(.saltAndPepper(rate: 0.2, lower: -1, upper: 2))
    #expect(values.allSatisfy { $0 == -1 || $0 == 0.5 || $0 == 2 })
    #expect(abs(Double(values.count { $0 == -1 }) / 4000 - 0.1) < 0.015)
    #expect(abs(Double(values.count { $0 == 2 }) / 4000 - 0.1) < 0.015)
  }

  @Test(arguments: [
    (Corruption.gaussian(standardDeviation: 0.3), 0.3),
    (.speckle(standardDeviation: 0.4), 0.2),
    (.poisson(peak: 50), 0.1),
  ])
  func noiseHasItsDeviation(_ corruption: Corruption, _ deviation: Double) throws {
    let found = moments(try corrupted(corruption))
    #expect(abs(found.mean - 0.5) < 4 * deviation / 4000.0.squareRoot())
    #expect(abs(found.deviation - deviation) < 0.05 * deviation)
  }

  /// What 200 items of 50 values, each of the number of its item, become.
  private func swapped(_ rate: Float) throws -> [[Float]] {
    var builder = GraphBuilder()
    let x = builder.input("x", [200, 50])
    builder.output("y", Corruption.swapping(rate: rate)(x, in: &builder))
    let plan = ReferencePlan(try builder.finish(), seed: 2)
    let values = (0..<10_000).map { Float($0 / 50) }
    plan.feed(Tensor(values, shape: [200, 50]), to: plan.graph.requiredInput("x"))
    try plan.run(step: 1)
    let found = plan.result(plan.graph.requiredOutput("y")).scalars
    return (0..<200).map { Array(found[$0 * 50..<$0 * 50 + 50]) }
  }

  @Test func swappingTakesItsShareFromTheNextItem() throws {
    let items = try swapped(0.2)
    for (item, values) in items.enumerated() {
      let other = Float((item + 1) % 200)
      #expect(values.allSatisfy { $0 == Float(item) || $0 == other })
    }
    let share =
      Double(
        items.enumerated().reduce(0) { sum, item in
          sum + item.element.count { $0 != Float(item.offset) }
        }
      ) / 10_000
    #expect(abs(share - 0.2) < 0.02)
    #expect(
      try swapped(0).enumerated().allSatisfy { item, values in
        values == Array(repeating: Float(item), count: 50)
      }
    )
    #expect(
      try swapped(1).enumerated().allSatisfy { item, values in
        values == Array(repeating: Float((item + 1) % 200), count: 50)
      }
    )
  }

  @Test func aRateIsAShare() throws {
    #expect(throws: TrainingError.self) { try Corruption.swapping(rate: 1.5).validate() }
    #expect(throws: TrainingError.self) { try Corruption.swapping(rate: -0.1).validate() }
    try Corruption.swapping(rate: 1).validate()
  }
}
