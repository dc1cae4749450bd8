package import HourglassReports
internal import Synchronization

/// The figures of a run that is told on a page, in the order in which they were drawn.
package final class FigureLog: Sendable {
  /// A figure with words under it.
  package struct Entry: Sendable {
    /// What is drawn.
    package var figure: any Figure
    /// The words.
    package var caption: String
  }

  private let entries = Mutex<[Entry]>([])

  /// Keeps a figure.
  func add(_ figure: some Figure, caption: String) {
    entries.withLock { $0.append(Entry(figure: figure, caption: caption)) }
  }

  /// All figures.
  var all: [Entry] { entries.withLock { $0 } }
}
