internal import HourglassEncodings
internal import HourglassEngines
internal import HourglassNetworks
internal import HourglassStatistics

/// Fills missing cells from the nearest rows that have them.
///
/// The distance of two rows is the mean of the squared differences over the values that both have; a
/// difference of levels counts as much as that of two numbers one deviation apart.
///
/// Reference: Troyanskaya et al., 2001, "Missing value estimation methods for DNA microarrays",
/// doi:10.1093/bioinformatics/17.6.520.
struct NearestRows: Sendable {
  /// The rows that cells are taken from.
  let reference: EncodedTable

  /// The most rows that are sifted for those that have a cell.
  private static let candidateCount = 96

  /// The most rows that are looked up at a time.
  private static let blockLength = 4_096

  private let search: NearestNeighbors

  init(_ reference: EncodedTable) {
    self.reference = reference
    let counts = reference.layout.fields.flatMap { field in
      let count =
        switch field {
        case .number: 1.0
        case .category(let levels): 2 / Double(levels)
        case .vector(let width): TextGrams.variance / Double(width)
        }
      return [Double](repeating: count, count: field.width)
    }
    search = NearestNeighbors(EncodedRows(reference), layout: reference.layout, counts: counts)
  }

  /// The predictions of nearest rows for cells: the plain mean of a few, and a weighted one of more.
  struct Predictions {
    /// The mean of the 5 nearest, `[rows, D]`.
    var plain: [Float]
    /// The mean of the 10 nearest by the inverse of their distances, `[rows, D]`.
    var weighted: [Float]
  }

  /// Predicts the wanted cells, `[rows, F]`; for the others, and where no row has the cell, the result
  /// is that of `otherwise`.
  func predictions(
    _ rows: EncodedTable,
    wanted: [Bool],
    otherwise: FieldMeans,
    on engine: ComputeEngine
  ) async throws -> Predictions {
    let fieldCount = rows.fieldCount
    let base = otherwise.filled(rows.count)
    var result = Predictions(plain: base, weighted: base)
    let asked = (0..<rows.count).filter { row in
      wanted[row * fieldCount..<(row + 1) * fieldCount].contains(true)
    }
    for start in stride(from: 0, to: asked.count, by: Self.blockLength) {
      let block = Array(asked[start..<min(start + Self.blockLength, asked.count)])
      let found = try await search.nearest(
        to: EncodedRows(rows.rows(block)),
        count: Self.candidateCount,
        on: engine
      )
      for (place, row) in block.enumerated() {
        let nearest = found.of(place)
        predict(
          row,
          (0..<fieldCount).filter { wanted[row * fieldCount + $0] },
          nearest,
          into: &result
        )
      }
    }
    return result
  }

  /// Predicts some fields of a row from its nearest rows, the nearest first.
  private func predict(
    _ row: Int,
    _ fields: [Int],
    _ nearest: [(row: Int, distance: Double)],
    into result: inout Predictions
  ) {
    let (width, ranges) = (reference.width, reference.layout.ranges)
    for field in fields {
      var chosen: [(row: Int, distance: Float)] = []
      for candidate in nearest where reference.isPresent(candidate.row, field) {
        chosen.append((candidate.row, Float(candidate.distance)))
        if chosen.count == 10 { break }
      }
      if chosen.isEmpty { continue }
      let few = Float(min(chosen.count, 5))
      let weights = chosen.map { 1 / max($0.distance.squareRoot(), 1e-4) }
      let total = weights.reduce(0, +)
      for place in ranges[field] {
        var (plain, weighted) = (Float(0), Float(0))
        for (index, neighbor) in chosen.enumerated() {
          let value = reference.values[neighbor.row * width + place]
          if index < 5 { plain += value / few }
          weighted += value * weights[index] / total
        }
        result.plain[row * width + place] = plain
        result.weighted[row * width + place] = weighted
      }
    }
  }
}
