import CAllocations
import HourglassBenchmarkSupport

/// A network that is ready to be timed, in this process and on this thread.
struct TrainingMeasurement {
  private let workload: ReferenceWorkload
  private let precision: BenchmarkPrecision
  private let step: TrainingStep

  /// Compiles the training step of a network, and feeds it with one batch of random numbers.
  init(_ workload: ReferenceWorkload, precision: BenchmarkPrecision, threads: Int?) throws {
    self.workload = workload
    self.precision = precision
    step = try TrainingStep(workload, isHalf: precision == .bfloat16, threads: threads)
  }

  /// Times steps for some seconds, and counts the allocations of further ones.
  func figures(seconds: Double) throws -> TrainingFigures {
    for _ in 0..<10 { try step.run() }
    let milliseconds = try medianMilliseconds(seconds: seconds)
    let allocations = try allocations(steps: 100)
    let parts = try timedParts(seconds: min(seconds, 1))
    let products = parts.reduce(0) { $0 + ($1.isProduct ? $1.seconds : 0) }
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
      peakMemory: PeakMemory.mebibytes,
      arena: Double(step.arenaByteCount) / 1_048_576,
      threads: step.threads,
      primitiveMilliseconds: products * 1e3,
      primitiveShare: products / max(parts.reduce(0) { $0 + $1.seconds }, 1e-12)
    )
  }

  /// The parts of a step with the microseconds they take, slowest first.
  func profile(seconds: Double) throws -> String {
    let parts = try timedParts(seconds: seconds)
    let sum = parts.reduce(0) { $0 + $1.seconds }
    let lines = parts.sorted { $0.seconds > $1.seconds }.map { part in
      let time = (part.seconds * 1e6).fixed(1).leading(to: 10)
      let share = (100 * part.seconds / max(sum, 1e-15)).fixed(1).leading(to: 6)
      return "\(time) us \(share) %  \(part.label)"
    }
    let title = "\(workload.name): \(lines.count) parts, \((sum * 1e6).fixed(1)) us"
    return ([title] + lines).joined(separator: "\n")
  }

  /// The parts of a step with the seconds that each takes in the mean.
  private func timedParts(
    seconds: Double
  ) throws -> [(label: String, isProduct: Bool, seconds: Double)] {
    step.measuresParts = true
    defer { step.measuresParts = false }
    let end = ContinuousClock.now + .seconds(seconds)
    var count = 0
    while ContinuousClock.now < end || count == 0 {
      try step.run()
      count += 1
    }
    return step.parts.map { ($0.label, $0.isProduct, $0.seconds / Double(count)) }
  }

  private func medianMilliseconds(seconds: Double) throws -> Double {
    var times: [Duration] = []
    times.reserveCapacity(1 << 16)
    let end = ContinuousClock.now + .seconds(seconds)
    var now = ContinuousClock.now
    while now < end || times.count < 10 {
      try step.run()
      let finished = ContinuousClock.now
      times.append(finished - now)
      now = finished
    }
    times.sort()
    return times[times.count / 2] / .milliseconds(1)
  }

  private func allocations(steps: Int) throws -> (own: Double, library: Double)? {
    guard hg_allocations_can_count() == 1 else { return nil }
    hg_allocations_start()
    defer { hg_allocations_stop() }
    for _ in 0..<steps { try step.run() }
    return (
      own: Double(hg_allocations_own()) / Double(steps),
      library: Double(hg_allocations_library()) / Double(steps)
    )
  }
}
