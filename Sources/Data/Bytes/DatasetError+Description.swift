internal import HourglassMedia
internal import HourglassSystem
internal import HourglassTensors

extension DatasetError: CustomStringConvertible {
  /// What was being done, what was expected, what was found, and what to do.
  public var description: String {
    switch self {
    case .file(let error): error.description
    case .image(let error): error.description(isImage: true)
    case .sound(let error): error.description(isImage: false)
    case .emptyFile(let path): MediaError.emptyFile(path: path).description
    case .unsupportedFormat(let path, let expected, let found):
      "cannot read \(path): expected \(expected), found \(found). Convert it to what is expected."
    case .limitNotPositive(let path, let limit):
      "cannot read the first \(limit) items of \(path): expected a number of at least 1. "
        + "Ask for one or more items, or leave the number out to read them all."
    case .tooLarge(let path, let bytes, let limit):
      MediaError.tooLarge(path: path, bytes: bytes, limit: limit).description
    case .noRoom(let path, let bytes, let folder, let free):
      "cannot read \(path): its values need \(megabytes(bytes)) in \(folder), which has "
        + "\(megabytes(free)) left. Name a folder with more room in TMPDIR, or give fewer or smaller "
        + "images."
    case .valueNotFinite(let name, let item):
      "cannot train on \(name): expected finite numbers, found another value in item \(item). "
        + "Replace such values, or remove the item."
    case .noMemory(let path): MediaError.noMemory(path: path).description
    case .damagedGzip, .truncatedGzip, .trailingAfterGzip, .damagedZstandard, .truncatedZstandard:
      compressedDescription
    case .notIDX, .unknownIDXType, .unsupportedIDXRank, .truncatedIDXHeader, .emptyIDX,
      .absurdIDXDimensions, .truncatedIDX, .trailingInIDX, .idxValueNotFinite, .labelFile:
      idxDescription
    case .textCell, .cellNotFinite: cellDescription
    case .table(let error): error.description
    case .array(let error): error.description
    case .series(let error): error.description
    default: tableDescription
    }
  }

  private var compressedDescription: String {
    switch self {
    case .damagedGzip(let path, let reason):
      "cannot read \(path): expected gzip data, found damaged data (\(reason)). "
        + "Copy or download the file again."
    case .truncatedGzip(let path, let size):
      "cannot read \(path): expected gzip data up to its end, found that it stops early"
        + (size.map { " after \($0) bytes" } ?? "") + ". Copy or download the file again."
    case .trailingAfterGzip(let path):
      "cannot read \(path): expected the end of the file after the gzip data, found other bytes. "
        + "Copy or download the file again."
    case .damagedZstandard(let path, let reason):
      "cannot read \(path): expected Zstandard data, found damaged data (\(reason)). "
        + "Copy or download the file again."
    case .truncatedZstandard(let path, let size):
      "cannot read \(path): expected Zstandard data up to its end, found that it stops early"
        + (size.map { " after \($0) bytes" } ?? "") + ". Copy or download the file again."
    default: ""
    }
  }

  private var idxDescription: String {
    switch self {
    case .notIDX(let path, let found):
      "cannot read \(path) as IDX: expected it to begin with two bytes 0, found \(bytes(found)). "
        + "Give an IDX file."
    case .unknownIDXType(let path, let code):
      "cannot read \(path) as IDX: expected the type 0x08, 0x09, 0x0B, 0x0C, 0x0D or 0x0E, found "
        + "\(bytes([code])). The file is damaged, or it is of another format."
    case .unsupportedIDXRank(let path, let rank):
      "cannot read \(path) as IDX: expected 1 to 4 dimensions, found \(rank). "
        + "Reshape the data to [items, channels, height, width] or fewer dimensions."
    case .truncatedIDXHeader(let path, let expected, let found):
      "cannot read \(path) as IDX: expected a header of \(expected) bytes, found a file of "
        + "\(found). Copy or download the file again."
    case .emptyIDX(let path, let dimensions):
      "cannot read \(path) as IDX: expected at least one value in each dimension, found the "
        + "dimensions \(dimensions). Give a file that holds items."
    case .absurdIDXDimensions(let path, let dimensions):
      "cannot read \(path) as IDX: expected dimensions that memory can hold, found \(dimensions). "
        + "The file is damaged, or it is of another format."
    case .truncatedIDX(let path, let dimensions, let expected, let found):
      "cannot read \(path) as IDX: its dimensions \(dimensions) promise \(expected) bytes of "
        + "values, found \(found). Copy or download the file again."
    case .trailingInIDX(let path, let dimensions, let expected):
      "cannot read \(path) as IDX: its dimensions \(dimensions) promise \(expected) bytes of "
        + "values, found more. The file is damaged; copy or download it again."
    case .idxValueNotFinite(let path, let item, let value):
      "cannot read \(path) as IDX: expected finite numbers of single precision, found \(value) in "
        + "item \(item). Replace such values, or remove the item."
    case .labelFile(let path, let count):
      "cannot train on \(path): expected items with several values, found \(count) labels (IDX "
        + "data with one dimension). Give the file of the images that these labels belong to."
    default: ""
    }
  }

