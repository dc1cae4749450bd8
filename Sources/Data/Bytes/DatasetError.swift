public import HourglassMedia
public import HourglassSystem
internal import HourglassTensors

/// What is wrong with a file of data.
///
/// Lines, columns and items count from 1, as a reader of the message counts.
public enum DatasetError: Error, Hashable, Sendable {
  // MARK: Any file

  /// The operating system refused to open, read or write the file.
  case file(FileError)
  /// The file holds no bytes, or nothing but blank lines.
  case emptyFile(path: String)
  /// The file is of a kind that is not read here; `found` names it, as in "a PNG image".
  case unsupportedFormat(path: String, expected: String, found: String)
  /// A number of items to take that is less than 1.
  case limitNotPositive(path: String, limit: Int)
  /// The values need more memory than may be used for them.
  case tooLarge(path: String, bytes: Int, limit: Int)
  /// The disk has less room than values take that memory is not to hold.
  case noRoom(path: String, bytes: Int, folder: String, free: Int)
  /// There was no memory to open the file.
  case noMemory(path: String)

  /// Values that were given by a program hold one that is infinite or not a number.
  case valueNotFinite(name: String, item: Int)

  // MARK: Images and sounds

  /// What is wrong with an image or with images.
  case image(MediaFileError)
  /// What is wrong with a sound or with sounds.
  case sound(MediaFileError)

  // MARK: Compressed files

  /// The compressed data are wrong; `reason` is what zlib said.
  case damagedGzip(path: String, reason: String)
  /// The compressed data stop before their end; `size` is the size of the file.
  case truncatedGzip(path: String, size: Int?)
  /// Bytes that are not gzip follow the compressed data.
  case trailingAfterGzip(path: String)
  /// The data compressed as Zstandard are wrong; `reason` is what libzstd said.
  case damagedZstandard(path: String, reason: String)
  /// The data compressed as Zstandard stop before their end; `size` is the size of the file.
  case truncatedZstandard(path: String, size: Int?)

  // MARK: IDX

  /// The file does not begin as an IDX file does; `found` is its beginning.
  case notIDX(path: String, found: [UInt8])
  /// The type code is none of those of IDX.
  case unknownIDXType(path: String, code: UInt8)
  /// The number of dimensions is not 1 to 4.
  case unsupportedIDXRank(path: String, rank: Int)
  /// The file stops inside its header.
  case truncatedIDXHeader(path: String, expectedBytes: Int, foundBytes: Int)
  /// A dimension is 0, so that there are no items or the items hold no values.
  case emptyIDX(path: String, dimensions: [Int])
  /// The dimensions multiply to more than a computer can count.
  case absurdIDXDimensions(path: String, dimensions: [Int])
  /// The file stops before the values that its header promises.
  case truncatedIDX(path: String, dimensions: [Int], expectedBytes: Int, foundBytes: Int)
  /// Bytes follow the values that the header promises.
  case trailingInIDX(path: String, dimensions: [Int], expectedBytes: Int)
  /// A value of an item is not a number, infinite, or outside the range of single precision.
  case idxValueNotFinite(path: String, item: Int, value: String)
  /// The file holds labels, one number for each item, and not items to train on.
  case labelFile(path: String, count: Int)

  // MARK: CSV

  /// A text has bytes that are no text in the encoding that it has otherwise.
  case notUTF8(path: String, line: Int)
  /// The encoding of the file has no such character, which a cell would be written with.
  case notInEncoding(path: String, encoding: TextEncoding, text: String)
  /// A line of JSON lines holds no object; `found` says what.
  case notJSON(path: String, line: Int, found: String)
  /// A header and no row below it.
  case noRows(path: String, columns: Int)
  /// A row has more or fewer cells than the first one.
  case raggedRow(path: String, line: Int, expected: Int, found: Int)
  /// A cell of a numeric column holds something else than a number.
  case textCell(path: String, cell: CellPlace, text: String)
  /// A cell holds infinity, or a number outside the range of single precision.
  case cellNotFinite(path: String, cell: CellPlace, text: String)
  /// A cell holds a byte that no text does, such as 0.
  case controlByte(path: String, line: Int, byte: UInt8)
  /// A quote is opened and never closed; `line` is where it is opened.
  case unterminatedQuote(path: String, line: Int, limit: Int)
  /// Something follows a closing quote within a cell.
  case textAfterQuote(path: String, line: Int)
  /// A cell is longer than any number or name.
  case cellTooLong(path: String, line: Int, limit: Int)
  /// The first row has more cells than a table may have columns.
  case tooManyColumns(path: String, limit: Int)
  /// The file is mostly blank: very many bytes hold very few cells.
  case mostlyBlank(path: String, bytes: Int, cells: Int)

  // MARK: Errors of their own

  /// A table of mixed columns.
  case table(TableError)
  /// A file of arrays, NPY or NPZ.
  case array(ArrayFileError)
  /// A time series.
  case series(SeriesError)

  /// Whether the machine is at fault (memory, disk) and not the data.
  public var isFaultOfTheMachine: Bool {
    switch self {
    case .file(let error): error.isFaultOfTheMachine
    case .tooLarge, .noMemory, .noRoom: true
    default: false
    }
  }
}

/// Where a cell of a table is.
public struct CellPlace: Hashable, Sendable, CustomStringConvertible {
  /// The line of the file that the row begins at, from 1.
  public let line: Int

  /// The number of the column, from 1.
  public let column: Int

  /// The name of the column in the header; none without a header.
  public let name: String?

  /// Makes the place of a cell.
  public init(line: Int, column: Int, name: String?) {
    self.line = line
    self.column = column
    self.name = name
  }

  /// The line, the column and its name, as in "line 3, column 2 (weight)".
  public var description: String {
    "line \(line), column \(column)" + (name.map { " (\(clipped($0)))" } ?? "")
  }
}

extension DatasetError {
  /// What is wrong with an image or a sound, as what is wrong with data.
  package init(_ error: MediaError) {
    self =
      switch error {
      case .file(let error): .file(error)
      case .tooLarge(let path, let bytes, let limit):
        .tooLarge(path: path, bytes: bytes, limit: limit)
      case .noMemory(let path): .noMemory(path: path)
      case .emptyFile(let path): .emptyFile(path: path)
      case .image(let error): .image(error)
      case .sound(let error): .sound(error)
      }
  }
}

/// Does what may fail as media do, and fails as data do.
///
/// - Throws: The error as what is wrong with data.
package func asData<Result>(
  _ work: @autoclosure () throws(MediaError) -> Result
) throws(DatasetError) -> Result {
  do throws(MediaError) {
    return try work()
  } catch {
    throw DatasetError(error)
  }
}
