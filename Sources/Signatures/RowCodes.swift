internal import Synchronization

/// The rows of an index in a byte for each number, which an exact search for one query reads first.
///
/// They are made once a few such searches were made: for one they would cost more than they give.
/// What is found is the same with and without them.
final class RowCodes: Sendable {
  private struct State {
    var searches = 0
    var rows: CodedRows?
  }

  /// The fewest numbers for which reading them takes longer than anything else.
  private static let fewestNumbers = 1 << 22
  /// The searches that are made without codes.
  private static let firstSearches = 4

  private let state = Mutex(State())

  /// The codes for a search; none where the search is quicker without them, or memory does not suffice.
  func rows(_ panels: [Float], count: Int, dimension: Int) -> CodedRows? {
    guard panels.count >= Self.fewestNumbers else { return nil }
    return state.withLock { state in
      state.searches += 1
      // Where there was no memory for them once, they are not asked for again.
      if state.searches == Self.firstSearches + 1 {
        state.rows = CodedRows(panels, count: count, dimension: dimension)
      }
      return state.rows
    }
  }
}
