import ArgumentParser
import HourglassAutoencoders
import HourglassData
import HourglassEngines
import HourglassGraphs
import HourglassModelFiles
import HourglassSignatures
import HourglassSystem
import HourglassTasksCommon
import HourglassTensors

/// Why a command ends without its result: one sentence for people, a number for programs.
struct Failure: Error, Hashable {
  /// Who is at fault, as the exit code of the program.
  enum ExitCode: Int32 {
    /// The data or the model.
    case data = 1
    /// The command line.
    case usage = 2
    /// The machine: memory, disk.
    case machine = 3
  }

  /// What was being done, what was expected and found, and what to do.
  let message: String
  /// The exit code.
  let exitCode: Int32

  /// Makes a failure.
  init(_ message: String, exitCode: ExitCode) {
    self.message = message
    self.exitCode = exitCode.rawValue
  }

  private init(_ message: String, code: Int32) {
    self.message = message
    exitCode = code
  }

  /// A mistake in the command line.
  static func usage(_ message: String) -> Failure { Failure(message, exitCode: .usage) }

  /// Finds the sentence and the code of an error that a room threw.
  init(_ error: any Error) {
    if let error = error as? Failure {
      self = error
    } else {
      let error = HourglassError(error)
      self.init(error.description, code: error.exitCode)
    }
  }

  /// Finds the sentence and the code of what the parser of the command line found.
  init(parsing error: any Error) {
    let message = HourglassProgram.message(for: error)
    let line = message.split(separator: "\n", omittingEmptySubsequences: true).joined(
      separator: " "
    )
    self.init(line.prefix(1).lowercased() + line.dropFirst(), exitCode: .usage)
  }
}
