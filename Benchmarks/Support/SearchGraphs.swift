internal import HourglassSignatures

/// Rows in which the nearest ones are looked for, exactly or along a graph, as a database does it.
public struct SearchIndex: Sendable {
  private let index: SignatureIndex

  /// Takes rows `[items, dimension]` that are in no database.
  ///
  /// - Throws: What is wrong with a row.
  public init(_ rows: [Float], dimension: Int) throws {
    index = try SignatureIndex(rows: rows, dimension: dimension)
  }

  private init(_ index: SignatureIndex) { self.index = index }

  /// The number of rows.
  public var count: Int { index.count }

  /// The rows nearest to each query, nearest first.
  ///
  /// - Throws: What is wrong with a query.
  public func nearest(to queries: [[Float]], count: Int) throws -> [[FoundRow]] {
    try index.matches(for: queries, count: count).map { $0.map(FoundRow.init) }
  }

  /// The rows nearest to a query alone, nearest first.
  ///
  /// - Throws: What is wrong with the query.
  public func nearest(to query: [Float], count: Int) throws -> [FoundRow] {
    try index.matches(for: query, count: count).map(FoundRow.init)
  }

  /// The same index with the graph of its approximate search.
  ///
  /// - Parameters:
  ///   - path: A file that keeps the graph, from which it is taken where it is there; `nil` keeps none.
  ///   - progress: Called with the share that is done, where a graph is made.
  /// - Throws: Why it could not be made.
  public func withGraph(keptIn path: String?, progress: (Double) -> Void) throws -> SearchIndex {
    guard let path else { return SearchIndex(try index.graphed(progress: progress)) }
    return SearchIndex(try index.graphed(keptIn: path, progress: progress))
  }

  /// The same index with walks along its graph that keep so many candidates.
  public func walked(breadth: Int) -> SearchIndex { SearchIndex(index.walking(breadth: breadth)) }

  /// The bytes that the graph takes; 0 where there is none.
  public var graphByteCount: Int { index.graphBytes }
}

/// A row that a search found.
public struct FoundRow {
  /// Its number, from 1.
  public let number: Int
  /// Its Euclidean distance from the query.
  public let distance: Double

  fileprivate init(_ match: Match) {
    number = Int(match.itemID)
    distance = match.distance
  }
}
