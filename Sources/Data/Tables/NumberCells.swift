import CHourglassCodecs

/// The cells of neighboring columns of numbers, which C reads many at a time.
enum NumberCells {
  /// The bytes that must follow the beginning of a cell for it to be read.
  static let margin = Int(HG_NUMBER_MARGIN)

  /// Where reading is: a byte, and the column and row of the cell that it begins.
  struct Place {
    var position: Int
    var column: Int
    var row: Int
  }

  /// Reads cells for as long as they are numbers of at most 19 digits without an exponent, or empty.
  ///
  /// It stops before any other cell, before blank lines, near the end of the bytes, and at the last
  /// row.
  ///
  /// - Parameters:
  ///   - bytes: The text.
  ///   - place: Where to begin; it moves on.
  ///   - lastRow: The row to stop before.
  ///   - separator: The byte between cells.
  ///   - areNumbers: For each column 1 where its cells are read here, and a 0 behind the last one.
  ///   - block: The cells, `[columns][rows]`; NaN is a missing one.
  ///   - decimals: For each column the counts of digits behind the point.
  static func read(
    _ bytes: Span<UInt8>,
    at place: inout Place,
    lastRow: Int,
    separator: UInt8,
    areNumbers: [UInt8],
    block: inout [Double],
    decimals: inout [DecimalCounts]
  ) {
    let columnCount = areNumbers.count - 1
    let rows = block.count / max(columnCount, 1)
    precondition(
      (0..<columnCount).contains(place.column) && decimals.count == columnCount
        && areNumbers.last == 0 && place.position >= 0 && place.row >= 0 && lastRow <= rows,
      "a cell of the block is read"
    )
    var cells = hg_number_cells()
    cells.separator = separator
    cells.column_count = Int64(columnCount)
    cells.stride = Int64(rows)
    cells.last_row = Int64(lastRow)
    cells.position = place.position
    cells.column = Int64(place.column)
    cells.row = Int64(place.row)
    bytes.withUnsafeBufferPointer { bytes in
      areNumbers.withUnsafeBufferPointer { areNumbers in
        block.withUnsafeMutableBufferPointer { block in
          decimals.withUnsafeMutableBufferPointer { counts in
            // A `DecimalCounts` is its bits.
            counts.withMemoryRebound(to: UInt32.self) { counts in
              cells.bytes = bytes.baseAddress
              cells.count = bytes.count
              cells.is_number = areNumbers.baseAddress
              cells.cells = block.baseAddress
              cells.decimals = counts.baseAddress
              hg_number_cells_read(&cells)
            }
          }
        }
      }
    }
    place = Place(position: cells.position, column: Int(cells.column), row: Int(cells.row))
  }

  /// Gets memory for the next elements of an array that has room for them, some 64 KiB at a time.
  ///
  /// - Parameters:
  ///   - count: The elements that will be appended now.
  ///   - ready: The elements that there is memory for; it moves on.
  static func prepare<Element: BitwiseCopyable>(
    _ count: Int,
    in cells: inout [Element],
    ready: inout Int
  ) {
    let stride = MemoryLayout<Element>.stride
    guard cells.capacity * stride >= 1 << 18, cells.count + count > ready else { return }
    let start = cells.count
    let wanted = max(count, (1 << 16) / stride)
    guard start + wanted <= cells.capacity else { return }
    ready = start + wanted
    cells.withUnsafeBufferPointer { all in
      guard let first = all.baseAddress else { return }
      hg_get_pages(first + start, wanted * stride)
    }
  }

  /// Makes room in an array, on large pages where it is large: getting memory from the system page by
  /// page takes longer than filling it.
  static func reserve<Element: BitwiseCopyable>(_ count: Int, in cells: inout [Element]) {
    cells.reserveCapacity(count)
    let size = cells.capacity * MemoryLayout<Element>.stride
    guard size >= 1 << 22 else { return }
    cells.withUnsafeBufferPointer { hg_prefer_large_pages($0.baseAddress, size) }
  }

  /// An array of equal elements that are looked at in no order.
  static func scattered<Element: BitwiseCopyable>(_ element: Element, count: Int) -> [Element] {
    var cells: [Element] = []
    reserve(count, in: &cells)
    cells.append(contentsOf: repeatElement(element, count: count))
    return cells
  }
}
