internal import HourglassSystem

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// Files of a folder of the server.
struct FolderFile: Sendable {
  enum Kind { case file, folder, other }

  /// The name below the folder that was listed, with slashes.
  var name: String
  var kind: Kind
  var bytes: Int
  var modified: Date

  /// What is at a path itself, not where a link leads; none where nothing is.
  init?(_ path: String, name: String) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return nil }
    self.name = name
    bytes = Int(status.st_size)
    #if os(Linux)
      modified = Date(timeIntervalSince1970: Double(status.st_mtim.tv_sec))
    #else
      modified = Date(timeIntervalSince1970: Double(status.st_mtimespec.tv_sec))
    #endif
    switch status.st_mode & S_IFMT {
    case S_IFREG: kind = .file
    case S_IFDIR: kind = .folder
    default: kind = .other
    }
  }

  /// The files and folders in a folder by their names; hidden ones and links are left out.
  static func entries(of folder: String) -> [FolderFile] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { !$0.hasPrefix(".") }.sorted()
      .compactMap { FolderFile("\(folder)/\($0)", name: $0) }
      .filter { $0.kind != .other }
  }

  /// All files below a folder by their names, at most so many; links are not followed.
  static func files(below folder: String, limit: Int = 100_000) -> [FolderFile] {
    var found: [FolderFile] = []
    var waiting = [""]
    while let place = waiting.popLast(), found.count < limit {
      for var entry in entries(of: place.isEmpty ? folder : "\(folder)/\(place)") {
        entry.name = place.isEmpty ? entry.name : "\(place)/\(entry.name)"
        if entry.kind == .folder { waiting.append(entry.name) } else { found.append(entry) }
      }
    }
    return found.sorted { $0.name < $1.name }
  }

  /// The bytes of everything below a folder, hidden files included.
  ///
  /// - Parameter left: The name of an entry of the folder that is not counted.
  static func size(of folder: String, without left: String? = nil) -> Int {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.reduce(0) { size, name in
      guard name != left, let entry = FolderFile("\(folder)/\(name)", name: name) else {
        return size
      }
      return size + (entry.kind == .folder ? Self.size(of: "\(folder)/\(name)") : entry.bytes)
    }
  }

  /// Whether a folder holds a link anywhere, which might lead out of it.
  static func hasLink(below folder: String) -> Bool {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.contains { name in
      let path = "\(folder)/\(name)"
      var status = stat()
      guard lstat(path, &status) == 0 else { return false }
      let kind = status.st_mode & S_IFMT
      return kind == S_IFLNK || (kind == S_IFDIR && hasLink(below: path))
    }
  }

  /// Removes the files that were being written when a server or a job was killed; links are not followed.
  static func removeUnfinished(below folder: String) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for name in names {
      let path = "\(folder)/\(name)"
      switch FolderFile(path, name: name)?.kind {
      case .folder: removeUnfinished(below: path)
      case .file where name.hasPrefix(".hourglass-") && name.hasSuffix(".tmp"): unlink(path)
      default: break
      }
    }
  }

  /// What differs between two files that had the same path one after the other; none where no file is.
  static func mark(of path: String) -> String? {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    #if os(Linux)
      let time = status.st_mtim
    #else
      let time = status.st_mtimespec
    #endif
    return "\(status.st_ino)-\(status.st_size)-\(time.tv_sec)-\(time.tv_nsec)"
  }

  /// Gives a file another place in the same file system, unless something is there.
  ///
  /// - Returns: Whether it has the place now.
  /// - Throws: Why it cannot be moved.
  static func place(_ path: String, at new: String) throws(FileError) -> Bool {
    if link(path, new) == 0 {
      unlink(path)
      return true
    }
    if errno == EEXIST { return false }
    // A file system without hard links.
    if errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS {
      if FolderFile(new, name: "") != nil { return false }
      if rename(path, new) == 0 { return true }
    }
    throw FileError(path: new, operation: .rename, code: errno)
  }

  /// Makes what was renamed in a folder survive a power cut; a file system that cannot is no error.
  static func flush(_ folder: String) {
    let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  /// Removes a file, or a folder with all in it.
  static func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }
}
