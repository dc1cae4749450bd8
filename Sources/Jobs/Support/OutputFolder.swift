internal import HourglassAutoencoders
package import HourglassSystem
internal import HourglassTensors

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
