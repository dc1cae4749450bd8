import HourglassEngines
import HourglassGraphs
import HourglassTensors
import Testing

@Suite struct ComputeEngineTests {
  @Test func workStaysOnOneThread() async {
    let executor = DedicatedThreadExecutor()
    let owner = Owner(executor)
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<50 { group.addTask { await owner.isOnThread() } }
      for await isOnThread in group { #expect(isOnThread) }
    }
    #expect(!executor.isCurrent)
    #expect(await owner.count == 50)
  }

  @Test func deepRecursionFits() async {
    let owner = Owner(DedicatedThreadExecutor())
    // Some megabytes: frames of at least 512 bytes, more without optimisation.
    #expect(await owner.depth(3_000) == 3_000)
  }

  @Test func enginesComeAndGo() async throws {
    for number in 0..<100 {
      let engine = ComputeEngine(ComputeEngine.Configuration(executor: .reference))
      #expect(await engine.perform { _ in number } == number)
    }
  }

  @Test func plansAreKeptForTheirOwners() async throws {
    final class Token: Sendable {}
    let engine = ComputeEngine(ComputeEngine.Configuration(executor: .reference))
    let first = Token()
    let made = try await engine.perform { engine in
      var made = 0
      // The fourth owner pushes out the first one's two plans.
      let uses = [
        (first, "encode"), (first, "encode"), (first, "decode"), (Token(), "encode"),
        (Token(), "encode"), (Token(), "encode"), (Token(), "encode"), (first, "encode"),
      ]
      for (owner, purpose) in uses {
        _ = try engine.keptPlan(of: owner, for: purpose) { engine in
          made += 1
          return try engine.makePlan(try GraphBuilder().finish(), seed: 0)
        }
      }
      return made
    }
    #expect(made == 2 + 4 + 1)
    await engine.releasePlans()
  }

  private actor Owner {
    private nonisolated let executor: DedicatedThreadExecutor
    private(set) var count = 0

    init(_ executor: DedicatedThreadExecutor) { self.executor = executor }

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    func isOnThread() async -> Bool {
      let before = executor.isCurrent
      await Task.yield()
      count += 1
      return before && executor.isCurrent
    }

    func depth(_ remaining: Int) -> Int {
      withUnsafeTemporaryAllocation(byteCount: 512, alignment: 16) { bytes in
        bytes[remaining % 512] = 1
        return remaining == 0 ? 0 : depth(remaining - 1) + Int(bytes[remaining % 512])
      }
    }
  }
}
