internal import HourglassAutoencoders
package import HourglassNetworks
package import HourglassTensors

/// Rows of a table as a network with fields takes them: the encoded values of a row, then one
/// observed mask for each field, `[D + F]`.
package struct TableRows: BatchSource {
  /// The encoded cells.
  package let encoded: EncodedTable
  package let itemShape: Shape

  /// The rows in their order; `nil` is all rows as they are.
  private let rows: [Int]?

  package init(_ encoded: EncodedTable, rows: [Int]? = nil) {
    self.encoded = encoded
    self.rows = rows
    itemShape = [encoded.width + encoded.fieldCount]
  }

  package var count: Int { rows?.count ?? encoded.count }

  package func copyItems(_ indices: Span<Int>, into destination: inout MutableSpan<Float>) {
    let (width, fieldCount) = (encoded.width, encoded.fieldCount)
    let values = encoded.values.span
    let observed = encoded.observed.span
    var place = 0
    for index in indices.indices {
      let row = rows?[indices[index]] ?? indices[index]
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

extension TableEncoding {
  /// The fields as a network sees them.
  package var layout: FeatureSchema {
    FeatureSchema(
      fields.map { field in
        switch field.content {
        case .number: .number
        case .levels: .category(levels: field.width)
        }
      }
    )
  }
}
