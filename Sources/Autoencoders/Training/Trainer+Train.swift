package import HourglassEngines
internal import HourglassGraphs
package import HourglassTensors

/// The result of training: variables by name and how they were trained.
package struct TrainingResult: Hashable, Sendable {
  /// The variables of the best epoch, as inference needs them.
  package var variables: [String: Tensor]
  package var record: TrainingRecord
}

extension Trainer {
  /// The seconds of work after which the loop comes up for air: events, cancellation, other tasks.
  static var pieceSeconds: Double { 0.1 }

  /// Seconds since some moment, by a clock that is never set back.
  package static let steadySeconds: @Sendable () -> Double = {
    let start = ContinuousClock.now
    return {
      let (seconds, attoseconds) = start.duration(to: .now).components
      return Double(seconds) + Double(attoseconds) * 1e-18
    }
  }()

  /// Trains any learner; `now` is the clock, for tests.
  package func train(
    _ learner: any Learner,
    on source: any BatchSource,
    by engine: ComputeEngine,
    checkpoints: (any CheckpointStore)? = nil,
    resumes: Bool = true,
    now: @escaping @Sendable () -> Double = Trainer.steadySeconds,
    events: AsyncStream<TrainingEvent>.Continuation? = nil
  ) async throws -> TrainingResult {
    defer { events?.finish() }
    return try await run(
      on: engine,
      learner,
      source,
      resuming: resumes ? try checkpoints?.load() : nil,
      writer: checkpoints.map {
        CheckpointWriter(store: $0, interval: checkpointInterval, now: now)
      },
      now: now,
      events: { _ = events?.yield($0) }
    )
  }

  private func run(
    on engine: isolated ComputeEngine,
    _ learner: any Learner,
    _ source: any BatchSource,
    resuming state: TrainerState?,
    writer: CheckpointWriter?,
    now: @escaping @Sendable () -> Double,
    events: @Sendable (TrainingEvent) -> Void
  ) async throws -> TrainingResult {
    var writer = writer
    let loop: TrainingLoop
    var reason: StopReason?
    do {
      loop = try TrainingLoop(
        learner,
        trainer: self,
        source: source,
        resuming: state,
        now: now,
        makePlan: { graph, seed in try engine.makePlan(graph, seed: seed) }
      )
      events(.started(loop.outline))
      while reason == nil {
        reason = Task.isCancelled ? .cancellation : try runPiece(of: loop, now: now, events: events)
        if try writer?.save(loop, isLast: reason != nil) ?? false {
          events(.checkpointWritten(step: loop.progress.step))
        }
        await Task.yield()
      }
      if reason == .time { try loop.concludePartialEpoch() }
    } catch let error as TrainingError {
      if case .diverged(let epoch, let step, _) = error {
        events(.diverged(epoch: epoch, step: step))
      }
      throw error
    }
    let stopReason = reason ?? .epochs
    events(.stopped(stopReason))
    return result(of: loop, stopReason)
  }

  /// Does steps for about a tenth of a second, or until training ends.
  private func runPiece(
    of loop: TrainingLoop,
    now: @Sendable () -> Double,
    events: (TrainingEvent) -> Void
  ) throws -> StopReason? {
    loop.projectSteps()
    let start = now()
    let firstStep = loop.progress.step
    var end = start
    repeat {
      if let reason = loop.stopReason { return reason }
      if let report = try loop.advance() {
        events(.epochFinished(report))
        if loop.isBestEpoch {
          events(.improved(epoch: report.record.epoch, loss: report.record.validationLoss))
        }
      }
      end = now()
    } while end - start < Self.pieceSeconds
    let items = Double((loop.progress.step - firstStep) * loop.outline.batchSize)
    events(.progress(loop.report(itemsPerSecond: items / Swift.max(end - start, 1e-9))))
    return nil
  }

  private func result(of loop: TrainingLoop, _ reason: StopReason) -> TrainingResult {
    TrainingResult(
      variables: loop.progress.bestEpoch == nil ? loop.carriedVariables() : loop.bestVariables,
      record: TrainingRecord(
        trainer: self,
        trainingCount: loop.outline.trainingCount,
        validationCount: loop.outline.validationCount,
        epochs: loop.progress.history,
        steps: loop.progress.step,
        bestEpoch: loop.progress.bestEpoch,
        stopReason: reason
      )
    )
  }
}

/// Decides when the state is written, so that writing takes a small part of the time.
private struct CheckpointWriter: Sendable {
  let store: any CheckpointStore
  let interval: Double
  let now: @Sendable () -> Double
  private var lastEnd: Double
  private var lastCost = 0.0
  private var lastStep = -1

  init(store: any CheckpointStore, interval: Double, now: @escaping @Sendable () -> Double) {
    self.store = store
    self.interval = interval
    self.now = now
    lastEnd = now()
  }

  /// Writes the state if it is time, or the end, and says whether it did.
  mutating func save(_ loop: TrainingLoop, isLast: Bool) throws -> Bool {
    let start = now()
    guard isLast || start - lastEnd >= Swift.max(interval, 20 * lastCost) else { return false }
    guard loop.progress.step != lastStep || isLast else { return false }
    try store.save(try loop.state())
    lastEnd = now()
    lastCost = lastEnd - start
    lastStep = loop.progress.step
    return true
  }
}
