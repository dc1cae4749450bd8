internal import CHourglassPages

/// The files that are compiled in, by their paths in the folder of this room.
enum EmbeddedFiles {
  /// Where each is.
  private static let places = [String: Int](
    uniqueKeysWithValues: (0..<hg_page_count()).map { (String(cString: hg_page_name($0)), $0) }
  )

  /// The paths of all files, in the order of their letters.
  static var paths: [String] { places.keys.sorted() }

  /// The bytes of a file; none where there is no such file.
  static func bytes(of path: String) -> [UInt8]? {
    guard let place = places[path] else { return nil }
    var bytes = [UInt8](repeating: 0, count: hg_page_size(place))
    hg_page_copy(place, &bytes)
    return bytes
  }

  /// A file as a text, empty where there is no such file.
  static func text(of path: String) -> String {
    String(decoding: bytes(of: path) ?? [], as: UTF8.self)
  }
}
