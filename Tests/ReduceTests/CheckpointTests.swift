import Foundation
import HourglassAutoencoders
import HourglassData
import HourglassEncodings
import HourglassEngines
import HourglassModelFiles
import HourglassReduce
import HourglassSystem
import HourglassTasksCommon
import HourglassTensors
import HourglassTestSupport
import Synchronization
import Testing

/// A clock that goes on by a twentieth of a second at each look, so that a checkpoint is written
/// after every few steps.
private final class StepClock: Sendable {
  private let looks = Mutex(0)
  var now: @Sendable () -> Double {
    {
      self.looks.withLock {
        $0 += 1
        return Double($0) / 20
      }
    }
  }
}

/// A store after whose k-th save nothing more happens, as if the program had been killed.
private final class DyingStore: CheckpointStore {
  struct Death: Error {}

  private let file: CheckpointFile
  private let limit: Int
  private let diesBefore: Bool
  private let saves = Mutex(0)

  init(_ file: CheckpointFile, after limit: Int, diesBefore: Bool) {
    self.file = file
    self.limit = limit
    self.diesBefore = diesBefore
  }

  var count: Int { saves.withLock { $0 } }

  func save(_ state: TrainerState) throws {
    let number = saves.withLock {
      $0 += 1
      return $0
    }
    if number == limit, diesBefore { throw Death() }
    try file.save(state)
    if number == limit { throw Death() }
  }

  func load() throws -> TrainerState? { try file.load() }
}

@Suite struct CheckpointTests {
  private let engine = smallEngine()
  private let reducer = DimensionReducer(
    learning: TrainingSettings(epochs: 14, batchSize: 16, seed: 9)
  )

  private func data(seed: UInt64 = 1) throws -> NumericDataset {
    try table(curvedRows(120, seed: seed))
  }

  private func fit(_ store: any CheckpointStore, resumes: Bool) async throws -> [UInt8] {
    var session = TrainingSession(engine: engine, checkpointInterval: 0, resumes: resumes)
    session.store = store
    session.now = StepClock().now
    return try await reducer.fit(data(), session: session).bytes()
  }

  @Test(arguments: [false, true])
  func aRunThatDiesAtAnySaveResumesToTheSameBytes(diesBefore: Bool) async throws {
    let header = try reducer.header(for: data(), on: engine)
    let whole = try await reducer.fit(data(), session: TrainingSession(engine: engine)).bytes()
    try await withFolder { folder in
      let path = "\(folder)/run.hourglass-checkpoint"
      let endless = DyingStore(CheckpointFile(path, header: header), after: .max, diesBefore: false)
      #expect(try await fit(endless, resumes: false) == whole)
      let saves = endless.count
      #expect(saves > 6)
      for death in 1...saves {
        try CheckpointFile.remove(path)
        let file = CheckpointFile(path, header: header)
        let store = DyingStore(file, after: death, diesBefore: diesBefore)
        await #expect(throws: (any Error).self) { try await fit(store, resumes: false) }
        #expect(try await fit(file, resumes: true) == whole, "killed at save \(death)")
      }
      // Killed again and again.
      try CheckpointFile.remove(path)
      let file = CheckpointFile(path, header: header)
      for _ in 0..<100 {
        let store = DyingStore(file, after: 2, diesBefore: false)
        if let bytes = try? await fit(store, resumes: true) {
          #expect(bytes == whole)
          return
        }
      }
      Issue.record("the run never ended")
    }
  }

  @Test func aStateComesBackExactly() async throws {
    try await withFolder { folder in
      let header = try reducer.header(for: data(), on: engine)
      let file = CheckpointFile("\(folder)/c", header: header)
      #expect(try file.load() == nil)
      var progress = TrainingProgress(fingerprint: .max - 1)
      progress.elapsedSeconds = 0.1 + 0.2
      progress.bestLoss = -.infinity
      progress.step = 1 << 60
      let state = TrainerState(
        progress: progress,
        variables: ["encoder.0.weight": Tensor([.leastNonzeroMagnitude, -0.0, 0.1], shape: [3])],
        bestVariables: ["encoder.0.weight": Tensor([3e38, 2, 1], shape: [3])]
      )
      try file.save(state)
      #expect(try file.load() == state)
      #expect(try ModelSummary(contentsOf: "\(folder)/c").isCheckpoint)
      #expect(try ModelSummary(contentsOf: "\(folder)/c").parameterCount == 3)
    }
  }

