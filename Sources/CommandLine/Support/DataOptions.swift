import ArgumentParser
import HourglassAutoencoders
import HourglassData
import HourglassDetect
import HourglassMedia
import HourglassSystem
import HourglassTensors

/// How the files of data are read, beyond what is seen from their contents.
struct DataOptions: ParsableArguments {
  @Option(
    name: .customLong("column"),
    help: ArgumentHelp(
      "Take a column for \(ColumnKind.allCases.map(\.rawValue).joined(separator: ", ")); levels in "
        + "their order as in size=ordinal:small<large, the order of dates as in "
        + "sold=date:day-first; may be repeated.",
      valueName: "name=kind"
    )
  )
  var columns: [ColumnChoice] = []

  @Option(
    help: ArgumentHelp(
      "A word that stands for a missing cell, beside the usual ones; may be repeated.",
      valueName: "word"
    )
  )
  var missing: [String] = []

  @Flag(help: "The numbers of the table have a decimal comma, as in 1,5.")
  var decimalComma = false

  @Flag(
    inversion: .prefixedNo,
    help: "Whether the first row names the columns (default: as it looks)."
  )
  var header: Bool?

  @Option(help: ArgumentHelp("The array of an NPZ file to take.", valueName: "name"))
  var array: String?

  @Option(
    help: ArgumentHelp("The array of an NPZ file that holds labels.", valueName: "name")
  )
  var labelsArray: String?

  @Option(
    help: ArgumentHelp(
      "The table is a time series; this is its column of times.",
      valueName: "column"
    )
  )
  var series: String?

  @Option(
    help: ArgumentHelp("The column that tells several series apart.", valueName: "column")
  )
  var by: String?

  @Option(help: ArgumentHelp("The rows of a window of a series (default: 128).", valueName: "n"))
  var window: Int?

  @Option(
    help: ArgumentHelp(
      "The rows from one window to the next (default: half a window).",
      valueName: "n"
    )
  )
  var stride: Int?

  @Option(
    help: ArgumentHelp(
      "Bring images to this size, 64 or 64x48: scaled, and cut where their form is another one.",
      valueName: "pixels"
    )
  )
  var size: ImageSizeChoice?

  @Option(
    help: ArgumentHelp(
      "A table or series in a text or an array (NPY, NPZ, IDX) that is larger is read in blocks: of "
        + "a table reduce and features learn from all rows, kept on the disk, everything else from "
        + "rows or stretches drawn at random; images in a larger array or IDX file go to the disk "
        + "(default: 1g).",
      valueName: "size"
    )
  )
  var inMemory: ByteCount?

  @OptionGroup var folders: FolderOptions

  func validate() throws {
    if series == nil, let option = seriesOptionsGiven.first {
      throw ValidationError("\(option) needs --series, the column of times")
    }
    if let window { try requireOption(window >= 2, "--window", "at least 2, found \(window)") }
    try requireAtLeastOne(stride, "--stride")
  }

  /// Reads a file or a folder.
  ///
  /// - Parameter limit: The number of items to read at most.
  func load(_ path: String, limit: Int?) throws(DatasetError) -> Dataset {
    try Dataset.load(contentsOf: path, options: options(limit: limit))
  }

  /// Reads a file or a folder; a table or series that is larger than `--in-memory` is given as a large
  /// one, and images of a larger file are on the disk.
  func loadAny(_ path: String, limit: Int?, quiet: Bool) throws(DatasetError) -> Dataset {
    let options = optionsForAny(limit: limit)
    let display = ProgressDisplay(unit: "row", isQuiet: quiet)
    defer { display.end() }
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return try Dataset.load(contentsOf: path, options: options) {
      display.work("reading \(name)", fraction: $0)
    }
  }

  /// Reads what is to be trained on in memory: of what is larger than `--in-memory` a part, with a
  /// word about it.
  func loadToLearn(_ path: String, limit: Int?, quiet: Bool) throws(DatasetError) -> Dataset {
    learnable(try loadAny(path, limit: limit, quiet: quiet), quiet: quiet)
  }

  /// What is to be trained on of data: some rows or stretches of large ones, with a word about it.
  func learnable(_ data: Dataset, quiet: Bool) -> Dataset {
    let counts: (some: Int, all: Int, how: String)
    switch data {
    case .largeTable(let table):
      counts = (table.sample.rowCount, table.rowCount, "drawn at random")
    case .largeSeries(let series):
      let some = series.sample.rowsOfOriginals.count
      counts = (some, series.rowCount, "in stretches drawn at random")
    case .table, .images, .sounds, .series: return data
    }
    if !quiet {
      Console.note(
        "\(data.name) is large: learning from \(NumberText.grouped(counts.some)) of its "
          + "\(NumberText.grouped(counts.all)) rows, \(counts.how)"
      )
    }
    return data.learnable
  }

  /// The options in the words of the reader, with the size from which data are not held in memory.
  func optionsForAny(limit: Int?) -> DatasetOptions {
    var options = options(limit: limit)
    options.largeTableSize = inMemory?.bytes ?? 1 << 30
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
    }
    options.hasDecimalComma = decimalComma
    if let header { options.header = header ? .present : .absent }
    options.missingWords = missing
    options.arrayName = array
    options.labelsName = labelsArray
    options.skipsUnreadable = folders.skipUnreadable
    options.cacheFolder = folders.cacheFolder
    options.imageSize = size?.size
    options.series = series.map {
      SeriesOptions(timeColumn: $0, group: by, window: window ?? 128, stride: stride)
    }
    return options
  }

  private var seriesOptionsGiven: [String] {
    var names: [String] = []
    if by != nil { names.append("--by") }
    if window != nil { names.append("--window") }
    if stride != nil { names.append("--stride") }
    return names
  }
}

/// A column and what it is to be taken for, such as `zip=category`, `size=ordinal:small<large` or
/// `sold=date:day-first`.
struct ColumnChoice: ExpressibleByArgument, Hashable {
  /// The name of the column.
  let name: String
  /// What it is.
  let kind: ColumnKind
  /// The levels of an ordinal column in their order.
  var levels: [String]?
  /// The order of day and month.
  var dateOrder: DateFormat.Order?

  init?(argument: String) {
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
      default: return nil
      }
      return
    }
    return nil
  }
}

/// A number of bytes, such as 500m or 4g.
struct ByteCount: ExpressibleByArgument, Hashable {
  let bytes: Int

  init?(argument: String) {
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
struct ImageSizeChoice: ExpressibleByArgument, Hashable {
  let size: ImageSize

  init?(argument: String) {
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
