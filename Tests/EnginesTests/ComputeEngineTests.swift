import Foundation
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
    // Some megabytes: frames of at least 512 bytes, more without optimization.
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

  #if os(Linux)
    /// An engine that is made on the thread of another one, which has a core of its own, must not crowd
    /// its threads on that core.
    @Test(.enabled(if: ProcessInfo.processInfo.activeProcessorCount > 1, "needs two cores"))
    func threadsDoNotInheritACore() async throws {
      let outer = ComputeEngine()
      let (inner, before) = try await outer.perform { engine in
        let cores = try Self.run(engine)
        return (ComputeEngine(), cores)
      }
      #expect(inner.threads == outer.threads)
      let after = try await inner.perform { try Self.run($0) }
      let fresh = after.filter { before[$0.key] == nil && Int($0.value) != nil }
      #expect(Set(fresh.values).count > 1, "its threads are on \(fresh)")
    }

    /// Runs a small plan on an engine's thread, and then gives the cores of all threads.
    private static func run(_ engine: isolated ComputeEngine) throws -> [String: String] {
      var builder = GraphBuilder()
      // Large enough for a team.
      let x = builder.parameter("x", [256, 256], .constant(1))
      builder.output("y", builder.dense(x, x))
      let plan = try engine.makePlan(try builder.finish(), seed: 0)
      try plan.run(step: 0)
      return coresOfThreads()
    }

    /// For each thread of this process the cores that it may use.
    private static func coresOfThreads() -> [String: String] {
      let folder = "/proc/self/task"
      var cores: [String: String] = [:]
      for thread in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
        let text = try? String(contentsOfFile: "\(folder)/\(thread)/status", encoding: .utf8)
        let line = text?.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list") }
        cores[thread] = line.map { String($0.drop { $0 != "\t" }.dropFirst()) }
      }
      return cores
    }
  #endif

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
