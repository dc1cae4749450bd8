/// What is there below a folder, for who measures on several data sets.
package enum DatasetFiles {
  /// The names of the files below a folder, in the order of their bytes.
  ///
  /// - Throws: What is wrong with the folder.
  package static func names(in folder: String) throws(DatasetError) -> [String] {
    try FolderListing.files(below: folder).map(\.name)
  }

  /// Whether a path leads to a file.
  package static func isThere(_ path: String) -> Bool {
    if case .file? = try? FolderListing.kind(of: path) { true } else { false }
  }
}
