import ArgumentParser
import HourglassDatasets

/// How the files of data are read, beyond what is seen from their contents.
struct DataOptions: ParsableArguments {
  @Option(
    name: .customLong("column"),
    help: ArgumentHelp(
      "Take a column for \(ColumnKind.allCases.map(\.rawValue).joined(separator: ", ")); may be "
        + "repeated.",
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

  @Flag(help: "Skip the files of a folder that cannot be read, and count them.")
  var skipUnreadable = false

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

  /// The options in the words of the reader.
  func options(limit: Int?) -> DatasetOptions {
    var options = DatasetOptions()
    options.limit = limit
    for column in columns { options.columnKinds[column.name] = column.kind }
    options.missingWords = missing
    options.arrayName = array
    options.labelsName = labelsArray
    options.skipsUnreadable = skipUnreadable
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

/// A column and what it is to be taken for, such as `zip=category`.
struct ColumnChoice: ExpressibleByArgument, Hashable {
  /// The name of the column.
  let name: String
  /// What it is.
  let kind: ColumnKind

  init?(argument: String) {
    guard let sign = argument.lastIndex(of: "="), sign != argument.startIndex,
      let kind = ColumnKind(rawValue: String(argument[argument.index(after: sign)...]))
    else { return nil }
    name = String(argument[..<sign])
    self.kind = kind
  }
}
