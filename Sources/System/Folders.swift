/// Folders that are made when they are needed.
package enum Folders {
  /// Makes a folder, and those that it lies in, where there is none.
  ///
  /// - Throws: Why it cannot be made.
  package static func make(_ folder: String) throws(FileError) {
    var path = ""
    for part in folder.split(separator: "/", omittingEmptySubsequences: false) {
      path += path.isEmpty && part.isEmpty ? "/" : part + "/"
      guard mkdir(path, 0o777) == 0 || errno == EEXIST || access(path, F_OK) == 0 else {
        throw FileError(path: folder, operation: .create, code: errno)
      }
    }
  }

  /// A path without symbolic links and from the root on; as it is where nothing is there.
  package static func resolved(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}
