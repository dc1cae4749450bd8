internal import HourglassSignatures
internal import HourglassTasksCommon

/// Whether the right one is found.
enum Recall {
  /// For each of some queries whether the nearest stored row has its owner, by the Euclidean distance; of
  /// equally near rows the first counts.
  ///
  /// - Parameters:
  ///   - queries: `[queries, values]`.
  ///   - stored: `[rows, values]`.
  static func atOne(
    of queries: Tensor,
    owners queryOwners: [Int],
    among stored: Tensor,
    owners: [Int],
    threads: Int
  ) throws -> [Bool] {
    guard queries.shape[0] > 0, stored.shape[0] > 0 else {
      return [Bool](repeating: false, count: queries.shape[0])
    }
    let index = try SignatureIndex(
      items: [NewItem(name: "stored", signatures: stored)]
    )
    let width = queries.shape[1]
    let rows = (0..<queries.shape[0]).map { row in
      Array(queries.scalars[row * width..<(row + 1) * width])
    }
    let found = try index.matches(for: rows, count: 1, onePerItem: false, threads: threads)
    return zip(found, queryOwners).map { matches, owner in
      // Without positions of their own, rows stand at 0, 1, 2, ….
      matches.first.map { owners[Int($0.position)] == owner } ?? false
    }
  }
}
