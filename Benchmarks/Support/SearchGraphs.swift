public import HourglassSignatures

extension SignatureIndex {
  /// Makes an index of rows `[items, dimension]` that are in no database.
  ///
  /// - Throws: What is wrong with a row.
  public static func holding(_ rows: [Float], dimension: Int) throws -> SignatureIndex {
    try SignatureIndex(rows: rows, dimension: dimension)
  }

  /// The rows nearest to each query, nearest first.
  ///
  /// - Throws: What is wrong with a query.
  public func nearest(to queries: [[Float]], count: Int) throws -> [[FoundRow]] {
    try matches(for: queries, count: count).map { found in
      found.map { FoundRow(number: Int($0.itemID), distance: $0.distance) }
    }
  }

  /// The rows nearest to a query alone, nearest first.
  ///
  /// - Throws: What is wrong with the query.
  public func nearest(to query: [Float], count: Int) throws -> [FoundRow] {
    try matches(for: query, count: count).map {
      FoundRow(number: Int($0.itemID), distance: $0.distance)
    }
  }

  /// The same index with the graph of its approximate search.
  ///
  /// - Parameters:
  ///   - path: A file that keeps the graph, from which it is taken where it is there; `nil` keeps none.
  ///   - progress: Called with the share that is done, where a graph is made.
  /// - Throws: Why it could not be made.
  public func withGraph(keptIn path: String?, progress: (Double) -> Void) throws -> SignatureIndex {
    guard let path else { return try graphed(progress: progress) }
    return try graphed(keptIn: path, progress: progress)
  }

  /// The same index with walks along its graph that keep so many candidates.
  public func walked(breadth: Int) -> SignatureIndex { walking(breadth: breadth) }

  /// The bytes that the graph takes; 0 where there is none.
  public var graphByteCount: Int { graphBytes }
}

/// A row that a search found.
public struct FoundRow {
  /// Its number, from 1.
  public let number: Int
  /// Its Euclidean distance from the query.
  public let distance: Double
}
