import CHourglassProcess
import HourglassSystem

/// The signals by which somebody asks the program to stop: Ctrl-C and the one of `kill`.
///
/// The first one ends training after its step, with a checkpoint; the second one ends the program
/// at once. A signal that the parent made us ignore stays ignored, as `nohup` wants it.
enum StopSignals {
  /// Begins to listen: until something runs that can be stopped, a signal ends the program.
  static func listen() { hg_stop_signals_listen() }

  /// The exit code of a program that a signal stopped; nil where none came.
  static var exitCode: Int32? {
    let number = hg_stop_signal()
    return number == 0 ? nil : 128 + number
  }

  /// Handles the next signal, or lets it end the program at once.
  static func hear(_ hears: Bool) { hg_stop_signals_arm(hears ? 1 : 0) }

  /// Runs a task that a signal cancels where it may.
  static func cancelling<Result: Sendable>(
    _ mayCancel: @escaping @Sendable () -> Bool,
    _ body: @escaping @Sendable () async throws -> Result
  ) async throws -> Result {
    defer { hear(false) }
    let task = Task { try await body() }
    // Looking is cheaper to get right than waking up another thread from a signal handler.
    let watch = Task {
      while !Task.isCancelled {
        if hg_stop_signal() != 0, mayCancel() { task.cancel() }
        try await Task.sleep(for: .milliseconds(50))
      }
    }
    defer { watch.cancel() }
    return try await task.value
  }
}
