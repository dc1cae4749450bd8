/// The files of the page, which are compiled in.
enum StudioFiles {
  /// A file and its media type.
  struct File: Equatable {
    var bytes: [UInt8]
    var media: String
  }

  private static let folder = "Studio/"

  /// The file that a plain name stands for.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - folder: A folder to take it from in place of what is compiled in.
  static func file(_ name: String, in folder: String? = nil) throws -> File? {
    let bytes: [UInt8]? =
      if let folder {
        Array(try TextFile.contents(of: "\(folder)/\(name)").utf8)
      } else {
        EmbeddedFiles.bytes(of: Self.folder + name)
      }
    return bytes.map { File(bytes: $0, media: media(name)) }
  }

  private static func media(_ name: String) -> String {
    switch name.split(separator: ".").last {
    case "html": "text/html; charset=utf-8"
    case "css": "text/css; charset=utf-8"
    case "svg": "image/svg+xml"
    default: "text/javascript; charset=utf-8"
    }
  }

  /// The names of all files.
  static var names: [String] {
    EmbeddedFiles.paths.filter { $0.hasPrefix(folder) }.map { String($0.dropFirst(folder.count)) }
  }
}
