internal import HourglassSystem
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
    guard let series = options.series else { return dataset }
    switch dataset {
    case .table(let table): return .series(try SeriesSet(table, options: series))
    case .largeTable(let table):
      return .largeSeries(try LargeSeries(table, options: series, progress: progress))
    case .images, .sounds, .series, .largeSeries: return dataset
    }
  }

  /// The images or sounds of a path, or nothing where it holds something else.
  private static func media(
    _ path: String,
    _ options: DatasetOptions
  ) throws(DatasetError) -> Dataset? {
    switch try MediaRecognition(path: path) {
    case .imageFile, .imageFolder, .cifar10:
      var images = try ImageSet.load(
        contentsOf: path,
        limit: options.limit,
        skipsUnreadable: options.skipsUnreadable,
        cacheFolder: options.cacheFolder
      )
      images.inMemorySize = min(options.largeTableSize ?? .max, MemoryLimit.standard)
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
    if let arrays = try ArrayItems(source, options) { return try arrays.dataset(progress) }
    if IDXFile.isBeginning(beginning) {
      let file = try IDXFile(
        source,
        limit: options.limit,
        memoryLimit: memoryLimit,
        largeSize: options.largeTableSize
      )
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
  /// Whether a file is so large, seen from its size alone, that it may not be to be held in memory.
  ///
  /// - Throws: Why the file cannot be opened.
  package func isLarge(_ path: String) throws(DatasetError) -> Bool {
    try isLarge(ByteSource(path: path))
  }

  /// Whether a table of text is not to be held in memory; one that is compressed is taken for four
  /// times as large as its file.
  func isLarge(_ source: ByteSource) -> Bool {
    guard let size = source.storedSize else { return false }
    return isLarge(source.isCompressed ? 4 * size : size)
  }

  /// Whether data of so many bytes are not to be held in memory.
  func isLarge(_ bytes: Int) -> Bool {
    guard let largeTableSize, limit == nil else { return false }
    return bytes >= largeTableSize
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
    let kind = ColumnInference.measuredKind(measured, missing: missing)
    self.init(name: name, kind: kind, cells: .numbers(measured, missing: missing))
  }
}
