internal import HourglassTensors

extension Dataset {
  /// Reads a file or a folder; what it holds is seen from its contents.
  ///
  /// A PNG or JPEG file, a folder of such, or binary files of CIFAR-10 give images, and a sound file
  /// or a folder of such sounds.
  /// Comma-, semicolon- or tab-separated values give a table, or a time series where the options say
  /// so. Arrays (NPY, NPZ) and IDX data with two dimensions give a table of numbers, with three or
  /// four images.
  ///
  /// - Parameters:
  ///   - path: The file or folder.
  ///   - options: What is not to be left to the contents.
  ///   - progress: Is told now and then which part of a large table was read, from 0 to 1.
  /// - Throws: What is wrong with the file, and where.
  public static func load(
    contentsOf path: String,
    options: DatasetOptions = DatasetOptions(),
    progress: (Double) -> Void = { _ in }
  ) throws(DatasetError) -> Dataset {
    if let limit = options.limit, limit < 1 { throw .limitNotPositive(path: path, limit: limit) }
    if let media = try media(path, options) { return media }
    var dataset = try read(ByteSource(path: path), options, progress)
    if let size = options.imageSize, case .images(let images) = dataset {
      dataset = .images(try images.filling(size))
    }
    guard let series = options.series, case .table(let table) = dataset else { return dataset }
    return .series(try SeriesSet(table, options: series))
  }

  /// The images or sounds of a path, or nothing where it holds something else.
  private static func media(
    _ path: String,
    _ options: DatasetOptions
  ) throws(DatasetError) -> Dataset? {
    switch try MediaRecognition(path: path) {
    case .imageFile, .imageFolder, .cifar10:
      let images = try ImageSet.load(
        contentsOf: path,
        limit: options.limit,
        skipsUnreadable: options.skipsUnreadable,
        cacheFolder: options.cacheFolder
      )
      return .images(
        try options.imageSize.map { size throws(DatasetError) in
          try images.filling(size)
        } ?? images
      )
    case .soundFile, .soundFolder:
      return .sounds(
        try SoundSet.load(
          contentsOf: path,
          limit: options.limit,
          skipsUnreadable: options.skipsUnreadable
        )
      )
    case .nothing:
      guard case .folder = try FolderListing.kind(of: path) else { return nil }
      throw .unsupportedFormat(
        path: path,
        expected: "a folder with images (PNG, JPEG, CIFAR-10) or sounds (WAV, FLAC, Ogg, MP3)",
        found: try FolderListing.files(below: path).isEmpty ? "no file in it" : "other files alone"
      )
    }
  }

  private static func read(
    _ source: ByteSource,
    _ options: DatasetOptions,
    _ progress: (Double) -> Void
  ) throws(DatasetError) -> Dataset {
    let path = source.path
    let memoryLimit = MemoryLimit.standard
    if source.unreadCount == 0 { throw .emptyFile(path: path) }
    let beginning = source.firstUnread(12)
    if NPYHeader.isBeginning(beginning) {
      let array = try NPYFile(source.readAll(memoryLimit: memoryLimit), path: path)
      return try ArrayItems(array, labels: nil, options).dataset(name: lastPart(of: path))
    }
    if ZipArchive.isBeginning(beginning) {
      let archive = try NPZFile(source, memoryLimit: memoryLimit)
      let name = if let name = options.arrayName { name } else { try archive.standardName() }
      let array = try archive.array(name)
      var labels: NPYFile?
      if let name = options.labelsName { labels = try archive.array(name) }
      return try ArrayItems(array, labels: labels, options).dataset(name: lastPart(of: path))
    }
    if IDXFile.isBeginning(beginning) {
      let file = try IDXFile(source, limit: options.limit, memoryLimit: memoryLimit)
      let data = try NumericDataset(file)
      return data.kind == .images ? .images(ImageSet(data)) : .table(Table(data))
    }
    if TSFile.isBeginning(beginning, path: path) {
      return .table(try TSFile.table(source, limit: options.limit, memoryLimit: memoryLimit))
    }
    if let found = NumericDataset.foreignFormat(beginning) {
      throw .unsupportedFormat(
        path: path,
        expected:
          "a table (CSV, TSV, NPY, NPZ), images (PNG, JPEG, IDX, CIFAR-10) or sounds (WAV, FLAC, "
          + "Ogg, MP3)",
        found: found
      )
    }
    if options.isLarge(source) {
      let large = try LargeTable(contentsOf: path, options: options.table, progress: progress)
      // Few rows, however long, are no trouble.
      if large.rowCount >= 1_000 { return .largeTable(large) }
    }
    return .table(try Table(source, options: options.table, memoryLimit: memoryLimit))
  }
}

extension DatasetOptions {
  /// Whether a table of text is not to be held in memory; one that is compressed is taken for four
  /// times as large as its file.
  func isLarge(_ source: ByteSource) -> Bool {
    guard let largeTableSize, limit == nil, series == nil, let size = source.storedSize else {
      return false
    }
    return (source.isCompressed ? 4 * size : size) >= largeTableSize
  }

  /// What the options say of a table.
  public var table: TableOptions {
    var table = TableOptions(
      limit: limit,
      columnKinds: columnKinds,
      missingWords: missingWords,
      header: header
    )
    table.ordinalLevels = ordinalLevels
    table.dateOrders = dateOrders
    table.hasDecimalComma = hasDecimalComma
    return table
  }
}

