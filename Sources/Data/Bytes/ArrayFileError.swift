internal import HourglassSystem

/// What is wrong with a file of arrays, NPY or NPZ.
public enum ArrayFileError: Error, Hashable, Sendable {
  // MARK: NPY

  /// The bytes do not begin as an NPY file does, or its header cannot be understood.
  case badHeader(path: String, reason: String)
  /// Elements that are no numbers, such as objects or texts.
  case unsupportedType(path: String, type: String)
  /// The values stop early, or others follow them.
  case wrongSize(path: String, shape: [Int], expectedBytes: Int, foundBytes: Int)
  /// An extent is 0, so that there are no values.
  case empty(path: String, shape: [Int])
  /// A shape that is neither a table nor images.
  case unsupportedShape(path: String, shape: [Int])
  /// A value that is infinite, or no number where one is needed.
  case notFinite(path: String, item: Int)
  /// Labels that are not one whole number for each item.
  case badLabels(path: String, items: Int, shape: [Int])

  /// The rows of a table have more values than a table may have columns.
  case tooManyColumns(path: String, shape: [Int], limit: Int)
  /// An array that is not held in memory has its columns one after another, and not its rows.
  case columnMajor(path: String, shape: [Int])
  /// The file is not what it was when it was opened first.
  case changed(path: String)

  // MARK: NPZ

  /// The archive is damaged; `reason` says where.
  case damagedArchive(path: String, reason: String)
  /// An entry is compressed or encrypted in a way that is not read.
  case unsupportedCompression(path: String, entry: String, method: Int)
  /// The archive has no array of a name that was asked for.
  case noSuchArray(path: String, name: String, found: [String])
  /// It is not clear which array is meant.
  case severalArrays(path: String, found: [String])
}

extension ArrayFileError: CustomStringConvertible {
  /// What was being done, what was expected, what was found, and what to do.
  public var description: String {
    switch self {
    case .badHeader(let path, let reason):
      "cannot read \(path) as a NumPy array: expected a header of the format NPY, found "
        + "\(reason). Save the array again with numpy.save."
    case .unsupportedType(let path, let type):
      "cannot read \(path) as a NumPy array: expected integers, booleans or floating-point numbers, "
        + "found \(type.contains(" ") ? clipped(type) : "elements of the type \(clipped(type))"). Convert the array to numbers and save it again."
    case .wrongSize(let path, let shape, let expected, let found):
      "cannot read \(path) as a NumPy array: its shape \(shape) promises \(expected) bytes of "
        + "values, found \(found > expected ? "more" : "\(found)"). Copy or download the file again."
    case .empty(let path, let shape):
      "cannot read \(path) as a NumPy array: expected at least one value, found the shape "
        + "\(shape). Give an array that holds items."
    case .unsupportedShape(let path, let shape):
      "cannot use \(path): expected an array [rows, columns], [images, height, width] or "
        + "[images, channels or height, height or width, width or channels], found the shape "
        + "\(shape). Reshape it."
    case .notFinite(let path, let item):
      "cannot use \(path): expected finite numbers, found another value in item \(item). "
        + "Replace such values, or remove the item."
    case .badLabels(let path, let items, let shape):
      "cannot use the labels in \(path): expected \(items) whole numbers, one for each item, found "
        + "an array of the shape \(shape). Name another array."
    case .tooManyColumns(let path, let shape, let limit):
      "cannot use \(path): expected at most \(limit) columns, found the shape \(shape). "
        + "Reshape it, or transpose it where its columns are the items."
    case .columnMajor(let path, let shape):
      "cannot read \(path) block by block: expected its rows one after another, found its columns "
        + "(Fortran order, shape \(shape)). Save numpy.ascontiguousarray(array), or allow more "
        + "memory (--in-memory)."
    case .changed(let path):
      "cannot read \(path): expected the array that was there at first, found another one. "
        + "Leave the file as it is while it is used."
    case .damagedArchive(let path, let reason):
      "cannot read \(path) as an archive: expected a whole ZIP file, found \(reason). "
        + "Copy or download the file again."
    case .unsupportedCompression(let path, let entry, let method):
      "cannot read \(clipped(entry)) in \(path): expected it to be stored or deflated, found "
        + (method < 0 ? "it encrypted" : "the method \(method)")
        + ". Save it with numpy.savez or numpy.savez_compressed."
    case .noSuchArray(let path, let name, let found):
      "cannot read \(path): expected an array called \"\(clipped(name))\", found "
        + "\(TableError.list(found)). Name one of these."
    case .severalArrays(let path, let found):
      "cannot read \(path): expected one array, or one called X, found \(TableError.list(found)). "
        + "Name the array to read."
    }
  }
}
