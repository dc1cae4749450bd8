internal import HourglassSystem
internal import HourglassTensors

/// An array in a file and its labels, as items: rows of a table, or images.
///
/// Rows of an IDX file are an array, too.
struct ArrayItems {
  private let path: String
  private let options: DatasetOptions
  private let array: StoredArray
  private let labels: StoredArray?
  /// The array opened, where it can be read only once or is open already.
  private let opened: NPYStream?
  private let canBeReadAgain: Bool

  private static let fewestLargeRows = 1_000

  /// Looks at the beginning of a file; nil where it holds no arrays.
  ///
  /// - Throws: What is wrong with the file, or which array it does not have.
  init?(_ source: ByteSource, _ options: DatasetOptions) throws(DatasetError) {
    path = source.path
    self.options = options
    let beginning = source.firstUnread(12)
    if NPYHeader.isBeginning(beginning) {
      let stream = try NPYStream(source, path: source.path)
      array = StoredArray(stream)
      opened = stream
      labels = nil
      canBeReadAgain = source.storedSize != nil
    } else if IDXFile.isBeginningOfRows(beginning) {
      let stream = try NPYStream(idx: source)
      array = StoredArray(stream)
      opened = stream
      labels = nil
      canBeReadAgain = source.storedSize != nil
    } else if ZipArchive.isBeginning(beginning) {
      let archive = try NPZFile(source, memoryLimit: MemoryLimit.standard)
      let name = if let name = options.arrayName { name } else { try archive.standardName() }
      array = try archive.stored(name)
      labels = try options.labelsName.map { name throws(DatasetError) in try archive.stored(name) }
      opened = nil
      canBeReadAgain = true
    } else {
      return nil
    }
    guard (1...4).contains(array.header.shape.count) else {
      throw .array(.unsupportedShape(path: array.path, shape: array.header.shape))
    }
  }

  /// Whether the items are rows of a table.
  private var areRows: Bool { array.header.shape.count < 3 }

  /// The items; those that are too many for memory by the options are left in the file, if they are
  /// rows, or go to the disk.
  ///
  /// - Throws: What is wrong with the file.
  func dataset(_ progress: (Double) -> Void) throws(DatasetError) -> Dataset {
    if options.isLarge(array.header.byteCount), canBeReadAgain, areRows,
      array.header.shape[0] >= Self.fewestLargeRows
    {
      let rows = try ArrayTable(path: path, array, labels: labels, named: options.labelsName)
      let stored = try StoredTable(rows, options: options.table, progress: progress)
      return .table(TableData(stored))
    }
    if areRows { return .table(try table()) }
    return .images(try images(progress))
  }

  /// Whether rows, and not columns, follow one another in the file.
  var isRowMajor: Bool { !array.header.isColumnMajor }

  /// The rows of a table, which stay in the file; nil for images, and for what can be read only once.
  func rows() throws(DatasetError) -> ArrayTable? {
    guard areRows, canBeReadAgain else { return nil }
    return try ArrayTable(path: path, array, labels: labels, named: options.labelsName)
  }

  // MARK: In memory

  private func whole() throws(DatasetError) -> NPYFile {
    let memoryLimit = MemoryLimit.standard
    if let opened {
      return try NPYFile(opened, memoryLimit: memoryLimit, limit: options.limit)
    }
    return try array.whole(memoryLimit: memoryLimit, limit: options.limit)
  }

  /// The number of items that are wanted.
  private var count: Int { min(options.limit ?? .max, array.header.shape[0]) }

  /// The labels of the items that are wanted.
  private func classes() throws(DatasetError) -> [Double]? {
    guard let labels else { return nil }
    guard labels.header.count == array.header.shape[0] else {
      throw ArrayTable.badLabels(labels, array)
    }
    let values = try labels.whole(memoryLimit: MemoryLimit.standard, limit: options.limit)
    let classes = (0..<count).map { values.value($0) }
    guard classes.allSatisfy({ Int(exactly: $0) != nil }) else {
      throw ArrayTable.badLabels(labels, array)
    }
    return classes
  }

  /// Rows of numbers; NaN is a missing cell.
  private func table() throws(DatasetError) -> Table {
    let values = try whole()
    let classes = try classes()
    let names = try ArrayTable.names(
      array,
      labels: classes == nil ? nil : options.labelsName
    )
    let width = ArrayTable.width(array.header)
    if let index = (0..<count * width).first(where: { values.value($0).isInfinite }) {
      throw .array(.notFinite(path: array.path, item: index / width + 1))
    }
    var columns: [Table.Column] = []
    var readings: [ColumnReading] = []
    let inferences = ArrayTable.inferences(names, array, options.table)
    for (column, inference) in inferences.enumerated() {
      var numbers = classes ?? []
      var missing: [Bool] = []
      let isClass = column >= width
      if !isClass {
        numbers = [Double](repeating: 0, count: count)
        missing = [Bool](repeating: false, count: count)
        for row in 0..<count {
          let value = values.value(row * width + column)
          if value.isNaN { missing[row] = true } else { numbers[row] = value }
        }
      }
      let meaning = try inference.meaning(
        numbers: numbers,
        missing: missing,
        decimals: isClass ? 0 : nil,
        isFixed: isClass
      )
      columns.append(meaning.column)
      readings.append(meaning.reading(inference.name))
    }
    return Table(name: lastPart(of: path), columns: columns).reporting(readings)
  }

  // MARK: Images

  private func images(_ progress: (Double) -> Void) throws(DatasetError) -> ImageSet {
    let layout = ArrayImages(array.header)
    let storage: NumericStorage
    if options.isLarge(array.header.byteCount) {
      let stream = if let opened { opened } else { try array.stream() }
      storage = .disk(try layout.stored(stream, progress: progress))
    } else {
      storage = try layout.storage(whole(), count: count)
    }
    let images = NumericDataset(
      name: lastPart(of: path),
      itemShape: Shape(layout.shape),
      kind: .images,
      storage: storage
    )
    return ImageSet(images, labels: try classes()?.map { Int($0) })
  }
}

extension StoredTable {
  /// Goes once over the rows of an array, however small they are.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - options: Which array and labels are meant, and what their columns are.
  ///   - sampleBytes: About how much memory the drawn rows may take.
  /// - Throws: What is wrong with the file.
  package init(
    array path: String,
    options: DatasetOptions = DatasetOptions(),
    sampleBytes: Int
  ) throws(DatasetError) {
    guard let table = try ArrayItems(ByteSource(path: path), options)?.rows() else {
      throw .unsupportedFormat(
        path: path,
        expected: "an array of rows",
        found: "something else"
      )
    }
    try self.init(table, options: options.table, sampleBytes: sampleBytes)
  }
}
