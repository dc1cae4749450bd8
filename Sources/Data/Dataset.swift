public import HourglassMedia

/// What a file of data gives.
public enum Dataset: Sendable {
  /// The rows of a table.
  case table(Table)
  /// The rows of a table that is larger than what should be held in memory.
  case largeTable(LargeTable)
  /// Images.
  case images(ImageSet)
  /// Sounds.
  case sounds(SoundSet)
  /// Windows of time series.
  case series(SeriesSet)
  /// Windows of time series that are larger than what should be held in memory.
  case largeSeries(LargeSeries)

  /// The name of the file without its folders.
  public var name: String {
    switch self {
    case .table(let table): table.name
    case .largeTable(let table): table.name
    case .images(let images): images.name
    case .sounds(let sounds): sounds.name
    case .series(let series): series.name
    case .largeSeries(let series): series.name
    }
  }

  /// The number of rows, images, sounds or windows.
  public var count: Int {
    switch self {
    case .table(let table): table.rowCount
    case .largeTable(let table): table.rowCount
    case .images(let images): images.count
    case .sounds(let sounds): sounds.count
    case .series(let series): series.count
    case .largeSeries(let series): series.count
    }
  }

  /// A hash of the values, sixteen hexadecimal digits.
  public var fingerprint: String {
    switch self {
    case .table(let table): table.fingerprint
    case .largeTable(let table): table.fingerprint
    case .images(let images): images.fingerprint
    case .sounds(let sounds): sounds.fingerprint
    case .series(let series): series.fingerprint
    case .largeSeries(let series): series.fingerprint
    }
  }
}

/// How a file of data is read.
public struct DatasetOptions: Hashable, Sendable {
  /// The number of items to read at most; all of them when it is left out.
  public var limit: Int?
  /// The kinds of columns that are not to be inferred, by name.
  public var columnKinds: [String: ColumnKind] = [:]
  /// The levels of ordinal columns in their order, by name.
  public var ordinalLevels: [String: [String]] = [:]
  /// The order of day and month in columns of dates that leave it open, by name.
  public var dateOrders: [String: DateFormat.Order] = [:]
  /// Whether the first row of a table holds the names of the columns.
  public var header = TableOptions.Header.automatic
  /// Whether the numbers of a table have a decimal comma.
  public var hasDecimalComma = false
  /// Words that stand for a missing cell beside the usual ones.
  public var missingWords: [String] = []
  /// The array of an NPZ file; the only one, or X, when it is left out.
  public var arrayName: String?
  /// The array of an NPZ file that holds one label for each item.
  public var labelsName: String?
  /// Whether files of a folder that cannot be read are skipped, and counted.
  public var skipsUnreadable = false
  /// A folder to keep the decoded pixels of folders of many images in; nothing is kept when it is
  /// left out.
  public var cacheFolder: String?
  /// The size that images are brought to: scaled, and cut where their form is another one.
  public var imageSize: ImageSize?
  /// How a table is cut into windows of time; it stays a table when this is left out.
  public var series: SeriesOptions?
  /// The bytes from which data are not held in memory; none ever are when this is left out.
  ///
  /// They are counted in the text of a table, or in the values of an array or of IDX data. Rows are
  /// then a large table or large series, and images go to the disk.
  ///
  /// A table of which only the first rows are read is held in memory always.
  public var largeTableSize: Int?

  /// Makes options that leave everything to the file.
  public init() {}
}

extension Dataset {
  /// The first rows, images or sounds, or all where there are fewer; a time series is given whole,
  /// of a large table rows of its sample are, and of large series their sample is.
  public func prefix(_ count: Int) -> Dataset {
    switch self {
    case .table(let table): .table(table.prefix(count))
    case .largeTable(let table): .table(table.sample.prefix(count))
    case .images(let images): .images(images.prefix(count))
    case .sounds(let sounds): .sounds(sounds.prefix(count))
    case .series: self
    case .largeSeries(let series): .series(series.sample)
    }
  }
}

extension Dataset {
  /// What can be trained on in memory: the sample of large data, anything else as it is.
  package var learnable: Dataset {
    switch self {
    case .largeTable(let table): .table(table.sample)
    case .largeSeries(let series): .series(series.sample)
    case .table, .images, .sounds, .series: self
    }
  }

  /// The same items all in memory.
  ///
  /// - Throws: What is wrong with the file of large data, such as that it does not fit.
  package func inMemory() throws(DatasetError) -> Dataset {
    switch self {
    case .largeTable(let table): .table(try table.whole())
    case .largeSeries(let series): .series(try series.whole())
    case .table, .images, .sounds, .series: self
    }
  }
}
