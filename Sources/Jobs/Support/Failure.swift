internal import HourglassSystem
internal import HourglassTasksCommon

/// Why a job ends without its result: one sentence for people, a number for programs.
package struct Failure: ErrorWithExitCode, Hashable {
  /// Who is at fault, as the exit code of the program.
  package enum ExitCode: Int32 {
    /// The data or the model.
    case data = 1
    /// What was asked for.
    case usage = 2
    /// The machine: memory, disk.
    case machine = 3
  }

  /// What was being done, what was expected and found, and what to do.
  package let message: String
  /// Who is at fault, as the program says it to the system: 1 the data or the model, 2 what was asked for, 3
  /// the machine, and 130 after an interruption.
  package let exitCode: Int32

  /// Makes a failure.
  package init(_ message: String, exitCode: ExitCode) {
    self.message = message
    self.exitCode = exitCode.rawValue
  }

  private init(_ message: String, code: Int32) {
    self.message = message
    exitCode = code
  }

  /// A mistake in what was asked for.
  package static func usage(_ message: String) -> Failure { Failure(message, exitCode: .usage) }

  /// Finds the sentence and the code of an error that a room threw.
  package init(_ error: any Error) {
    if let error = error as? Failure {
      self = error
    } else {
      let error = HourglassError(error)
      self.init(error.description, code: error.exitCode)
    }
  }
}

extension Failure {
  /// What was being done, what was expected and found, and what to do.
  package var description: String { message }
}
