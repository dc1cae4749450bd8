/// Everything that an application can throw: one case for each room that it may come from.
///
///     do {
///       try await reducer.fit(data).save(to: "sensors.hourglass")
///     } catch {
///       print(error)  // what was being done, expected and found, and what to do
///       exit(error.exitCode)
///     }
public enum HourglassError: Error, Hashable, Sendable {
  /// The operating system refused to read or to write.
  case file(FileError)
  /// The data cannot be read, or not be trained on.
  case dataset(DatasetError)
  /// A model file or a checkpoint cannot be read or written.
  case modelFile(ModelFileError)
  /// Training or applying the model failed.
  case training(TrainingError)
  /// Data or a model does not suit the application.
  case application(TaskError)
  /// The layers do not fit together or do not fit the items, the machine cannot compute the network, the
  /// variables of a model do not make its network, or a part of the library that not every program links
  /// failed, such as the signature database; the exit code says who is at fault.
  case other(description: String, exitCode: Int32)
  /// The task was cancelled; the training state is in the checkpoint, where one is kept.
  case interrupted(checkpoint: String?)
  /// A mistake of the program: an error that nothing of it should throw.
  case unexpected(String)
}

extension HourglassError {
  /// Finds the case for an error.
  package init(_ error: any Error, checkpoint: String? = nil) {
    self =
      switch error {
      case let error as HourglassError: error
      case let error as FileError: .file(error)
      case let error as DatasetError: .dataset(error)
      case let error as ModelFileError: .modelFile(error)
      case let error as GraphError:
        .other(description: "the network cannot be built: \(error)", exitCode: 2)
      case let error as ModelError:
        .other(description: "the model cannot be used: \(error)", exitCode: 1)
      case let error as TrainingError: .training(error)
      case let error as TaskError: .application(error)
      case let error as MediaError: .dataset(DatasetError(error))
      case let error as any ErrorWithExitCode:
        .other(description: error.description, exitCode: error.exitCode)
      case is CancellationError: .interrupted(checkpoint: checkpoint)
      default: .unexpected("\(error)")
      }
  }

  /// Does something, and finds the case for an error of it.
  package static func wrapping<Result>(
    checkpoint: String? = nil,
    _ body: () throws -> Result
  ) throws(HourglassError) -> Result {
    do { return try body() } catch { throw HourglassError(error, checkpoint: checkpoint) }
  }

  /// Does something where the caller runs, and finds the case for an error of it.
  package static func wrapping<Result>(
    checkpoint: String? = nil,
    isolation: isolated (any Actor)? = #isolation,
    _ body: () async throws -> Result
  ) async throws(HourglassError) -> Result {
    do { return try await body() } catch { throw HourglassError(error, checkpoint: checkpoint) }
  }

  /// What a program should give back to the system: 1 where the data or the model is at fault, 2
  /// where the settings are, 3 where the machine is, and 130 after an interruption.
  public var exitCode: Int32 {
    switch self {
    case .file(let error): error.isFaultOfTheMachine ? 3 : 1
    case .dataset(.limitNotPositive): 2
    case .dataset(let error): error.isFaultOfTheMachine ? 3 : 1
    case .modelFile(let error): error.isFaultOfTheMachine ? 3 : 1
    case .training(.invalidSetting): 2
    case .training: 1
    case .application(let error): error.isFaultOfTheSettings ? 2 : 1
    case .other(_, let exitCode): exitCode
    case .interrupted: 130
    case .unexpected: 3
    }
  }
}

extension HourglassError: CustomStringConvertible {
  /// What was being done, what was expected and found, and what to do.
  public var description: String {
    switch self {
    case .file(let error): error.description
    case .dataset(let error): error.description
    case .modelFile(let error): error.description
    case .training(let error): error.description
    case .application(let error): error.description
    case .other(let description, _): description
    case .interrupted(let checkpoint):
      "interrupted"
        + (checkpoint.map { "; the training state is kept in \($0): resume from it" }
          ?? " before the end; nothing was kept")
    case .unexpected(let text): "a bug in Hourglass: \(text); please report it"
    }
  }
}