  private var cellDescription: String {
    switch self {
    case .textCell(let path, let cell, let text):
      "cannot read \(path): \(cell): expected a number, found \"\(clipped(text))\". "
        + (isDecimalComma(text)
          ? "Write decimals with a point, or say that they have a comma (--decimal-comma)."
          : "Remove the column, or replace its texts by numbers.")
    case .cellNotFinite(let path, let cell, let text):
      "cannot read \(path): \(cell): expected a finite number of single precision (up to "
        + "3.4e38), found \"\(clipped(text))\". Replace the cell, or remove its row."
    default: ""
    }
  }

  private var tableDescription: String {
    switch self {
    case .notUTF8(let path, let line):
      "cannot read \(path): line \(line): expected text in one encoding (UTF-8, UTF-16 or "
        + "Windows-1252), found bytes that are none. Name the encoding (--encoding), or save the "
        + "table again as CSV in UTF-8."
    case .notInEncoding(let path, let encoding, let text):
      "cannot write \(path): expected characters that \(encoding.name) has, found "
        + "\"\(clipped(text))\". Save the input in UTF-8 first."
    case .notJSON(let path, let line, let found):
      "cannot read \(path): line \(line): expected a JSON object on one line, such as "
        + "{\"a\": 1}, found \(found). Correct the line, or remove it."
    case .noRows(let path, let columns):
      "cannot read \(path): expected rows below the header of "
        + "\(columns) column\(columns == 1 ? "" : "s"), found none. Give a table with data."
    case .raggedRow(let path, let line, let expected, let found):
      "cannot read \(path): line \(line): expected \(expected) "
        + "cell\(expected == 1 ? "" : "s") as in the first row, found \(found). "
        + "Correct the row; a cell that holds the separator must stand in quotes."
    case .controlByte(let path, let line, let byte):
      "cannot read \(path): line \(line): expected text, found the byte \(bytes([byte])). "
        + "The file is damaged, or it is no table."
    case .unterminatedQuote(let path, let line, let limit):
      "cannot read \(path): line \(line): expected a closing quote for the one that is opened "
        + "there, found none within \(limit) bytes. Close the quote, or remove it."
    case .textAfterQuote(let path, let line):
      "cannot read \(path): line \(line): expected a separator after a closing quote, found "
        + "something else. Write a quote inside a quoted cell twice."
    case .cellTooLong(let path, let line, let limit):
      "cannot read \(path): line \(line): expected cells shorter than \(limit) bytes, found a "
        + "longer one. The file is damaged, or it is no table."
    case .tooManyColumns(let path, let limit):
      "cannot read \(path): expected at most \(limit) columns, found more in the first row. "
        + "The lines may not end as lines do, or the file is no table."
    case .mostlyBlank(let path, let bytes, let cells):
      "cannot read \(path): expected a table, found only \(cells) cells in the first "
        + "\(megabytes(bytes)). The file is damaged, or it is no table."
    default: ""
    }
  }
}

private func bytes(_ bytes: [UInt8]) -> String { hexadecimal(bytes) }

/// Whether a text would be a number if its one comma were a point.
private func isDecimalComma(_ text: String) -> Bool {
  guard text.utf8.count(where: { $0 == UInt8(ascii: ",") }) == 1, text.utf8.count < 64 else {
    return false
  }
  return TableNumber.value(of: String(text.map { $0 == "," ? "." : $0 })) != nil
}
