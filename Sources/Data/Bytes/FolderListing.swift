import CHourglassCodecs
internal import HourglassSystem
internal import HourglassTensors

/// What the file system says about paths, and the files below a folder.
enum FolderListing {
  /// A file below a folder.
  struct File: Hashable {
    /// The path from the folder on, with "/" between its parts.
    let name: String
    /// The size in bytes.
    let size: Int
    /// When the contents were changed last, in nanoseconds since 1970.
    var modified = 0
  }

  /// What a path leads to.
  enum Kind {
    case file(size: Int)
    case folder
    /// A pipe or a device.
    case other
  }

  /// The most files that are listed; a folder with more was hardly meant.
  static let largestCount = 10_000_000

  /// What a path leads to, with symbolic links followed.
  static func kind(of path: String) throws(DatasetError) -> Kind {
    var entry = hg_entry()
    let code = hg_entry_of(pathOfInput(path), &entry)
    if code != 0 { throw .file(FileError(path: path, operation: .open, code: code)) }
    return kind(of: entry)
  }

  /// The files in a folder and in the folders below it, in the order of the bytes of their names.
  ///
  /// Symbolic links are followed, and each folder is visited once however many links lead to it.
  /// Files and folders whose names begin with a point are left out.
  static func files(below folder: String) throws(DatasetError) -> [File] {
    var found: [File] = []
    var visited: Set<[UInt64]> = []
    var root = hg_entry()
    let code = hg_entry_of(folder, &root)
    if code != 0 { throw .file(FileError(path: folder, operation: .open, code: code)) }
    visited.insert([root.device, root.inode])
    var waiting = [""]
    while let name = waiting.popLast() {
      let path = name.isEmpty ? folder : folder + "/" + name
      for entry in try entries(of: path) {
        let below = name.isEmpty ? entry.name : name + "/" + entry.name
        switch entry.kind {
        case .file(let size) where found.count < largestCount:
          found.append(File(name: below, size: size, modified: entry.modified))
        case .folder where visited.insert(entry.identity).inserted: waiting.append(below)
        default: break
        }
      }
    }
    return found.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  /// The files in a folder itself, in the order of the bytes of their names.
  static func files(in folder: String) throws(DatasetError) -> [File] {
    try entries(of: folder).compactMap { entry in
      guard case .file(let size) = entry.kind else { return nil }
      return File(name: entry.name, size: size, modified: entry.modified)
    }
  }

  private struct Entry {
    let name: String
    let kind: Kind
    let identity: [UInt64]
    let modified: Int
  }

  /// The entries of one folder, in the order of the bytes of their names.
  private static func entries(of path: String) throws(DatasetError) -> [Entry] {
    var folder = hg_folder()
    let code = hg_folder_list(path, &folder)
    if code != 0 { throw .file(FileError(path: path, operation: .open, code: code)) }
    defer { hg_folder_free(&folder) }
    let entries = UnsafeBufferPointer(start: folder.entries, count: folder.count).map { entry in
      Entry(
        name: entry.name.map { String(cString: $0) } ?? "",
        kind: kind(of: entry),
        identity: [entry.device, entry.inode],
        modified: Int(entry.modified)
      )
    }
    return entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  private static func kind(of entry: hg_entry) -> Kind {
    switch entry.kind {
    case HG_ENTRY_FILE: .file(size: Int(entry.size))
    case HG_ENTRY_FOLDER: .folder
    default: .other
    }
  }
}
