package import HourglassNetworks

/// The rows of a table, or the times of series, as values for a network; any cell may be missing.
package struct EncodedTable: Hashable, Sendable {
  /// The fields of a row.
  package let layout: FeatureSchema
  /// The number of rows.
  package let count: Int
  /// The values, `[count, width]`; those of a missing cell are 0.
  package let values: [Float]
  /// 1 for a cell that is there and 0 for a missing one, `[count, fieldCount]`.
  package let observed: [Float]
  /// The scale of the series of each row; none for a table, and for one series.
  package private(set) var scales: RowScales?

  package init(
    layout: FeatureSchema,
    count: Int,
    values: [Float],
    observed: [Float]
  ) {
    precondition(
      values.count == count * layout.width && observed.count == count * layout.count,
      "\(count) rows of \(layout.width) values and \(layout.count) observed masks were expected"
    )
    self.layout = layout
    self.count = count
    self.values = values
    self.observed = observed
  }

  /// The number of values of a row.
  package var width: Int { layout.width }
  /// The number of fields of a row.
  package var fieldCount: Int { layout.count }

  /// Whether a cell is there.
  package func isPresent(_ row: Int, _ field: Int) -> Bool {
    observed[row * fieldCount + field] != 0
  }

  /// The missing cells, `[rows, fields]`.
  package var missing: [Bool] { observed.map { $0 == 0 } }

  /// The rows without some of their cells, `[rows, fields]`.
  package func hiding(_ cells: [Bool]) -> EncodedTable {
    var (values, observed) = (values, observed)
    let ranges = layout.ranges
    for row in 0..<count {
      for field in 0..<fieldCount where cells[row * fieldCount + field] {
        observed[row * fieldCount + field] = 0
        for place in ranges[field] { values[row * width + place] = 0 }
      }
    }
    return EncodedTable(layout: layout, count: count, values: values, observed: observed)
      .scaled(by: scales)
  }

  /// The same rows, whose values are on the scales of their series.
  package func scaled(by scales: RowScales?) -> EncodedTable {
    var table = self
    table.scales = scales
    return table
  }

  /// Some rows in the order of their indices.
  package func rows(_ indices: [Int]) -> EncodedTable {
    EncodedTable(
      layout: layout,
      count: indices.count,
      values: indices.flatMap { values[$0 * width..<($0 + 1) * width] },
      observed: indices.flatMap { observed[$0 * fieldCount..<($0 + 1) * fieldCount] }
    ).scaled(by: scales?.rows(indices))
  }

  /// At most so many rows, evenly taken from all.
  package func thinned(to limit: Int) -> EncodedTable {
    guard count > limit else { return self }
    return rows((0..<limit).map { $0 * count / limit })
  }
}
