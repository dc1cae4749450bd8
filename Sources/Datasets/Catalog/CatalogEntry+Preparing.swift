internal import HourglassTensors

extension CatalogEntry {
  /// All bytes of a catalog or a list of digests.
  package static func bytes(ofCatalog path: String, limit: Int) throws(DatasetError) -> [UInt8] {
    try WholeFile.bytes(of: path, limit: limit)
  }

  /// The SHA-256 digest of a file, as 64 hexadecimal digits.
  package static func digest(of path: String) throws(DatasetError) -> String {
    do throws(FileError) {
      let file = try InputFile(path: path)
      var piece = [UInt8](repeating: 0, count: 1 << 18)
      var sum = SHA256()
      while true {
        let count = try file.read(into: &piece, from: 0)
        if count == 0 { return sum.finished() }
        sum.update(piece[..<count])
      }
    } catch {
      throw .file(error)
    }
  }
}

extension CatalogEntry.File {
  /// Whether a file has the size and the digest of this one.
  ///
  /// - Throws: `file` where it cannot be read.
  package func isWhole(_ path: String) throws(DatasetError) -> Bool {
    let size: Int?
    do throws(FileError) {
      size = try InputFile(path: path).size
    } catch {
      throw .file(error)
    }
    guard size == byteCount else { return false }
    return try CatalogEntry.digest(of: path) == digest.lowercased()
  }

  /// Makes the files that can be read out of the one that was fetched, each whole or not at all.
  ///
  /// - Parameters:
  ///   - fetched: The file as it was fetched.
  ///   - folder: Where the new files are put.
  package func prepare(_ fetched: String, into folder: String) throws(DatasetError) {
    switch preparation {
    case nil: return
    case .table(let name, let header):
      try Self.writeTable(from: fetched, to: folder + "/" + name, header: header)
    case .archive(let members):
      try Self.unpack(fetched, into: folder, members)
    }
  }

  /// Puts a header above lines of cells; blanks around cells, blank lines, lines of comment and the
  /// full stop that ends some lines go.
  private static func writeTable(
    from path: String,
    to result: String,
    header: [String]
  ) throws(DatasetError) {
    let bytes = try WholeFile.bytes(of: path)
    var text = header.joined(separator: ",") + "\n"
    for line in bytes.split(whereSeparator: { $0 == 10 || $0 == 13 }) {
      var cells = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        .map { trimmed($0) }
      guard cells.count == header.count else { continue }
      if cells[cells.count - 1].last == UInt8(ascii: ".") { cells[cells.count - 1].removeLast() }
      text += cells.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ",") + "\n"
    }
    do throws(FileError) {
      try AtomicFile.replace(result, with: Array(text.utf8))
    } catch {
      throw .file(error)
    }
  }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let start = bytes.drop { $0 == 32 || $0 == 9 }
    var end = start
    while let last = end.last, last == 32 || last == 9 { end.removeLast() }
    return end
  }

  private static func unpack(
    _ path: String,
    into folder: String,
    _ members: [CatalogEntry.Member]
  ) throws(DatasetError) {
    let names = Dictionary(members.map { ($0.path, $0.name) }) { first, _ in first }
    var files: [String: AtomicFile] = [:]
    let found = try TarMembers.read(path, wanted: Set(names.keys)) {
      (member, piece) throws(DatasetError) in
      do throws(FileError) {
        let file: AtomicFile
        if let open = files[member] {
          file = open
        } else {
          file = try AtomicFile(replacing: folder + "/" + (names[member] ?? member))
          files[member] = file
        }
        try file.write(piece)
      } catch {
        throw .file(error)
      }
    }
    if let missing = members.first(where: { !found.contains($0.path) }) {
      throw .unsupportedFormat(
        path: path,
        expected: "an archive that holds \(missing.path)",
        found: "one that does not"
      )
    }
    do throws(FileError) {
      for file in files.values { try file.commit() }
    } catch {
      throw .file(error)
    }
  }
}
