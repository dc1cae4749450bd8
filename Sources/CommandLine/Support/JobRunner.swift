import ArgumentParser
import HourglassJobs
import HourglassMedia
import HourglassTasksCommon
import Synchronization

/// How another program watches a run.
struct RunWatch: Sendable {
  /// Where events are appended to, besides what is shown.
  var events: EventLog?
  /// Whether `ffmpeg` decodes the sounds that the library does not read.
  var usesFFmpeg = true
}

/// Runs the request of a verb: shows progress, handles signals, and prints the result.
enum JobRunner {
  /// Runs a request and prints its result, or prints the request where that was asked for.
  ///
  /// - Parameters:
  ///   - request: What is done.
  ///   - saying: How much is said, and in which form.
  ///   - watch: How another program watches the run.
  static func run(
    _ request: JobRequest,
    _ saying: OutputArguments,
    watch: RunWatch = RunWatch()
  ) async throws {
    if saying.printRequest { return try Console.print(try request.json()) }
    // Messages about reading are left out where a file is inspected as JSON.
    let isQuiet = saying.quiet || (saying.json && request.options is InspectOptions)
    let result = try await result(of: request, isQuiet: isQuiet, watch: watch)
    guard saying.json || !saying.quiet else { return }
    let text = saying.json ? try result.jsonLine() : result.text(width: Console.width)
    if result.takesStandardOutput { Console.note(text) } else { try Console.print(text) }
  }

  /// Runs a request, and shows how it goes.
  static func result(
    of request: JobRequest,
    isQuiet: Bool,
    watch: RunWatch = RunWatch()
  ) async throws -> JobResult {
    StopSignals.listen()
    let stopping = Mutex(JobEvent.Stopping.byKilling)
    let display = ProgressDisplay(isQuiet: isQuiet)
    defer { display.end() }
    let keepsModel = request.files.save != nil
    let control = JobControl { keepsModel && StopSignals.exitCode != nil }
    if watch.usesFFmpeg { ForeignSounds.use(FFmpeg.decoder) }
    do {
      return try await StopSignals.cancelling({ stopping.withLock { $0 == .byCancelling } }) {
        try await Job.run(request, control: control) { event in
          watch.events?.append(event)
          if case .stoppable(let way) = event {
            stopping.withLock { $0 = way }
            StopSignals.hear(way != .byKilling)
          } else {
            display.handle(event)
          }
        }
      }
    } catch {
      guard let code = StopSignals.exitCode else { throw error }
      display.end()
      Console.note(words(onStop: error))
      throw ExitCode(code)
    }
  }

  /// What to say after a signal stopped the run.
  private static func words(onStop error: any Error) -> String {
    if let kept = error as? JobInterruption {
      return "interrupted; the best model so far is in \(kept.model)" + goingOn(kept.checkpoint)
    }
    guard case .interrupted(let checkpoint?)? = error as? HourglassError else {
      return "interrupted; nothing was kept"
    }
    return "interrupted" + goingOn(checkpoint)
  }

  private static func goingOn(_ checkpoint: String?) -> String {
    guard let checkpoint else { return "" }
    return "; the training state is in \(checkpoint)\n"
      + "Resume with the same command and --resume."
  }
}
