internal import HourglassAutoencoders
package import HourglassNetworks
package import HourglassTensors

/// Rows of fields some of whose cells are missing, as numbers: `[rows, D]` values and `[rows, F]`
/// observed masks, and as items `[D + F]` for a network with fields.
package struct CellRows: BatchSource {
  /// The fields of a row.
  package let layout: FeatureSchema
  /// The number of rows.
  package let count: Int
  /// The values, row by row; those of a missing cell are 0.
  package let values: [Float]
  /// 1 for a cell that is there and 0 for a missing one, row by row.
  package let observed: [Float]

  package init(layout: FeatureSchema, count: Int, values: [Float], observed: [Float]) {
    precondition(
      values.count == count * layout.width && observed.count == count * layout.count,
      "\(count) rows of \(layout.width) values and \(layout.count) observed masks were expected"
    )
    self.layout = layout
    self.count = count
    self.values = values
    self.observed = observed
  }

  package init(_ encoded: EncodedTable, layout: FeatureSchema) {
    self.init(
      layout: layout,
      count: encoded.count,
      values: encoded.values,
      observed: encoded.observed
    )
  }

  /// The number of values of a row.
  package var width: Int { layout.width }
  /// The number of fields of a row.
  package var fieldCount: Int { layout.count }
  package var itemShape: Shape { [layout.width + layout.count] }

  /// Whether a cell is there.
  package func isPresent(_ row: Int, _ field: Int) -> Bool {
    observed[row * fieldCount + field] != 0
  }

  /// The missing cells, `[rows, F]`.
  package var missing: [Bool] { observed.map { $0 == 0 } }

  /// The rows without some of their cells, `[rows, F]`.
  package func hiding(_ cells: [Bool]) -> CellRows {
    var (values, observed) = (values, observed)
    let ranges = layout.ranges
    for row in 0..<count {
      for field in 0..<fieldCount where cells[row * fieldCount + field] {
        observed[row * fieldCount + field] = 0
        for place in ranges[field] { values[row * width + place] = 0 }
      }
    }
    return CellRows(layout: layout, count: count, values: values, observed: observed)
  }

  /// Some rows in the order of their indices.
  package func rows(_ indices: [Int]) -> CellRows {
    CellRows(
      layout: layout,
      count: indices.count,
      values: indices.flatMap { values[$0 * width..<($0 + 1) * width] },
      observed: indices.flatMap { observed[$0 * fieldCount..<($0 + 1) * fieldCount] }
    )
  }

  /// At most so many rows, evenly taken from all.
  package func thinned(to limit: Int) -> CellRows {
    guard count > limit else { return self }
    return rows((0..<limit).map { $0 * count / limit })
  }

  package func copyItems(_ indices: Span<Int>, into destination: inout MutableSpan<Float>) {
    let (values, observed) = (values.span, observed.span)
    var place = 0
    for index in indices.indices {
      let row = indices[index]
      for column in 0..<width {
        destination[place] = values[row * width + column]
        place += 1
      }
      for field in 0..<fieldCount {
        destination[place] = observed[row * fieldCount + field]
        place += 1
      }
    }
  }
}
