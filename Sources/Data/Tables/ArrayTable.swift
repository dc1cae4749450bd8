/// An array in a file as a table that is read block by block, with labels beside it where these
/// were asked for.
struct ArrayTable: Sendable {
  /// The path of the file.
  let path: String
  /// The names of the columns, that of the labels last.
  let names: [String]
  /// The rows, `[rows]` or `[rows, columns]`.
  let array: StoredArray
  /// One whole number for each row.
  let labels: StoredArray?

  /// Checks what the headers say.
  ///
  /// - Throws: `tooManyColumns`, `columnMajor`, or `badLabels`.
  init(
    path: String,
    _ array: StoredArray,
    labels: StoredArray?,
    named labelsName: String?
  ) throws(DatasetError) {
    self.path = path
    self.array = array
    self.labels = labels
    for stored in [array, labels] {
      guard let stored, stored.header.isColumnMajor else { continue }
      throw .array(.columnMajor(path: stored.path, shape: stored.header.shape))
    }
    if let labels, labels.header.count != array.header.shape[0] {
      throw Self.badLabels(labels, array)
    }
    names = try Self.names(array, labels: labels == nil ? nil : labelsName)
  }

  /// The names of the columns of an array as a table, and that of its labels.
  ///
  /// - Throws: `tooManyColumns` where the rows are longer than those of any table.
  static func names(
    _ array: StoredArray,
    labels: String?
  ) throws(DatasetError) -> [String] {
    let width = Self.width(array.header)
    guard width <= CSVDialect.columnLimit else {
      throw .array(
        .tooManyColumns(
          path: array.path,
          shape: array.header.shape,
          limit: CSVDialect.columnLimit
        )
      )
    }
    let own = (1...width).map { "column \($0)" }
    return TableSample.unique(own + (labels.map { [$0] } ?? []))
  }

  /// The columns of an array of one or two dimensions.
  static func width(_ header: NPYHeader) -> Int { header.shape.count == 1 ? 1 : header.shape[1] }

  static func badLabels(_ labels: StoredArray, _ array: StoredArray) -> DatasetError {
    let items = array.header.shape[0]
    return .array(.badLabels(path: labels.path, items: items, shape: labels.header.shape))
  }

  var width: Int { Self.width(array.header) }
  var rowCount: Int { array.header.shape[0] }
  /// The bytes of all values.
  var byteCount: Int { array.header.byteCount + (labels?.header.byteCount ?? 0) }

  /// How the kind of each column is found.
  func inferences(_ options: TableOptions) -> [ColumnInference] {
    Self.inferences(names, array, options)
  }

  /// How the kinds of columns are found; labels, if there are any, are those behind the array's
  /// own.
  static func inferences(
    _ names: [String],
    _ array: StoredArray,
    _ options: TableOptions
  ) -> [ColumnInference] {
    names.enumerated().map { index, name in
      if index >= width(array.header) {
        return ColumnInference(path: array.path, name: name, declared: .category)
      }
      return options.inference(of: name, in: array.path)
    }
  }
}

/// Reads an array and its labels block by block, as columns.
final class ArrayRows {
  private let table: ArrayTable
  /// Which columns are wanted.
  private let places: [Int]
  private let data: NPYStream
  private let labels: NPYStream?
  private var rowCount = 0

  private static let blockCells = 1 << 20

  /// Opens the arrays.
  ///
  /// - Parameter places: The columns to give, in their order; labels are the last one of the table.
  init(_ table: ArrayTable, places: [Int]) throws(DatasetError) {
    self.table = table
    self.places = places
    data = try table.array.stream()
    labels = places.contains { $0 >= table.width } ? try table.labels?.stream() : nil
  }

  /// The next rows, at most as many as wanted and as take a few megabytes; 0 behind the last one.
  ///
  /// - Throws: What is wrong with the file, `notFinite` for an infinite value, `badLabels`.
  func next(_ wanted: Int) throws(DatasetError) -> (rows: Int, columns: [ParsedColumn]) {
    let width = table.width
    let rows = min(
      wanted,
      table.rowCount - rowCount,
      max(Self.blockCells / max(width, places.count), 1)
    )
    var numbers: [Double] = []
    numbers.reserveCapacity(rows * width)
    try data.append(rows * width, to: &numbers)
    if let index = numbers.firstIndex(where: \.isInfinite) {
      let item = rowCount + index / width + 1
      throw .array(.notFinite(path: table.array.path, item: item))
    }
    var classes: [Double] = []
    if let labels, let stored = table.labels {
      try labels.append(rows, to: &classes)
      guard classes.allSatisfy({ Int(exactly: $0) != nil }) else {
        throw ArrayTable.badLabels(stored, table.array)
      }
    }
    rowCount += rows
    let columns = places.map { place in
      place < width
        ? ParsedColumn(numbers, from: place, every: width, rows: rows, decimals: nil)
        : ParsedColumn(classes, from: 0, every: 1, rows: rows, decimals: 0)
    }
    return (rows, columns)
  }
}

extension ParsedColumn {
  /// Makes a column of some of the numbers of a list; NaN is a missing cell.
  fileprivate init(
    _ numbers: [Double],
    from start: Int,
    every stride: Int,
    rows: Int,
    decimals: Int?
  ) {
    self.init()
    var cells: [Double] = []
    cells.reserveCapacity(rows)
    for row in 0..<rows { cells.append(numbers[start + row * stride]) }
    var counts = DecimalCounts()
    counts.note(decimals)
    append(cells[...], mode: .number, decimals: counts)
  }
}
