package import HourglassData
internal import HourglassMedia
internal import HourglassSystem

/// How the files of data are read, beyond what is seen from their contents.
package struct ReadingOptions: Codable, Hashable, Sendable {
  /// What columns are taken for.
  package var columns: [ColumnChoice] = []
  /// Words that stand for a missing cell, beside the usual ones.
  package var missing: [MissingChoice] = []
  /// The only words that stand for a missing cell, in place of the usual ones.
  package var missingOnly: [MissingChoice] = []
  /// Whether a comma stands before decimals where a table does not show it.
  package var decimalComma = false
  /// The encoding of texts; found by their contents where it is left out.
  package var encoding: TextEncoding?
  /// Whether the first row names the columns; as it looks where it is left out.
  package var header: Bool?
  /// The array of an NPZ file.
  package var array: String?
  /// The array of an NPZ file that holds labels.
  package var labelsArray: String?
  /// The column of times of a series.
  package var series: String?
  /// The column that names the series of each row.
  package var by: String?
  /// The rows of a window of a series.
  package var window: Int?
  /// The rows from one window to the next.
  package var stride: Int?
  /// The size that images are brought to.
  package var size: ImageSizeChoice?
  /// The size from which data are not held in memory.
  package var inMemory: ByteCount?
  /// Whether files of a folder that cannot be read are skipped.
  package var skipUnreadable = false
  /// Whether decoded pixels of a folder are not kept for the next time.
  package var noCache = false

  package init() {}

  func validate() throws(Failure) {
    let ofSeries = namesGiven([
      "--by": by != nil, "--window": window != nil, "--stride": stride != nil,
    ])
    if series == nil, let option = ofSeries.first {
      throw .usage("\(option) needs --series, the column of times")
    }
    if let window { try requireOption(window >= 2, "--window", "at least 2, found \(window)") }
    try requireAtLeastOne(stride, "--stride")
  }

  /// Where decoded pixels are kept.
  var cacheFolder: String? { noCache ? nil : UserFolders.cache }

  /// Reads a file or a folder into memory.
  ///
  /// - Parameter limit: The number of items to read at most.
  func load(_ path: String, limit: Int?) throws(DatasetError) -> Dataset {
    try Dataset.load(contentsOf: path, options: options(limit: limit))
  }

  /// The options in the words of the reader, with the size from which data are not held in memory.
  func optionsForAny(limit: Int?) -> DatasetOptions {
    var options = options(limit: limit)
    options.inMemorySize = inMemory?.bytes ?? 1 << 30
    return options
  }

  /// The options in the words of the reader.
  func options(limit: Int?) -> DatasetOptions {
    var options = DatasetOptions()
    options.limit = limit
    for column in columns {
      options.columnKinds[column.name] = column.kind
      options.ordinalLevels[column.name] = column.levels
      options.dateOrders[column.name] = column.dateOrder
      options.epochs[column.name] = column.epoch
    }
    for choice in missing {
      if let column = choice.column {
        options.columnMissingWords[column, default: []].append(choice.words)
      } else {
        options.missingWords.append(choice.words)
      }
    }
    for choice in missingOnly {
      if let column = choice.column {
        options.columnOnlyMissingWords[column, default: []] += choice.list
      } else {
        options.onlyMissingWords = (options.onlyMissingWords ?? []) + choice.list
      }
    }
    options.hasDecimalComma = decimalComma
    options.encoding = encoding
    if let header { options.header = header ? .present : .absent }
    options.arrayName = array
    options.labelsName = labelsArray
    options.skipsUnreadable = skipUnreadable
    options.cacheFolder = cacheFolder
    options.imageSize = size?.size
    options.series = series.map {
      SeriesOptions(timeColumn: $0, group: by, window: window, stride: stride)
    }
    return options
  }
}

/// Words for missing cells of all columns, such as `-999`, or of one, such as `country=XX`.
///
/// A word that has the sign itself is written behind another one: `=a=b`.
package struct MissingChoice: TextValue {
  package let text: String
  /// The column; none for all.
  let column: String?
  /// What is given for it.
  let words: String

  package init(text argument: String) {
    text = argument
    guard let sign = argument.firstIndex(of: "=") else {
      (column, words) = (nil, argument)
      return
    }
    column = sign == argument.startIndex ? nil : String(argument[..<sign])
    words = String(argument[argument.index(after: sign)...])
  }

  /// The words of a list with commas between them.
  var list: [String] { words.split(separator: ",").map { String($0).trimmingBlanks } }
}

/// A column and what it is to be taken for, such as `zip=category`, `size=ordinal:small<large`,
/// `sold=date:day-first` or `at=date:epoch-seconds`.
package struct ColumnChoice: TextValue {
  package let text: String
  /// The name of the column.
  let name: String
  /// What it is.
  let kind: ColumnKind
  /// The levels of an ordinal column in their order.
  var levels: [String]?
  /// The order of day and month.
  var dateOrder: DateFormat.Order?
  /// What numbers count that are dates.
  var epoch: DateFormat.Epoch?

  package init?(text argument: String) {
    text = argument
    // A name may have the sign, and so may levels: the last sign before a kind counts.
    for sign in argument.indices.reversed() where argument[sign] == "=" {
      let words = argument[argument.index(after: sign)...].split(
        separator: ":",
        maxSplits: 1,
        omittingEmptySubsequences: false
      )
      guard sign != argument.startIndex, let kind = ColumnKind(rawValue: String(words[0])) else {
        continue
      }
      name = String(argument[..<sign])
      self.kind = kind
      guard words.count > 1 else { return }
      switch (kind, words[1]) {
      case (.ordinal, let text):
        let levels = text.split(separator: "<", omittingEmptySubsequences: false).map {
          String($0).trimmingBlanks
        }
        guard levels.count > 1, Set(levels).count == levels.count, !levels.contains("") else {
          return nil
        }
        self.levels = levels
      case (.date, "day-first"): dateOrder = .dayMonthYear
      case (.date, "month-first"): dateOrder = .monthDayYear
      case (.date, "epoch-seconds"): epoch = .seconds
      case (.date, "epoch-milliseconds"): epoch = .milliseconds
      default: return nil
      }
      return
    }
    return nil
  }
}

/// A number of bytes, such as 500m or 4g.
package struct ByteCount: TextValue {
  package let text: String
  let bytes: Int

  /// The number.
  package var count: Int { bytes }

  package init?(text argument: String) {
    text = argument
    let units: [Character: Int] = ["k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40]
    let unit = argument.lowercased().last.flatMap { units[$0] }
    let digits = unit == nil ? Substring(argument) : argument.dropLast()
    guard let number = Double(digits), number >= 0, number.isFinite,
      case let bytes = number * Double(unit ?? 1), bytes < 0x1p62
    else { return nil }
    self.bytes = Int(bytes)
  }
}

/// A size of images, as in 64 or 64x48.
package struct ImageSizeChoice: TextValue {
  package let text: String
  let size: ImageSize

  package init?(text argument: String) {
    text = argument
    let words = argument.lowercased().split(separator: "x", omittingEmptySubsequences: false)
    let extents = words.compactMap { Int($0) }
    guard (1...2).contains(words.count), extents.count == words.count,
      extents.allSatisfy({ (1...16_384).contains($0) })
    else { return nil }
    size = ImageSize(width: extents[0], height: extents[extents.count - 1])
  }
}

extension String {
  /// The text without blanks at its ends.
  fileprivate var trimmingBlanks: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
