internal import HourglassSystem
internal import HourglassTensors

extension Dataset {
  /// Reads a file or a folder; what it holds is seen from its contents.
  ///
  /// A PNG or JPEG file, a folder of such, or binary files of CIFAR-10 give images, and a sound file
  /// or a folder of such sounds.
  /// Comma-, semicolon- or tab-separated values give a table, or a time series where the options say
  /// so; several files of them are one table, by a pattern such as `data/*.csv` or as the `part-…` files of a
  /// folder. Arrays (NPY, NPZ) and IDX data with two dimensions give a table of numbers, with three or
  /// four images.
  ///
  /// - Parameters:
  ///   - path: The file, folder or pattern.
  ///   - options: What is not to be left to the contents.
  ///   - progress: Called now and then with the part of a large table that was read, from 0 to 1.
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
    case .table(let table):
      guard let stored = table.stored else {
        return .series(try SeriesSet(table.whole(), options: series))
      }
      let found = try StoredSeries(stored, options: series, progress: progress)
      return .series(SeriesData(found))
    case .images, .sounds, .series: return dataset
    }
  }

  /// The images or sounds of a path, or nothing where it holds something else.
  private static func media(
    _ path: String,
    _ options: DatasetOptions
  ) throws(DatasetError) -> Dataset? {
    let parts = try TableParts(path: path)
    let isFolder: Bool
    if case .folder? = try? FolderListing.kind(of: path) {
      isFolder = true
    } else {
      isFolder = false
    }
    if parts != nil, !isFolder { return nil }
    switch try MediaRecognition(path: path) {
    case .imageFile, .imageFolder, .cifar10:
      var images = try ImageSet.load(
        contentsOf: path,
        limit: options.limit,
        skipsUnreadable: options.skipsUnreadable,
        cacheFolder: options.cacheFolder
      )
      images.inMemorySize = min(options.inMemorySize ?? .max, MemoryLimit.standard)
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
      guard isFolder, parts == nil else { return nil }
      throw .unsupportedFormat(
        path: path,
        expected:
          "a folder with images (PNG, JPEG, CIFAR-10), sounds (WAV, FLAC, Ogg, MP3) or the part-* files of "
          + "a table (of other tables give a pattern in quotes, such as '\(path)/*.csv')",
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
    if source.isOfParts, let found = Self.noText(beginning, path) {
      throw .unsupportedFormat(path: path, expected: "tables of text in all files", found: found)
    }
    if let arrays = try ArrayItems(source, options) { return try arrays.dataset(progress) }
    if IDXFile.isBeginning(beginning) {
      let file = try IDXFile(
        source,
        limit: options.limit,
        memoryLimit: memoryLimit,
        largeSize: options.inMemorySize
      )
      let data = try NumericDataset(file)
      return data.kind == .images ? .images(ImageSet(data)) : .table(Table(data))
    }
    if TSFile.isBeginning(beginning, path: path) {
      return .table(
        try TSFile.table(
          source,
          limit: options.limit,
          memoryLimit: memoryLimit,
          byTime: options.series == nil ? nil : options.table
        )
      )
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
    if try options.isLarge(source) {
      let large = try StoredTable(contentsOf: path, options: options.table, progress: progress)
      // Few rows, however long, are no trouble.
      if large.rowCount >= 1_000 { return .table(TableData(large)) }
    }
    return .table(try Table(source, options: options.table, memoryLimit: memoryLimit))
  }
}

extension Dataset {
  /// What a file is that begins so, where it holds no text; files of it cannot be one table.
  private static func noText(_ beginning: [UInt8], _ path: String) -> String? {
    if IDXFile.isBeginning(beginning) { return "IDX data" }
    if TSFile.isBeginning(beginning, path: path) { return "time series with classes (.ts)" }
    return NumericDataset.foreignFormat(beginning)
  }
}

extension DatasetOptions {
  /// Whether a file is so large, seen from its size alone, that it may not be to be held in memory.
  ///
  /// - Throws: Why the file cannot be opened.
  package func isLarge(_ path: String) throws(DatasetError) -> Bool {
    try isLarge(try ByteSource(path: path))
  }

  /// The most that a file inflates to, as a multiple of its size: zeros by Zstandard.
  private static let mostInflated = 1 << 17

  /// Whether a table of text is not to be held in memory; one that is compressed is taken for at least four
  /// times as large as its file.
  ///
  /// - Throws: What is wrong with what is compressed.
  func isLarge(_ source: ByteSource) throws(DatasetError) -> Bool {
    guard let size = source.storedSize else { return false }
    guard source.isCompressed else { return isLarge(size) }
    if isLarge(4 * size) { return true }
    guard let inMemorySize, isLarge(Self.mostInflated * min(size, 1 << 40)) else { return false }
    return try ByteSource.inflatesBeyond(inMemorySize, path: source.path)
  }

  /// Whether data of so many bytes are not to be held in memory.
  func isLarge(_ bytes: Int) -> Bool {
    guard let inMemorySize, limit == nil else { return false }
    return bytes >= inMemorySize
  }

  /// What the options say of a table.
  public var table: TableOptions {
    var table = TableOptions(
      limit: limit,
      columnKinds: columnKinds,
      missingWords: missingWords,
      header: header
    )
    table.expectedKinds = expectedKinds
    table.ordinalLevels = ordinalLevels
    table.dateOrders = dateOrders
    table.epochs = epochs
    table.onlyMissingWords = onlyMissingWords
    table.columnMissingWords = columnMissingWords
    table.columnOnlyMissingWords = columnOnlyMissingWords
    table.hasDecimalComma = hasDecimalComma
    table.encoding = encoding
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
      columns: zip(names, columns).map {
        ColumnInference.column(name: $0, numbers: $1, missing: [])
      }
    )
  }
}
