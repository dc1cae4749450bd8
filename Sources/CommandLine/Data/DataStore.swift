import HourglassDatasets
import HourglassTensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The folders that data sets are kept in.
struct DataStore {
  /// The list of digests in the folder of a data set, as the program `sha256sum` writes and checks it.
  private static let record = "SHA256SUMS"

  /// Where new data sets go.
  let root: String
  /// Where they are looked for, the first one first.
  private let places: [String]

  /// Makes a store.
  ///
  /// - Parameter output: The folder that the user named, if any.
  init(output: String?) {
    let shared = UserFolders.variable("HOURGLASS_DATA")
    root = Self.trimmed(output ?? shared ?? UserFolders.data)
    places = [root] + (shared.map { [Self.trimmed($0)] } ?? [])
  }

  /// The folder that has all files of a data set; they are not looked into.
  func folder(holding entry: CatalogEntry) -> String? {
    candidates(entry).first { folder in
      entry.results.allSatisfy { access(folder + "/" + $0, R_OK) == 0 }
    }
  }

  /// The folder that has all files of a data set, each with the right digest.
  func verified(_ entry: CatalogEntry) throws -> String? {
    for folder in candidates(entry) where try isWhole(entry, in: folder) { return folder }
    return nil
  }

  /// Makes the folder of a data set.
  func makeFolder(for entry: CatalogEntry) throws -> String {
    let folder = root + "/" + entry.name
    try Folders.make(folder)
    return folder
  }

  /// Writes down the digests of the files of a data set.
  func record(_ entry: CatalogEntry, in folder: String) throws {
    var text = ""
    for name in entry.results {
      text += try CatalogEntry.digest(of: folder + "/" + name) + "  " + name + "\n"
    }
    try AtomicFile.replace(folder + "/" + Self.record, with: Array(text.utf8))
  }

  private func candidates(_ entry: CatalogEntry) -> [String] {
    places.flatMap { [$0 + "/" + entry.name, $0] }
  }

  private func isWhole(_ entry: CatalogEntry, in folder: String) throws -> Bool {
    let recorded = recordedDigests(in: folder)
    for file in entry.files {
      for name in file.results {
        let path = folder + "/" + name
        guard access(path, R_OK) == 0 else { return false }
        if file.preparation == nil {
          guard try file.isWhole(path) else { return false }
        } else {
          guard let digest = recorded[name], try CatalogEntry.digest(of: path) == digest else {
            return false
          }
        }
      }
    }
    return true
  }

  private func recordedDigests(in folder: String) -> [String: String] {
    guard let bytes = try? CatalogEntry.bytes(ofCatalog: folder + "/" + Self.record, limit: 1 << 20)
    else { return [:] }
    var digests: [String: String] = [:]
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
      guard parts.count == 2 else { continue }
      digests[String(parts[1].drop { $0 == " " || $0 == "*" })] = String(parts[0])
    }
    return digests
  }

  private static func trimmed(_ path: String) -> String {
    var path = path
    while path.count > 1, path.last == "/" { path.removeLast() }
    return path
  }
}
