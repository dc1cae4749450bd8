import CHourglassOneDNN
import HourglassBenchmarkSupport
import HourglassGraphs
import HourglassTestSupport
import Testing

@testable import HourglassEngines

/// Follows a program step by step and finds what reads memory that something else has written.
private struct MemorySimulation {
  /// The buffer that owns a range of the arena, from its offset on.
  private var owners: [(range: Range<Int>, buffer: Int)] = []
  private(set) var problems: [String] = []
  private let buffers: [Buffer]
  private let memory: MemoryPlan

  /// Follows steps in the memory that was planned for them, or for other ones.
  init(buffers: [Buffer], steps: [Step], plannedFor planned: [Step]? = nil) {
    self.buffers = buffers
    memory = MemoryPlan(buffers: buffers, steps: planned ?? steps)
    for buffer in buffers.indices where buffers[buffer].isPersistent { claim(buffer) }
    // Twice: what a run leaves must not disturb the next one.
    for _ in 0..<2 {
      for step in steps { follow(step) }
    }
    for buffer in buffers.indices where buffers[buffer].isPersistent {
      expectOwner(buffer, "at the end")
    }
  }

  private func range(_ buffer: Int) -> Range<Int> {
    memory.offsets[buffer]..<memory.offsets[buffer] + buffers[buffer].byteCount
  }

  private mutating func claim(_ buffer: Int) {
    let range = range(buffer)
    if range.upperBound > memory.byteCount || memory.offsets[buffer] % 64 != 0 {
      problems.append("buffer \(buffer) is out of place")
    }
    for owner in owners where owner.range.overlaps(range) && owner.buffer != buffer {
      if buffers[owner.buffer].isPersistent {
        problems.append("buffer \(buffer) is placed over the kept buffer \(owner.buffer)")
      }
    }
    owners.removeAll { $0.range.overlaps(range) }
    owners.append((range, buffer))
  }

  private mutating func expectOwner(_ buffer: Int, _ moment: String) {
    if !owners.contains(where: { $0.buffer == buffer }) {
      problems.append("buffer \(buffer) holds nothing of its own \(moment)")
    }
  }

  private mutating func follow(_ step: Step) {
    for buffer in step.reads { expectOwner(buffer, "when read by \(step.label)") }
    for target in Set(step.writes) {
      for source in Set(step.reads) where source != target && range(source).overlaps(range(target))
      {
        checkSharing(step, source, target)
      }
      for other in Set(step.writes) where other < target && range(other).overlaps(range(target)) {
        problems.append("\(step.label) writes two buffers in one place")
      }
    }
    for buffer in step.writes { claim(buffer) }
  }

  /// A result may lie where an operand lay if each element is read before it is written.
  private mutating func checkSharing(_ step: Step, _ source: Int, _ target: Int) {
    guard case .elementwise(let program) = step.body, range(source) == range(target) else {
      problems.append("\(step.label) overwrites what it reads")
      return
    }
    let results = program.outputs.filter { $0.place.buffer == target }
    for operand in program.inputs where operand.place.buffer == source {
      for result in results
      where result.strides != operand.strides || result.place.offset != operand.place.offset {
        problems.append("\(step.label) overwrites an operand of other strides")
      }
    }
    if program.sums.contains(where: { $0.target.buffer == target }) {
      problems.append("\(step.label) puts a sum over an operand")
    }
  }
}

@Suite struct MemoryPlanTests {
  private func problems(of graph: Graph, threads: Int = 2) throws -> [String] {
    let lowering = Lowering(graph, library: try Library(threads: threads), parts: threads)
    try lowering.lower()
    for step in lowering.steps {
      guard case .elementwise(let program) = step.body else { continue }
      let named = Set(step.reads + step.writes)
      for operand in program.inputs + program.outputs
      where !named.contains(operand.place.buffer)
        && lowering.buffers[operand.place.buffer].initialValue == nil
      {
        return ["\(step.label) does not name a buffer"]
      }
    }
    return MemorySimulation(buffers: lowering.buffers, steps: lowering.steps).problems
  }

  @Test(arguments: ReferenceWorkload.all.map(\.name))
  func workloadsKeepTheirBuffersApart(_ name: String) throws {
    let workload = try #require(ReferenceWorkload.all.first { $0.name == name })
    #expect(try problems(of: try workload.trainingGraph()) == [])
    #expect(try problems(of: try workload.forwardGraph()) == [])
  }

  @Test func plansKeepTheirBuffersApart() throws {
    for planCase in PlanCase.all {
      #expect(try problems(of: try planCase.graph()) == [], "\(planCase)")
    }
  }

  @Test func randomGraphsKeepTheirBuffersApart() throws {
    for seed: UInt64 in 0..<200 {
      #expect(try problems(of: try RandomGraph(seed: seed).graph) == [], "seed \(seed)")
    }
  }

  /// The simulation finds a plan that is wrong: one that does not know of the last reader.
  @Test func simulationFindsAnOverwrittenBuffer() {
    let buffers = (0..<4).map { _ in Buffer(byteCount: 64, isPersistent: false, initialValue: nil) }
    func copy(_ source: Int, _ target: Int) -> Step {
      let (from, to) = (BufferPlace(buffer: source), BufferPlace(buffer: target))
      return Step(
        body: .copy(source: from, target: to, byteCount: 64),
        label: "copy",
        reads: [source],
        writes: [target]
      )
    }
    let random = Step.Body.random(
      HG_RANDOM_NORMAL,
      stream: 1,
      target: BufferPlace(buffer: 0),
      count: 16
    )
    let first = Step(body: random, label: "random", reads: [], writes: [0])
    let steps = [first, copy(0, 1), copy(1, 2)]
    #expect(MemorySimulation(buffers: buffers, steps: steps).problems == [])
    let more = steps + [copy(0, 3)]
    #expect(MemorySimulation(buffers: buffers, steps: more).problems == [])
    #expect(MemorySimulation(buffers: buffers, steps: more, plannedFor: steps).problems != [])
  }
}
