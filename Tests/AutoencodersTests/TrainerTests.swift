import HourglassAutoencoders
import HourglassEngines
import HourglassNetworks
import HourglassSystem
import HourglassTensors
import Testing

@Suite struct TrainerTests {
  private let learner = Variant.small(corruption: .gaussian(standardDeviation: 0.1))
  private let source = TensorSource(TinyData.items(count: 30, [6]))

  private func events(
    _ body: (AsyncStream<TrainingEvent>.Continuation) async throws -> Void
  ) async rethrows -> [TrainingEvent] {
    let (stream, continuation) = AsyncStream<TrainingEvent>.makeStream()
    try await body(continuation)
    var events: [TrainingEvent] = []
    for await event in stream { events.append(event) }
    return events
  }

  @Test func tellsWhatHappensInOrder() async throws {
    let engine = referenceEngine()
    let trainer = Trainer(batchSize: 8, epochs: 2)
    let store = MemoryStore()
    let events = try await events { continuation in
      let model = try await trainer.fit(
        learner,
        to: source,
        on: engine,
        checkpoints: store,
        events: continuation
      )
      #expect(model.record?.stopReason == .epochs)
      #expect(model.record?.steps == 6)
      #expect(model.record?.epochs.count == 2)
      #expect(Set(model.variables.keys).contains("bottleneck.weight"))
    }
    guard case .started(let outline) = try #require(events.first) else {
      Issue.record("the first event is \(events[0])")
      return
    }
    #expect(outline.trainingCount == 27)
    #expect(outline.validationCount == 3)
    #expect(outline.parameterCount == 6 * 5 + 5 + 5 * 2 + 2 + 2 * 5 + 5 + 5 * 6 + 6)
    #expect(outline.resumedStep == 0)
    let epochs = events.compactMap {
      if case .epochFinished(let report) = $0 { report } else { nil }
    }
    #expect(epochs.map(\.record.epoch) == [1, 2])
    #expect(events.contains(.checkpointWritten(step: 6)))
    #expect(events.last == .stopped(.epochs))
    #expect(store.saved.last?.progress.step == 6)
  }

  @Test func aRunThatIsKilledGivesTheSameModel() async throws {
    let engine = referenceEngine()
    let trainer = Trainer(batchSize: 8, epochs: 30, seed: 2, checkpointInterval: 0)
    // Every look at the clock takes a second, so that checkpoints come every few steps.
    let clock = TickingClock(secondsPerLook: 1)
    let whole = try await trainer.train(learner, on: source, by: engine, now: clock.now)
    for failing in [1, 2, 3, 5] {
      let store = MemoryStore(failing: failing)
      await #expect(throws: MemoryStore.Killed.self) {
        _ = try await trainer.train(
          learner,
          on: source,
          by: engine,
          checkpoints: store,
          now: TickingClock(secondsPerLook: 1).now
        )
      }
      let again = MemoryStore()
      if let last = store.saved.last { try again.save(last) }
      let resumed = try await trainer.train(learner, on: source, by: engine, checkpoints: again)
      #expect(resumed == whole, "killed at save \(failing)")
    }
  }

  @Test func resumingAFinishedRunGivesItsModel() async throws {
    let engine = referenceEngine()
    let store = MemoryStore()
    let trainer = Trainer(batchSize: 8, epochs: 2)
    let first = try await trainer.train(learner, on: source, by: engine, checkpoints: store)
    let second = try await trainer.train(learner, on: source, by: engine, checkpoints: store)
    let fresh = try await trainer.train(
      learner,
      on: source,
      by: engine,
      checkpoints: store,
      resumes: false
    )
    #expect(first == second)
    #expect(first == fresh)
  }

  @Test func timeEndsWithinAnEpoch() async throws {
    let trainer = Trainer(batchSize: 2, epochs: 1000, seconds: 30, earlyStopping: nil)
    let result = try await trainer.train(
      learner,
      on: source,
      by: referenceEngine(),
      now: TickingClock(secondsPerLook: 1).now
    )
    #expect(result.record.stopReason == .time)
    // Thirty looks at the clock, of which a step takes at most four.
    #expect((5..<30).contains(result.record.steps))
    // The epoch that the time cut was evaluated all the same.
    #expect(result.record.epochs.last?.step == result.record.steps)
    let best = result.record.epochs.min { $0.validationLoss < $1.validationLoss }
    #expect(result.record.bestEpoch == best?.epoch)
    #expect(result.variables.values.allSatisfy { $0.isFinite })
  }

  @Test func timeAloneAnnealsTheRate() async throws {
    let optimizer = Optimizer(schedule: .linear(final: 0))
    let trainer = Trainer(
      optimizer: optimizer,
      batchSize: 8,
      epochs: nil,
      seconds: 200,
      earlyStopping: nil
    )
    let result = try await trainer.train(
      learner,
      on: source,
      by: referenceEngine(),
      now: TickingClock(secondsPerLook: 1).now
    )
    let rates = result.record.epochs.map(\.learningRate)
    #expect(try #require(rates.first) > 8e-4)
    #expect(try #require(rates.last) < 2e-4)
  }

  @Test func cancellationKeepsTheBestAndACheckpoint() async throws {
    let engine = referenceEngine()
    let trainer = Trainer(batchSize: 8, epochs: 1_000_000, earlyStopping: nil, seed: 2)
    let store = MemoryStore()
    let (stream, continuation) = AsyncStream<TrainingEvent>.makeStream()
    let task = Task { [learner, source] in
      try await trainer.fit(
        learner,
        to: source,
        on: engine,
        checkpoints: store,
        events: continuation
      )
    }
    for await event in stream {
      if case .epochFinished(let report) = event, report.record.epoch == 3 { task.cancel() }
    }
    let model = try await task.value
    let record = try #require(model.record)
    #expect(record.stopReason == .cancellation)
    let best = record.epochs.min { $0.validationLoss < $1.validationLoss }
    #expect(record.bestEpoch == best?.epoch)
    let state = try #require(store.saved.last)
    #expect(state.progress.step == record.steps)
    #expect(state.progress.epoch >= 3)

    // The cancelled run goes on to the same end as one that was not.
    var short = trainer
    short.epochs = state.progress.epoch + 2
    let resumed = try await short.train(learner, on: source, by: engine, checkpoints: store)
    let whole = try await short.train(learner, on: source, by: engine)
    #expect(resumed == whole)
  }

  @Test func divergenceIsReported() async throws {
    let optimizer = Optimizer(algorithm: .gradientDescent(), learningRate: 1e30)
    let trainer = Trainer(optimizer: optimizer, batchSize: 8, checkpointInterval: 0)
    let store = MemoryStore()
    let engine = referenceEngine()
    let events = await events { continuation in
      await #expect(throws: TrainingError.self) {
        try await trainer.train(
          learner,
          on: source,
          by: engine,
          checkpoints: store,
          now: TickingClock(secondsPerLook: 1).now,
          events: continuation
        )
      }
    }
    #expect(events.last == .diverged(epoch: 1, step: 2))
    // What was written before the variables diverged stays, and is finite.
    #expect(store.saved.allSatisfy { $0.variables.values.allSatisfy(\.isFinite) })
  }

  @Test func progressComesAtMostEveryTenth() async throws {
    let trainer = Trainer(batchSize: 8, epochs: 30, earlyStopping: nil)
    let engine = referenceEngine()
    let clock = TickingClock(secondsPerLook: 0.001)
    let events = try await events { continuation in
      _ = try await trainer.train(
        learner,
        on: source,
        by: engine,
        now: clock.now,
        events: continuation
      )
    }
    let progress = events.compactMap { if case .progress(let now) = $0 { now } else { nil } }
    // Some hundred steps, each of which looks at the clock once to four times: 0.1 to 0.5 seconds.
    #expect((1...5).contains(progress.count))
    for (earlier, later) in zip(progress, progress.dropFirst()) {
      #expect(later.seconds - earlier.seconds >= 0.1)
      #expect(later.fraction >= earlier.fraction)
    }
  }
}
