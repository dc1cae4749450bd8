import ArgumentParser
import HourglassData
import HourglassJobs

/// How the files of data are read, beyond what is seen from their contents.
struct ReadingArguments: ReadingGroup {
  @Option(
    name: .customLong("column"),
    help: ArgumentHelp(
      "Take a column for \(ColumnKind.allCases.map(\.rawValue).joined(separator: ", ")); levels in "
        + "their order as in size=ordinal:small<large, the order of dates as in "
        + "sold=date:day-first (or month-first), numbers that count since 1970 as in "
        + "at=date:epoch-seconds (or epoch-milliseconds); may be repeated.",
      valueName: "name=kind"
    )
  )
  var columns: [ColumnChoice] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "A word that stands for a missing cell, in addition to the usual ones, or of one column as in "
        + "country=XX; may be repeated.",
      valueName: "word"
    )
  )
  var missing: [MissingChoice] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "The only words for missing cells beside empty ones, with commas between them, or of one "
        + "column as in country=XX; may be repeated.",
      valueName: "words"
    )
  )
  var missingOnly: [MissingChoice] = []

  @Flag(
    help: "A comma stands before decimals, as in 1,5, where the table itself does not show it."
  )
  var decimalComma = false

  @Option(
    help: ArgumentHelp(
      "The encoding of the text: \(TextEncoding.allCases.map(\.rawValue).joined(separator: ", ")) "
        + "(default: detected).",
      valueName: "name"
    ),
    transform: { argument in
      guard let encoding = TextEncoding(name: argument) else {
        throw ValidationError("expected one of the encodings, found \(argument)")
      }
      return encoding
    }
  )
  var encoding: TextEncoding?

  @Flag(
    inversion: .prefixedNo,
    help: "Whether the first row names the columns (default: detected)."
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
    help: ArgumentHelp("The column that names the series of each row.", valueName: "column")
  )
  var by: String?

  @Option(
    help: ArgumentHelp(
      "The rows of a window of a series (default: 128, or fewer where series are short).",
      valueName: "n"
    )
  )
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
      "Resize images to this size, 64 or 64x48, cropped where the aspect ratio differs.",
      valueName: "pixels"
    )
  )
  var size: ImageSizeChoice?

  @Option(
    help: ArgumentHelp(
      "A table or series in a text or an array (NPY, NPZ, IDX) that is larger is read in blocks: of "
        + "a table reduce and features train on all rows, kept on the disk, everything else on "
        + "rows or stretches drawn at random; images in a larger array or IDX file go to the disk "
        + "(default: 1g).",
      valueName: "size"
    )
  )
  var inMemory: ByteCount?

  @OptionGroup var folders: FolderArguments

  var options: ReadingOptions {
    var options = folders.options
    options.columns = columns
    options.missing = missing
    options.missingOnly = missingOnly
    options.decimalComma = decimalComma
    options.encoding = encoding
    options.header = header
    options.array = array
    options.labelsArray = labelsArray
    options.series = series
    options.by = by
    options.window = window
    options.stride = stride
    options.size = size
    options.inMemory = inMemory
    return options
  }
}

/// How a folder of many files is read.
struct FolderArguments: ReadingGroup {
  @Flag(help: "Skip the files of a folder that cannot be read, and count them.")
  var skipUnreadable = false

  @Flag(
    help: ArgumentHelp(
      "Do not keep the decoded pixels of a folder of 1,000 images or more for the next time (they "
        + "are kept in ~/.cache/hourglass, at most 2 GiB a folder)."
    )
  )
  var noCache = false

  var options: ReadingOptions {
    var options = ReadingOptions()
    options.skipUnreadable = skipUnreadable
    options.noCache = noCache
    return options
  }
}

extension ColumnChoice: ExpressibleByArgument {}
extension MissingChoice: ExpressibleByArgument {}
extension ByteCount: ExpressibleByArgument {}
extension ImageSizeChoice: ExpressibleByArgument {}
