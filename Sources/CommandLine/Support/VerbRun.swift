import ArgumentParser
import HourglassData
import HourglassEngines
import HourglassTasksCommon

/// One run of a verb: the engine, the files, and how learning is shown, stopped and kept.
struct VerbRun {
  /// Where it is computed.
  let engine: ComputeEngine
  /// The files that are read and written.
  let paths: VerbPaths
  /// The seconds of each part of the run.
  var clock = StageClock()

  private let learning: TrainingOptions
  private let isQuiet: Bool
  private let compares: Bool

  /// Prepares a run.
  init(
    paths: VerbPaths,
    learning: TrainingOptions,
    computing: ComputingOptions,
    saying: ReportOptions,
    comparing: ComparisonOptions
  ) {
    self.paths = paths
    self.learning = learning
    engine = computing.engine
    isQuiet = saying.quiet
    compares = comparing.compares
  }

  /// Runs a verb so that a signal ends it with the words and the exit code for that.
  static func perform(_ job: () async throws -> Void) async throws {
    StopSignals.listen()
    do {
      try await job()
    } catch {
      guard let code = StopSignals.exitCode else { throw error }
      Console.note(words(onStop: error))
      throw ExitCode(code)
    }
  }

  /// Learns with a bar of progress and a checkpoint, and keeps the model where that was asked for.
  ///
  /// The model is kept before anything else can fail, which removes the checkpoint.
  ///
  /// - Parameters:
  ///   - unit: What an item is called, such as `image`.
  ///   - fit: Learns in a session.
  mutating func learn<Fitted: FittedTask>(
    unit: String,
    _ fit: @escaping @Sendable (TrainingSession) async throws -> Fitted
  ) async throws -> Fitted {
    let display = ProgressDisplay(unit: unit, isQuiet: isQuiet)
    if learning.resume, let path = paths.checkpoint, !FileKind.exists(path) {
      display.note("there is no checkpoint at \(path); learning starts from the beginning")
    }
    defer { display.end() }
    let session = TrainingSession(
      engine: engine,
      checkpoint: paths.checkpoint,
      checkpointInterval: learning.checkpointEvery ?? 30,
      resumes: learning.resume,
      scratchFolder: paths.folder,
      comparesWithBaselines: compares,
      progress: { display.handle($0) }
    )
    let fitted = try await StopSignals.run { try await fit(session) }
    clock.end(.learning)
    if let path = paths.model { try fitted.save(to: path) }
    return fitted
  }

  /// What to say after a signal stopped the run.
  private static func words(onStop error: any Error) -> String {
    guard case .interrupted(let checkpoint?)? = error as? HourglassError else {
      return "interrupted; nothing was kept"
    }
    return "interrupted; what was learned so far is in \(checkpoint)\n"
      + "Go on with the same command and --resume."
  }
}
