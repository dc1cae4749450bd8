public import HourglassMedia

/// Data of one of four kinds.
///
/// Whether they lie in memory or stay in their file is inside the value;
/// `batches()` goes through all of them either way.
public enum Dataset: Sendable {
  /// The rows of a table.
  case table(TableData)
  /// Images.
  case images(ImageSet)
  /// Sounds.
  case sounds(SoundSet)
  /// Windows of time series.
  case series(SeriesData)

  /// The rows of a table in memory.
  public static func table(_ table: Table) -> Dataset { .table(TableData(table)) }

  /// Windows of time series in memory.
  public static func series(_ series: SeriesSet) -> Dataset { .series(SeriesData(series)) }

  /// The name of the file without its folders.
  public var name: String {
    switch self {
    case .table(let table): table.name
    case .images(let images): images.name
    case .sounds(let sounds): sounds.name
    case .series(let series): series.name
    }
  }

  /// The number of rows, images, sounds or windows.
  public var count: Int {
    switch self {
    case .table(let table): table.rowCount
    case .images(let images): images.count
    case .sounds(let sounds): sounds.count
    case .series(let series): series.count
    }
  }

  /// A hash of the values, sixteen hexadecimal digits.
  public var fingerprint: String {
    switch self {
    case .table(let table): table.fingerprint
    case .images(let images): images.fingerprint
    case .sounds(let sounds): sounds.fingerprint
    case .series(let series): series.fingerprint
    }
  }

  /// Whether all items are in memory, or, of images and sounds, can be fetched by number.
  public var isInMemory: Bool {
    switch self {
    case .table(let table): table.isInMemory
    case .images, .sounds: true
    case .series(let series): series.isInMemory
    }
  }

  /// The first rows, images or sounds, or all where there are fewer.
  ///
  /// Of a table in a file they are rows of its sample. A time series in memory is given whole, and of one in a file its sample.
  public func prefix(_ count: Int) -> Dataset {
    switch self {
    case .table(let table): .table(table.sample.prefix(count))
    case .images(let images): .images(images.prefix(count))
    case .sounds(let sounds): .sounds(sounds.prefix(count))
    case .series(let series): .series(series.sample)
    }
  }

  /// What can be trained on in memory: the sample of what stays in its file, anything else as it is.
  package var learnable: Dataset { isInMemory ? self : prefix(.max) }

  /// The same items all in memory.
  ///
  /// - Throws: What is wrong with the file, such as that its values do not fit.
  package func inMemory() throws(DatasetError) -> Dataset {
    switch self {
    case .table(let table): .table(try table.whole())
    case .series(let series): .series(try series.whole())
    case .images, .sounds: self
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
  /// The kinds that columns are of where their cells can be, by name: those of data that others are read like.
  package var expectedKinds: [String: ColumnKind] = [:]
  /// What the numbers of columns count that are declared to be dates, by name.
  public var epochs: [String: DateFormat.Epoch] = [:]
  /// Whether 1,234 is a number with decimals where nothing else in a table shows whether it is.
  public var hasDecimalComma = false
  /// How the characters of a table are written as bytes; found by the file where it is left out.
  public var encoding: TextEncoding?
  /// Words that stand for a missing cell beside the usual ones.
  public var missingWords: [String] = []
  /// The only words that stand for a missing cell, in place of the usual ones.
  public var onlyMissingWords: [String]?
  /// Words of one column beside those of all, by name.
  public var columnMissingWords: [String: [String]] = [:]
  /// The only words of one column, by name.
  public var columnOnlyMissingWords: [String: [String]] = [:]
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
  /// The bytes from which data are not held in memory; all are when this is left out.
  ///
  /// They are counted in the text of a table, or in the values of an array or of IDX data. Rows stay in
  /// their file then, and images go to the disk.
  ///
  /// A table of which only the first rows are read is held in memory always.
  public var inMemorySize: Int?

  /// Makes options that leave everything to the file.
  public init() {}
}
