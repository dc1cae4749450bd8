import HourglassAutoencoders
import HourglassJobs
import HourglassSystem
import Synchronization

/// A file to which what happens in a run is appended, a JSON object a line, for a program that watches it.
///
/// Of the progress of training and of other work there are at most two lines a second.
final class EventLog: Sendable {
  private let path: String
  private let descriptor: Int32
  private let last = Mutex<ContinuousClock.Instant?>(nil)

  /// Opens a file to append to, or makes it.
  init(path: String) throws(FileError) {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    if descriptor < 0 { throw FileError(path: path, operation: .create, code: errno) }
  }

  deinit { close(descriptor) }

  /// Appends what happened; where that fails the run goes on, since its result does not depend on it.
  func append(_ event: JobEvent) {
    guard isToBeWritten(event), let line = try? event.jsonLine() else { return }
    let bytes = Array("\(line)\n".utf8)
    // One call, so that a reader finds whole lines.
    _ = write(descriptor, bytes, bytes.count)
  }

  private func isToBeWritten(_ event: JobEvent) -> Bool {
    switch event {
    case .working, .training(.progress, _), .training(.preparing, _): break
    default: return true
    }
    return last.withLock { last in
      if let last, ContinuousClock.now - last < .milliseconds(500) { return false }
      last = .now
      return true
    }
  }
}
