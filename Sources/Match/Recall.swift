internal import HourglassSignatures
internal import HourglassStatistics
internal import HourglassTensors

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

extension PrincipalComponents {
  /// The coordinates of rows along the directions: `[rows, values]` -> `[rows, count]`.
  func projected(_ rows: Tensor) -> Tensor {
    let (height, width) = (rows.shape[0], rows.shape[1])
    let centers = means.map { Float($0) }
    let directions = components.map { Float($0) }
    var result = [Float](repeating: 0, count: height * count)
    var centered = [Float](repeating: 0, count: width)
    for row in 0..<height {
      for column in 0..<width {
        centered[column] = rows.scalars[row * width + column] - centers[column]
      }
      for direction in 0..<count {
        var sum: Float = 0
        for column in 0..<width { sum += centered[column] * directions[direction * width + column] }
        result[row * count + direction] = sum
      }
    }
    return Tensor(result, shape: [height, count])
  }
}