  @Test func theCheckpointGoesWhenTheModelIsSaved() async throws {
    try await withFolder { folder in
      let (path, model) = ("\(folder)/run.hourglass-checkpoint", "\(folder)/m.hourglass")
      let fitted = try await reducer.fit(
        data(),
        session: TrainingSession(engine: engine, checkpoint: path)
      )
      #expect(FileManager.default.fileExists(atPath: path))
      #expect(throws: HourglassError.application(.checkpointForModel(file: path))) {
        try FittedDimensionReducer(contentsOf: path)
      }
      #expect(throws: HourglassError.self) { try fitted.save(to: "\(folder)/none/m.hourglass") }
      #expect(FileManager.default.fileExists(atPath: path))
      try fitted.save(to: model)
      #expect(!FileManager.default.fileExists(atPath: path))
      // A finished model is nothing to go on from.
      await #expect(throws: HourglassError.modelFile(.notACheckpoint(file: model))) {
        try await reducer.fit(
          data(),
          session: TrainingSession(engine: engine, checkpoint: model, resumes: true)
        )
      }
    }
  }

  @Test func anotherRunsCheckpointIsRefused() async throws {
    try await withFolder { folder in
      let path = "\(folder)/run.hourglass-checkpoint"
      _ = try await reducer.fit(data(), session: TrainingSession(engine: engine, checkpoint: path))
      var (seeded, longer) = (reducer, reducer)
      seeded.learning.seed = 10
      longer.learning.epochs = 15
      for (reducer, data, member) in [
        (seeded, try data(), "seed 10, found 9"),
        (longer, try data(), "setting epochs 15, found 14"),
        (reducer, try data(seed: 2), "data fingerprint"),
      ] {
        do throws(HourglassError) {
          _ = try await reducer.fit(
            data,
            session: TrainingSession(engine: engine, checkpoint: path, resumes: true)
          )
          Issue.record("another run's checkpoint was taken: \(member)")
        } catch {
          #expect(error.description.contains(member), "\(error)")
          #expect(error.exitCode == 1)
        }
      }
      // Without resuming it is replaced.
      _ = try await seeded.fit(data(), session: TrainingSession(engine: engine, checkpoint: path))
    }
  }

  @Test func aDamagedCheckpointIsAnError() async throws {
    try await withFolder { folder in
      let path = "\(folder)/run.hourglass-checkpoint"
      _ = try await reducer.fit(data(), session: TrainingSession(engine: engine, checkpoint: path))
      let bytes = try Data(contentsOf: URL(filePath: path))
      for length in stride(from: 0, to: bytes.count, by: bytes.count / 20) {
        try bytes.prefix(length).write(to: URL(filePath: path))
        await #expect(throws: HourglassError.self) {
          try await reducer.fit(
            data(),
            session: TrainingSession(engine: engine, checkpoint: path, resumes: true)
          )
        }
      }
    }
  }

  @Test func anInterruptedRunKeepsItsCheckpoint() async throws {
    try await withFolder { folder in
      let path = "\(folder)/run.hourglass-checkpoint"
      let (engine, data) = (engine, try data())
      var endless = reducer
      endless.learning.epochs = 1_000_000
      endless.learning.earlyStopping = nil
      let reducer = endless
      let (steps, step) = AsyncStream<Void>.makeStream()
      let task = Task {
        try await reducer.fit(
          data,
          session: TrainingSession(
            engine: engine,
            checkpoint: path,
            progress: { if case .progress = $0 { step.yield() } }
          )
        )
      }
      for await _ in steps { break }
      task.cancel()
      await #expect(throws: HourglassError.interrupted(checkpoint: path)) { try await task.value }
      #expect(try ModelSummary(contentsOf: path).isCheckpoint)
    }
  }
}
