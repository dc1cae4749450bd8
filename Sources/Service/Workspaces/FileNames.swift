internal import HTTPTypes
internal import HourglassSystem

/// Names that clients give: of files, and of data in their places.
enum FileNames {
  /// A plain name of a file: no slash, no control character, no point at its beginning.
  @inline(never)
  static func plain(_ name: String) throws(Problem) -> String {
    let bytes = name.utf8
    guard (1...200).contains(bytes.count), bytes.first != UInt8(ascii: "."),
      bytes.first != UInt8(ascii: "-"),
      bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7f && $0 != 0x2f && $0 != 0x5c })
    else {
      throw Problem(
        .badRequest,
        "A name is a plain file name of 1 to 200 bytes: no slash, no control character, and no "
          + "point or hyphen at its beginning."
      )
    }
    return name
  }

  /// A plain name for something new: also without blanks at its ends, and without characters that turn the
  /// direction of the text around, look like a slash or a point, or are not seen.
  @inline(never)
  static func new(_ name: String) throws(Problem) -> String {
    let plain = try plain(name)
    guard plain.first?.isWhitespace == false, plain.last?.isWhitespace == false,
      plain.unicodeScalars.allSatisfy({ !isMisleading($0.value) })
    else {
      throw Problem(
        .badRequest,
        "A new name has no blank at its ends, and no character that is not seen, turns the text "
          + "around, or looks like a slash or a point."
      )
    }
    return plain
  }

  private static func isMisleading(_ value: UInt32) -> Bool {
    switch value {
    // Control characters, and marks of direction, width and lines.
    case 0x80...0x9f, 0x61c, 0x200b, 0x200e...0x200f, 0x2028...0x202e, 0x2060...0x2069, 0xfeff: true
    // Other slashes and points.
    case 0x2024, 0x2044, 0x2215, 0x2216, 0x29f5, 0x29f8, 0xff0e, 0xff0f, 0xff3c: true
    default: false
    }
  }

  /// Refuses a name that is written like one that is there, but in other bytes: composed and decomposed letters.
  static func refuseTwin(of name: String, in folder: String) throws(Problem) {
    for entry in FolderFile.entries(of: folder)
    where entry.name == name && !entry.name.utf8.elementsEqual(name.utf8) {
      throw Problem(
        .conflict,
        "There is something of this name, with letters composed differently. Choose another one."
      )
    }
  }

  /// The parts of a name with slashes, each of them plain.
  static func parts(_ name: String) throws(Problem) -> [String] {
    guard name.utf8.count <= 1024 else {
      throw Problem(.badRequest, "A name has at most 1,024 bytes.")
    }
    var parts: [String] = []
    for part in name.split(separator: "/", omittingEmptySubsequences: false) {
      parts.append(try plain(String(part)))
    }
    return parts
  }
}

/// What kind of content a file has, by the ending of its name.
struct FileType: Sendable {
  /// The words of the interface.
  enum Kind: String, Encodable, Sendable { case table, array, image, sound, page, model, other }

  let kind: Kind
  /// The media type that a browser may show; all else is to be saved.
  let media: String

  init(_ name: String) {
    var name = name.lowercased()
    for packing in [".gz", ".zst"] where name.hasSuffix(packing) {
      self.init(kind: FileType(String(name.dropLast(packing.count))).kind)
      return
    }
    let point = name.lastIndex(of: ".") ?? name.endIndex
    name = String(name[point...])
    switch name {
    case ".csv": self.init(kind: .table, media: "text/csv; charset=utf-8")
    case ".tsv": self.init(kind: .table, media: "text/tab-separated-values; charset=utf-8")
    case ".jsonl", ".ndjson": self.init(kind: .table, media: "application/x-ndjson")
    case ".xlsx", ".parquet": self.init(kind: .table)
    case ".npy", ".npz": self.init(kind: .array)
    case ".png": self.init(kind: .image, media: "image/png")
    case ".jpg", ".jpeg": self.init(kind: .image, media: "image/jpeg")
    case ".svg": self.init(kind: .image, media: "image/svg+xml")
    case ".wav": self.init(kind: .sound, media: "audio/wav")
    case ".flac": self.init(kind: .sound, media: "audio/flac")
    case ".mp3": self.init(kind: .sound, media: "audio/mpeg")
    case ".ogg", ".oga", ".opus": self.init(kind: .sound, media: "audio/ogg")
    case ".html": self.init(kind: .page, media: "text/html; charset=utf-8")
    case ".hourglass", ".safetensors": self.init(kind: .model)
    default: self.init(kind: .other)
    }
  }

  private init(kind: Kind, media: String = "application/octet-stream") {
    self.kind = kind
    self.media = media
  }
}