extension Table {
  /// Makes a table of numbers of rows of numbers.
  package init(_ data: NumericDataset) {
    let names = TableSample.unique(data.columns)
    var columns = names.map { _ in [Double](repeating: 0, count: data.count) }
    for row in 0..<data.count {
      for (column, value) in data.item(row).enumerated() { columns[column][row] = Double(value) }
    }
    self.init(
      name: data.name,
      columns: zip(names, columns).map { Column(name: $0, measured: $1, missing: []) }
    )
  }
}

extension Table.Column {
  /// Makes a column of numbers that were not written as text: a number, an integer or a constant.
  init(name: String, measured: [Double], missing: [Bool]) {
    let present = measured.indices.filter { missing.isEmpty || !missing[$0] }.map { measured[$0] }
    let first = present.first ?? 0
    let kind: ColumnKind =
      present.allSatisfy { $0 == first }
      ? .constant : present.allSatisfy { $0 == $0.rounded() } ? .integer : .number
    self.init(name: name, kind: kind, cells: .numbers(measured, missing: missing))
  }
}

/// An array and its labels, as items to learn from.
private struct ArrayItems {
  let array: NPYFile
  let labels: NPYFile?
  let labelsName: String
  let kinds: [String: ColumnKind]
  let count: Int

  init(_ array: NPYFile, labels: NPYFile?, _ options: DatasetOptions) throws(DatasetError) {
    guard (1...4).contains(array.shape.count) else {
      throw .array(.unsupportedShape(path: array.path, shape: array.shape))
    }
    self.array = array
    self.labels = labels
    labelsName = options.labelsName ?? "label"
    kinds = options.columnKinds
    count = min(options.limit ?? array.shape[0], array.shape[0])
    guard let labels else { return }
    let isOneEach = labels.count == array.shape[0]
    let areWhole = (0..<labels.count).allSatisfy { Int(exactly: labels.value($0)) != nil }
    guard isOneEach && areWhole else {
      throw .array(.badLabels(path: labels.path, items: array.shape[0], shape: labels.shape))
    }
  }

  func dataset(name: String) throws(DatasetError) -> Dataset {
    array.shape.count < 3 ? .table(try table(name)) : .images(try images(name))
  }

  /// Rows of numbers; NaN is a missing cell.
  private func table(_ name: String) throws(DatasetError) -> Table {
    let width = array.shape.count == 1 ? 1 : array.shape[1]
    var columns: [Table.Column] = []
    for column in 0..<width {
      var numbers = [Double](repeating: 0, count: count)
      var missing: [Bool] = []
      for row in 0..<count {
        let value = array.value(row * width + column)
        if value.isInfinite { throw .array(.notFinite(path: array.path, item: row + 1)) }
        if value.isNaN {
          if missing.isEmpty { missing = Array(repeating: false, count: count) }
          missing[row] = true
        } else {
          numbers[row] = value
        }
      }
      let name = "column \(column + 1)"
      let inferred = Table.Column(name: name, measured: numbers, missing: missing)
      columns.append(try declared(inferred))
    }
    if let labels {
      let inference = ColumnInference(path: array.path, name: labelsName, declared: .category)
      let values = (0..<count).map { labels.value($0) }
      let column = try inference.column(numbers: values, missing: [], decimals: 0, isFixed: true)
      columns.append(column)
    }
    return Table(name: name, columns: columns)
  }

  private func declared(_ column: Table.Column) throws(DatasetError) -> Table.Column {
    guard let kind = kinds[column.name], case .numbers(let values, let missing) = column.cells
    else {
      return column
    }
    let inference = ColumnInference(path: array.path, name: column.name, declared: kind)
    return try inference.column(numbers: values, missing: missing, decimals: nil, isFixed: false)
  }

  /// Images `[count, height, width]`, `[count, channels, height, width]`, or with the channels last.
  private func images(_ name: String) throws(DatasetError) -> ImageSet {
    var shape = Array(array.shape.dropFirst())
    let isLast = shape.count == 3 && shape[0] > 4 && shape[2] <= 4
    if shape.count == 2 { shape = [1] + shape }
    let size = shape.reduce(1, *)
    let pixels = isLast ? shape[0] * shape[1] : 1
    let channels = isLast ? shape[2] : 1
    let place = { (index: Int) -> Int in
      guard isLast else { return index }
      let (item, rest) = index.quotientAndRemainder(dividingBy: size)
      let (channel, pixel) = rest.quotientAndRemainder(dividingBy: pixels)
      return item * size + pixel * channels + channel
    }
    if isLast { shape = [channels, shape[0], shape[1]] }
    let storage: NumericStorage
    if case .bytes(let bytes) = array.values {
      storage = .bytes((0..<count * size).map { bytes[place($0)] })
    } else {
      let floats = (0..<count * size).map { Float(array.value(place($0))) }
      if let index = floats.firstIndex(where: { !$0.isFinite }) {
        throw .array(.notFinite(path: array.path, item: index / size + 1))
      }
      storage = .floats(floats)
    }
    let images = NumericDataset(
      name: name,
      itemShape: Shape(shape),
      kind: .images,
      storage: storage
    )
    return ImageSet(images, labels: labels.map { all in (0..<count).map { Int(all.value($0)) } })
  }
}
