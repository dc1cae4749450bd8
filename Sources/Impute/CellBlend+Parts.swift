internal import HourglassEncodings
internal import HourglassNetworks

extension CellBlend {
  /// The same, but that a category is predicted by one of the parts alone where this is right more often on the same
  /// cells, by more than two standard deviations of what chance does.
  ///
  /// Weights of least squares are those of probabilities: where a level has no value of its own, or all are improbable,
  /// the most probable level of their sum may be right less often than that of a part.
  ///
  /// - Parameters:
  ///   - predictions: The values of each part, `[rows, D]`.
  ///   - rows: The rows with the known cells.
  ///   - cells: The cells, `[rows, F]`.
  func preferringParts(
    _ predictions: [[Float]],
    of rows: EncodedTable,
    cells: [Bool],
    means: FieldMeans
  ) -> CellBlend {
    var (chosen, chosenAlone) = (weights, alone)
    for (field, range) in rows.layout.ranges.enumerated() {
      guard case .category = rows.layout.fields[field] else { continue }
      let places = (0..<rows.count).filter { cells[$0 * rows.fieldCount + field] }
      let own = weights[field].map { Float($0) }
      /// Whether the greatest of some values is that of the cell.
      func hits(_ value: (Int) -> Float) -> [Bool] {
        places.map { row in
          let start = row * rows.width
          let best = range.max { value(start + $0) < value(start + $1) } ?? range.lowerBound
          return rows.values[start + best] == 1
        }
      }
      let blended = hits { index in
        let mean = means.means[index % rows.width]
        return zip(own, predictions).reduce(mean) { $0 + $1.0 * ($1.1[index] - mean) }
      }
      let parts = predictions.map { part in hits { part[$0] } }
      let counts = parts.map { $0.count { $0 } }
      guard let most = counts.max(), let best = counts.firstIndex(of: most),
        RemarkColumns.isBetter(parts[best], than: blended, deviations: 2)
      else { continue }
      chosen[field] = own.indices.map { $0 == best ? 1 : 0 }
      chosenAlone?[field] = chosen[field]
    }
    return chosen == weights ? self : CellBlend(weights: chosen, alone: chosenAlone)
  }
}
