internal import HourglassSystem
internal import HourglassTensors

extension NumericDataset {
  /// Makes images or rows of an IDX file that was read.
  ///
  /// - Throws: `labelFile` where an item is a single number.
  package init(_ file: IDXFile) throws(DatasetError) {
    let shape = file.itemShape
    switch shape.rank {
    case 0: throw .labelFile(path: file.path, count: file.count)
    case 1:
      self.init(
        name: lastPart(of: file.path),
        itemShape: shape,
        kind: .table(columns: Self.columnNames(shape[0])),
        storage: file.storage
      )
    default:
      self.init(
        name: lastPart(of: file.path),
        itemShape: shape.rank == 2 ? [1, shape[0], shape[1]] : shape,
        kind: .images,
        storage: file.storage
      )
    }
  }

  /// The name of a format that is often met and not read, from the beginning of a file.
  static func foreignFormat(_ beginning: [UInt8]) -> String? {
    if beginning.starts(with: Array("RIFF".utf8)),
      beginning.dropFirst(8).starts(with: Array("WEBP".utf8))
    {
      return "a WebP image"
    }
    let word = String(decoding: beginning, as: UTF8.self).lowercased()
    if ["<!doctype", "<html", "<?xml"].contains(where: word.hasPrefix) {
      return "a web page or XML"
    }
    let signs = word.filter { !$0.isWhitespace }
    if signs.hasPrefix("[{") || signs.hasPrefix("[[") {
      return "a JSON array (of JSON only lines with an object each are read)"
    }
    let formats: [(start: [UInt8], name: String)] = [
      ([0x1f, 0x8b], "a gzip file inside a gzip file"),
      ([0x89, 0x50, 0x4e, 0x47], "a PNG image"),
      ([0xff, 0xd8, 0xff], "a JPEG image"),
      (Array("GIF8".utf8), "a GIF image"),
      (Array("RIFF".utf8), "a WAV sound or another RIFF file"),
      (Array("fLaC".utf8), "a FLAC sound"),
      (Array("OggS".utf8), "an Ogg sound"),
      (Array("%PDF".utf8), "a PDF document"),
      ([0x50, 0x4b, 0x03, 0x04], "a ZIP archive (NPZ, XLSX and ODS are such)"),
      ([0x93] + Array("NUMPY".utf8), "a NumPy array (NPY)"),
      (Array("BZh".utf8), "a bzip2 file"),
      ([0xfd, 0x37, 0x7a, 0x58, 0x5a], "an xz file"),
      ([0x28, 0xb5, 0x2f, 0xfd], "a Zstandard file"),
      (Array("PAR1".utf8), "a Parquet file"),
      ([0x89, 0x48, 0x44, 0x46], "an HDF5 file"),
      (Array("SQLite".utf8), "an SQLite database"),
    ]
    return formats.first { beginning.starts(with: $0.start) }?.name
  }
}
