import HourglassAutoencoders
import HourglassJobs
import HourglassSystem
import Synchronization

/// Shows the progress of training on standard error: one line redrawn on a terminal, else a line an epoch.
///
/// The errors are those of the report: the squared error summed over a row.
final class ProgressDisplay: Sendable {
  private enum Style { case bar, lines, none }

  private struct State: Sendable {
    var unit = "row"
    var outline: TrainingOutline?
    var progress: StepProgress?
    var report: EpochReport?
    var heldOut: Double?
    var isDrawn = false
    var lastTime: ContinuousClock.Instant?
    var lastEpoch = 0
  }

  private let isQuiet: Bool
  private let style: Style
  private let state = Mutex(State())

  /// Makes a display.
  init(isQuiet: Bool) {
    self.isQuiet = isQuiet
    style = isQuiet ? .none : Console.errorIsTerminal ? .bar : .lines
  }

  /// Shows what happened.
  func handle(_ event: JobEvent) {
    switch event {
    case .warning(let text): state.withLock { say(text, &$0) }
    case .message(let text) where !isQuiet: state.withLock { say(text, &$0) }
    case .working(let name, let fraction): state.withLock { drawPart(fraction, name, &$0) }
    case .training(let event, let unit): handle(event, of: unit)
    case .finished: end()
    // The report at the end has the baselines beside the model.
    case .message, .baseline, .stoppable: break
    }
  }

  private func handle(_ event: TrainingEvent, of unit: String) {
    guard style != .none else { return }
    state.withLock { state in
      state.unit = unit
      switch event {
      case .preparing(let fraction):
        drawPart(fraction, "preparing the \(NumberText.plural(unit))", &state)
      case .started(let outline):
        state.outline = outline
        if outline.resumedStep > 0 {
          say("resuming after step \(NumberText.grouped(outline.resumedStep))", &state)
        }
      case .progress(let progress):
        state.progress = progress
        if style == .bar, isTime(.milliseconds(95), state) { draw(&state) }
      case .epochFinished(let report):
        state.report = report
        state.heldOut = report.record.validation?.squaredError
        if style == .lines, isTime(.seconds(1), state) { printEpoch(&state) }
      case .stopped(let reason):
        if style == .lines, state.report?.record.epoch != state.lastEpoch { printEpoch(&state) }
        clear(&state)
        if reason == .earlyStopping { say("stopped early: the error no longer fell", &state) }
      case .improved, .checkpointWritten, .diverged: break
      }
    }
  }

  private func drawPart(_ fraction: Double, _ name: String, _ state: inout State) {
    guard style == .bar, isTime(.milliseconds(95), state) else { return }
    Console.writeError("\r\(name)  \(Int(min(max(fraction, 0), 1) * 100))%\u{1b}[K")
    state.isDrawn = true
    state.lastTime = .now
  }

  /// Removes the line.
  func end() { state.withLock { clear(&$0) } }

  private func isTime(_ interval: Duration, _ state: State) -> Bool {
    guard let last = state.lastTime else { return true }
    return ContinuousClock.now - last >= interval
  }

  private func say(_ text: String, _ state: inout State) {
    clear(&state)
    Console.note(text)
  }

  private func clear(_ state: inout State) {
    guard state.isDrawn else { return }
    state.isDrawn = false
    Console.writeError("\r\u{1b}[K")
  }

  private func draw(_ state: inout State) {
    guard let progress = state.progress else { return }
    let line = ProgressLine(
      progress,
      epochs: state.outline?.epochs,
      heldOut: state.heldOut,
      unit: state.unit
    )
    // A cursor in the last column would make some terminals break the line.
    let text = line.text(width: Console.errorWidth - 1, isUnicode: Console.speaksUnicode)
    Console.writeError("\r\(text)\u{1b}[K")
    state.isDrawn = true
    state.lastTime = .now
  }

  private func printEpoch(_ state: inout State) {
    guard let report = state.report else { return }
    let record = report.record
    var line = "epoch \(record.epoch)"
    if let epochs = state.outline?.epochs { line += " of \(epochs)" }
    line += ": error \(NumberText.significant(record.training.squaredError))"
    if let error = record.validation?.squaredError {
      line += ", held out \(NumberText.significant(error))"
    }
    line += ", \(NumberText.short(report.itemsPerSecond)) \(NumberText.plural(state.unit))/s"
    if let left = state.progress?.secondsLeft { line += ", \(NumberText.clock(left)) left" }
    Console.note(line)
    state.lastTime = .now
    state.lastEpoch = record.epoch
  }
}

/// The line that a terminal shows during training.
struct ProgressLine {
  private let fraction: Double
  private let epoch: String
  private let details: [String]

  /// Gathers what the line shows.
  init(_ progress: StepProgress, epochs: Int?, heldOut: Double?, unit: String) {
    fraction = min(max(progress.fraction, 0), 1)
    epoch = "epoch \(progress.epoch)" + (epochs.map { "/\($0)" } ?? "")
    var details = ["error \(NumberText.significant(progress.training.squaredError))"]
    if let heldOut { details.append("held out \(NumberText.significant(heldOut))") }
    details.append("\(NumberText.short(progress.itemsPerSecond)) \(NumberText.plural(unit))/s")
    if let left = progress.secondsLeft { details.append("\(NumberText.clock(left)) left") }
    self.details = details
  }

  /// The line for a terminal: what does not fit is left out, from the end but for the time left.
  func text(width: Int, isUnicode: Bool) -> String {
    let percent = "\(Int(fraction * 100))%"
    var shown = details
    func fixed() -> Int { ([epoch, percent] + shown).map { $0.count + 2 }.reduce(0, +) }
    while shown.count > 1, fixed() + 8 > width { shown.remove(at: max(shown.count - 2, 0)) }
    if fixed() > width { shown = [] }
    let room = min(width - fixed(), 30)
    var parts = [epoch]
    if room >= 6 { parts.append(bar(width: room, isUnicode: isUnicode)) }
    let line = (parts + [percent] + shown).joined(separator: "  ")
    return String(line.prefix(max(width, 0)))
  }

  private func bar(width: Int, isUnicode: Bool) -> String {
    let full = Int((fraction * Double(width)).rounded(.down))
    let (done, open) = isUnicode ? ("━", "╌") : ("#", ".")
    return String(repeating: done, count: full) + String(repeating: open, count: width - full)
  }
}
