internal import HourglassTensors

/// How strongly the columns of some rows go together: Pearson's correlations, measured on some of the rows.
package struct ColumnCorrelations: Sendable {
  /// The columns as rows, each of length 1 and mean 0; zeros for a column that does not vary.
  private let columns: PaddedRows
  private let all: [PaddedRows.Piece]

  /// The most rows that are looked at.
  private static let rowLimit = 512

  /// Takes rows, `[count, width]`.
  package init(_ rows: [Float], count: Int, width: Int) {
    let taken = min(count, Self.rowLimit)
    var scalars = [Float](repeating: 0, count: width * taken)
    for place in 0..<taken {
      let row = place * count / max(taken, 1)
      for column in 0..<width { scalars[column * taken + place] = rows[row * width + column] }
    }
    for column in 0..<width {
      let range = column * taken..<(column + 1) * taken
      let mean = scalars[range].reduce(0, +) / Float(max(taken, 1))
      var square: Float = 0
      for place in range {
        scalars[place] -= mean
        square += scalars[place] * scalars[place]
      }
      let factor = square > 1e-12 ? 1 / square.squareRoot() : 0
      for place in range { scalars[place] *= factor }
    }
    columns = PaddedRows(Tensor(scalars, shape: [width, taken]))
    all = columns.pieces
  }

  /// The columns that are correlated most with one of some columns, in their order; all others where these
  /// are not more than `limit`.
  package func strongest(for targets: Range<Int>, limit: Int) -> [Int] {
    let others = (0..<columns.count).filter { !targets.contains($0) }
    guard others.count > limit else { return others }
    var strengths = [Float](repeating: 0, count: columns.count)
    for target in targets {
      let start = target * columns.pieceCount
      let products = columns.products(all[start..<start + columns.pieceCount])
      for (column, product) in products.enumerated() {
        strengths[column] = max(strengths[column], abs(product))
      }
    }
    let order = others.sorted { (-strengths[$0], $0) < (-strengths[$1], $1) }
    return order.prefix(limit).sorted()
  }
}
