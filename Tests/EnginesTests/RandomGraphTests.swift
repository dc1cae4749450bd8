import HourglassGraphs
import HourglassTensors
import Testing

@testable import HourglassEngines

/// Graphs drawn at random, by both executors.
@Suite struct RandomGraphTests {
  @Test(arguments: 0..<8)
  func randomGraphsAgree(_ group: Int) throws {
    for seed in UInt64(group * 50)..<UInt64(group * 50 + 50) {
      let made = try RandomGraph(seed: seed)
      do {
        try Agreement(
          graph: made.graph,
          threads: seed % 2 == 0 ? 1 : 2,
          singleThreadLimit: 0
        ).check(steps: made.steps)
      } catch {
        Issue.record("seed \(seed): \(error)\n\(made.graph)")
      }
    }
  }
}
