internal import HourglassSystem

/// An archive of NumPy arrays, as `numpy.savez` and `numpy.savez_compressed` write it.
///
/// Of a file nothing but its directory is held; an archive from a pipe or within gzip is held
/// whole.
package struct NPZFile: Sendable {
  /// The path of the archive.
  package let path: String

  /// The names of the arrays, in the order of the archive.
  package let names: [String]

  private let archive: ZipArchive
  private let memoryLimit: Int

  /// Opens an archive; its arrays are read one by one.
  ///
  /// - Throws: What is wrong with the archive.
  package init(contentsOf path: String) throws(DatasetError) {
    let source = try ByteSource(path: path)
    try self.init(source, memoryLimit: MemoryLimit.standard)
  }

  package init(contentsOf path: String, memoryLimit: Int) throws(DatasetError) {
    try self.init(ByteSource(path: path), memoryLimit: memoryLimit)
  }

  init(_ source: ByteSource, memoryLimit: Int) throws(DatasetError) {
    path = source.path
    self.memoryLimit = memoryLimit
    let bytes: any PositionedBytes
    if source.storedSize != nil && !source.isCompressed {
      bytes = try PositionedFile(path: source.path)
    } else {
      bytes = MemoryBytes(try source.readAll(memoryLimit: memoryLimit))
    }
    archive = try ZipArchive(path: source.path, bytes: bytes, memoryLimit: memoryLimit)
    names = archive.entries.map(\.name).filter { $0.hasSuffix(".npy") }.map {
      String($0.dropLast(4))
    }
    if names.isEmpty {
      throw .array(.damagedArchive(path: path, reason: "an archive without NumPy arrays"))
    }
  }

  /// Reads an array.
  ///
  /// - Throws: What is wrong with it, or `noSuchArray`.
  package func array(_ name: String) throws(DatasetError) -> NPYFile {
    try stored(name).whole(memoryLimit: memoryLimit)
  }

  /// An array of which nothing but the header was read.
  ///
  /// - Throws: What is wrong with it, or `noSuchArray`.
  func stored(_ name: String) throws(DatasetError) -> StoredArray {
    guard let entry = archive.entries.first(where: { $0.name == name + ".npy" }) else {
      throw .array(.noSuchArray(path: path, name: name, found: names))
    }
    return try StoredArray(.member(archive, entry), path: "\(path)/\(name)")
  }

  /// The name of the array that is meant where none is named: the only one, or X.
  ///
  /// - Throws: `severalArrays` where there are others.
  package func standardName() throws(DatasetError) -> String {
    if names.count == 1 { return names[0] }
    guard let name = ["X", "x"].first(where: { names.contains($0) }) else {
      throw .array(.severalArrays(path: path, found: names))
    }
    return name
  }
}
