import CProcess
import HourglassEngines
import HourglassGraphs
import HourglassNetworks
import HourglassTensors

/// A network that is ready to be timed, in this process and on this thread.
struct TrainingMeasurement {
  private let workload: ReferenceWorkload
  private let precision: BenchmarkPrecision
  private let plan: OneDNNPlan
  private let step: NodeID

  /// Compiles the training step of a network, and feeds it with one batch of random numbers.
  init(_ workload: ReferenceWorkload, precision: BenchmarkPrecision, threads: Int) throws {
    self.workload = workload
    self.precision = precision
    let graph = try workload.trainingGraph()
    plan = try OneDNNPlan(
      graph,
      seed: 0,
      threads: threads,
      precision: precision == .bfloat16 ? .bfloat16 : .float32
    )
    let inputs = Dictionary(uniqueKeysWithValues: graph.inputs.map { ($0.name, $0.node) })
    guard let x = inputs["x"], let rate = inputs["learningRate"], let step = inputs["step"] else {
      throw Failure("\(workload.name) lacks an input.", exitCode: .machine)
    }
    self.step = step
    let shape = workload.inputShape
    var generator = SeededGenerator(seed: 0)
    let values = (0..<shape.elementCount).map { _ in generator.nextUniform() }
    plan.feed(Tensor(values, shape: shape), to: x)
    plan.feed(0.001, to: rate)
  }

  /// Times steps for some seconds, and counts the allocations of further ones.
  func figures(seconds: Double) throws -> TrainingFigures {
    var number: UInt64 = 0
    for _ in 0..<10 { try run(&number) }
    let milliseconds = try medianMilliseconds(seconds: seconds, &number)
    let allocations = try allocations(steps: 100, &number)
    let times = try stepTimes(seconds: min(seconds, 1), &number)
    let products = zip(times, plan.isProduct).reduce(0) { $0 + ($1.1 ? $1.0 : 0) }
    let operations = 6 * Double(try workload.forwardMultiplyAdds())
    return TrainingFigures(
      workload: workload.name,
      mode: precision.rawValue,
      batch: workload.batch,
      millisecondsPerStep: milliseconds,
      samplesPerSecond: Double(workload.batch) / milliseconds * 1e3,
      gigaflopsPerSecond: operations / milliseconds / 1e6,
      allocationsPerStep: allocations?.own,
      libraryAllocationsPerStep: allocations?.library,
      peakMemory: PeakMemory.bytes.map { Double($0) / 1_048_576 },
      arena: Double(plan.arenaByteCount) / 1_048_576,
      threads: plan.threads,
      primitiveMilliseconds: products * 1e3,
      primitiveShare: products / max(times.reduce(0, +), 1e-12)
    )
  }

  /// The parts of a step with the microseconds they take, slowest first.
  func profile(seconds: Double) throws -> String {
    var number: UInt64 = 1_000_000
    let times = try stepTimes(seconds: seconds, &number).map { $0 * 1e6 }
    let sum = times.reduce(0, +)
    let lines = times.indices.sorted { times[$0] > times[$1] }.map { index in
      let time = TextTable.cell(
        NumberText.fixed(times[index], places: 1),
        width: 10,
        isFirst: false
      )
      let part = TextTable.cell(
        NumberText.fixed(100 * times[index] / max(sum, 1e-9), places: 1),
        width: 6,
        isFirst: false
      )
      return "\(time) us \(part) %  \(plan.stepLabels[index])"
    }
    let title = "\(workload.name): \(lines.count) parts, \(NumberText.fixed(sum, places: 1)) us"
    return ([title] + lines).joined(separator: "\n")
  }

  /// The seconds that each part of a step takes in the mean.
  private func stepTimes(seconds: Double, _ number: inout UInt64) throws -> [Double] {
    plan.profile(true)
    defer { plan.profile(false) }
    let end = ContinuousClock.now + .seconds(seconds)
    var count = 0
    while ContinuousClock.now < end || count == 0 {
      try run(&number)
      count += 1
    }
    return plan.stepSeconds.map { $0 / Double(count) }
  }

  private func run(_ number: inout UInt64) throws(EngineError) {
    number += 1
    plan.feed(Float(number), to: step)
    try plan.run(step: number)
  }

  private func medianMilliseconds(seconds: Double, _ number: inout UInt64) throws -> Double {
    var times: [Duration] = []
    times.reserveCapacity(1 << 16)
    let end = ContinuousClock.now + .seconds(seconds)
    var now = ContinuousClock.now
    while now < end || times.count < 10 {
      try run(&number)
      let finished = ContinuousClock.now
      times.append(finished - now)
      now = finished
    }
    times.sort()
    return times[times.count / 2] / .milliseconds(1)
  }

  private func allocations(
    steps: Int,
    _ number: inout UInt64
  ) throws -> (own: Double, library: Double)? {
    guard hg_allocations_can_count() == 1 else { return nil }
    hg_allocations_start()
    defer { hg_allocations_stop() }
    for _ in 0..<steps { try run(&number) }
    return (
      own: Double(hg_allocations_own()) / Double(steps),
      library: Double(hg_allocations_library()) / Double(steps)
    )
  }
}
