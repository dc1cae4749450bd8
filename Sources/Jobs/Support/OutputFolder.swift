package import HourglassSystem

/// Folders for the files that a verb writes.
package enum OutputFolder {
  /// Makes a folder where there is none; the one around it must be there.
  package static func make(_ path: String) throws(FileError) {
    guard mkdir(path, 0o777) != 0 else { return }
    let code = errno
    var status = stat()
    if code == EEXIST, stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return }
    throw FileError(path: path, operation: .create, code: code == EEXIST ? ENOTDIR : code)
  }

  /// Checks that one file, or a folder, which is made, can hold so many results.
  static func prepare(
    _ path: String,
    isFile: Bool,
    count: Int,
    of nouns: String
  ) throws {
    guard isFile else { return try make(path) }
    guard count == 1 else {
      throw Failure.usage("\(path) is one file for \(count) \(nouns); give the name of a folder")
    }
    try AtomicFile(replacing: path).cancel()
  }

  /// The path of one of several results beside another file: `NAME-SUFFIX.csv` for `NAME.csv`.
  static func suffixed(_ path: String, _ suffix: String) -> String {
    let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
    guard let point = path[slash...].lastIndex(of: "."), point > slash else {
      return "\(path)-\(suffix)"
    }
    return "\(path[..<point])-\(suffix)\(path[point...])"
  }

  /// The path of a file in a folder, with the folders that its name has made too; parts that lead out
  /// of the folder are left out.
  static func place(_ name: String, in path: String) throws(FileError) -> String {
    var folder = path
    let parts = name.split(separator: "/")
    for part in parts.dropLast() where part != "." && part != ".." {
      folder += "/" + part
      try make(folder)
    }
    return folder + "/" + (parts.last.map(String.init) ?? name)
  }
}
