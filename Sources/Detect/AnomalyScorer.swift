internal import HourglassAutoencoders
internal import HourglassEncodings
internal import HourglassEngines

/// How items are scored: rows of a table by several parts, images and the times of series by
/// reconstruction and the nearest item.
enum AnomalyScorer: Sendable {
  case rows(TableScorer)
  case items(DetectionScorer)

  var network: FittedAutoencoder {
    switch self {
    case .rows(let scorer): scorer.network
    case .items(let scorer): scorer.network
    }
  }

  /// The number of items that distances are measured to.
  var keptCount: Int {
    switch self {
    case .rows(let scorer): scorer.referenceCount
    case .items(let scorer): scorer.references?.count ?? 0
    }
  }

  /// Scores items.
  func scored(
    _ items: EncodedRows,
    on engine: ComputeEngine
  ) async throws -> ScoredItems {
    switch self {
    case .rows(let scorer): try await scorer.scored(items, on: engine)
    case .items(let scorer): try await scorer.scored(items, on: engine)
    }
  }

  /// The nearest of the items that are kept, the nearest first; `nil` where none are.
  ///
  /// - Parameter own: For each item its place among them, which is left out; -1 for none.
  func neighbors(
    of items: EncodedRows,
    count: Int,
    without own: [Int]? = nil,
    on engine: ComputeEngine
  ) async throws -> [[(row: Int, distance: Double)]]? {
    switch self {
    case .rows(let scorer):
      try await scorer.neighbors(of: items, count: count, without: own, on: engine)
    case .items(let scorer):
      try await scorer.references?.neighbors(of: items, count: count, on: engine)
        .map { $0.map { ($0.row, $0.distance) } }
    }
  }
}
