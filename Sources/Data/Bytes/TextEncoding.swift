/// How the characters of a text file are written as bytes.
public enum TextEncoding: String, Codable, CaseIterable, Hashable, Sendable {
  /// UTF-8.
  case utf8 = "utf-8"
  /// UTF-16, the lower byte of each pair first.
  case utf16LittleEndian = "utf-16le"
  /// UTF-16, the upper byte of each pair first.
  case utf16BigEndian = "utf-16be"
  /// Windows-1252, which ISO 8859-1 (Latin-1) is read as too.
  case windows1252 = "windows-1252"

  /// Finds an encoding by one of its usual names, such as `UTF-8`, `utf16`, `latin1` or `cp1252`.
  ///
  /// `utf-16` alone is the little-endian one, which nearly all such files have.
  public init?(name: String) {
    let word = name.lowercased().filter { $0.isLetter || $0.isNumber }
    switch word {
    case "utf8", "utf8sig", "ascii", "usascii": self = .utf8
    case "utf16", "utf16le", "unicode": self = .utf16LittleEndian
    case "utf16be": self = .utf16BigEndian
    case "windows1252", "cp1252", "1252", "ansi", "latin1", "iso88591": self = .windows1252
    default: return nil
    }
  }

  /// The name as people write it.
  public var name: String {
    switch self {
    case .utf8: "UTF-8"
    case .utf16LittleEndian: "UTF-16 (little-endian)"
    case .utf16BigEndian: "UTF-16 (big-endian)"
    case .windows1252: "Windows-1252"
    }
  }

  /// The bytes that may stand before a text and say how it is written; none for Windows-1252.
  var byteOrderMark: [UInt8] {
    switch self {
    case .utf8: [0xef, 0xbb, 0xbf]
    case .utf16LittleEndian: [0xff, 0xfe]
    case .utf16BigEndian: [0xfe, 0xff]
    case .windows1252: []
    }
  }

  var isUTF16: Bool { self == .utf16LittleEndian || self == .utf16BigEndian }

  /// The encoding whose byte-order mark some bytes begin with.
  static func marked(_ beginning: [UInt8]) -> TextEncoding? {
    allCases.first { !$0.byteOrderMark.isEmpty && beginning.starts(with: $0.byteOrderMark) }
  }

  /// The UTF-16 that the beginning of a text without a mark is written in, if it is.
  ///
  /// Text of letters, digits and separators has a zero in each pair of bytes, always on the same side; no
  /// other text has a zero at all. A third of the pairs is enough, as other alphabets have none, and a pair of two
  /// zeros is no character.
  static func unmarkedUTF16(_ beginning: [UInt8]) -> TextEncoding? {
    let pairs = beginning.count / 2
    guard pairs >= 2 else { return nil }
    var (upperFirst, lowerFirst) = (0, 0)
    for pair in 0..<pairs {
      let (first, second) = (beginning[2 * pair], beginning[2 * pair + 1])
      if first == 0 && second == 0 { return nil }
      if first == 0 { upperFirst += 1 }
      if second == 0 { lowerFirst += 1 }
    }
    let (most, least) = (max(upperFirst, lowerFirst), min(upperFirst, lowerFirst))
    guard 3 * most >= pairs, most > 4 * least else { return nil }
    return upperFirst > lowerFirst ? .utf16BigEndian : .utf16LittleEndian
  }

  // MARK: Windows-1252

  /// The code points of the bytes 0x80 to 0x9f; the five that have none are control characters.
  ///
  /// Reference: the Encoding Standard, index-windows-1252, https://encoding.spec.whatwg.org/#windows-1252.
  static let windowsCodePoints: [UInt16] = [
    0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039,
    0x0152, 0x008d, 0x017d, 0x008f, 0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
    0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x009d, 0x017e, 0x0178,
  ]

  /// Whether a byte stands for no character of Windows-1252.
  static func isUndefinedInWindows1252(_ byte: UInt8) -> Bool {
    (0x80..<0xa0).contains(byte) && windowsCodePoints[Int(byte) - 0x80] == UInt16(byte)
  }

  /// The bytes of some UTF-8 text in this encoding.
  ///
  /// - Returns: The first character that the encoding does not have where there is one.
  func encode(_ text: [UInt8], to bytes: inout [UInt8]) -> Character? {
    switch self {
    case .utf8: bytes += text
    case .utf16LittleEndian:
      for unit in String(decoding: text, as: UTF8.self).utf16 {
        bytes.append(UInt8(truncatingIfNeeded: unit))
        bytes.append(UInt8(unit >> 8))
      }
    case .utf16BigEndian:
      for unit in String(decoding: text, as: UTF8.self).utf16 {
        bytes.append(UInt8(unit >> 8))
        bytes.append(UInt8(truncatingIfNeeded: unit))
      }
    case .windows1252:
      for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
        if scalar.value < 0x80 || (0xa0..<0x100).contains(scalar.value) {
          bytes.append(UInt8(scalar.value))
        } else if let place = Self.windowsCodePoints.firstIndex(where: { $0 == scalar.value }) {
          bytes.append(UInt8(0x80 + place))
        } else {
          return Character(scalar)
        }
      }
    }
    return nil
  }
}

/// What stands at a place of a text that may be UTF-8.
enum UTF8Sequence {
  /// A character of more than one byte.
  case valid
  /// Bytes that are no UTF-8.
  case invalid
  /// The beginning of a character that the bytes end in.
  case cut

  /// Looks at a byte of 0x80 or more and at those behind it.
  ///
  /// Reference: The Unicode Standard, version 16.0, table 3-7.
  init(_ bytes: ArraySlice<UInt8>) {
    let start = bytes.startIndex
    let first = bytes[start]
    let count: Int
    var second: ClosedRange<UInt8> = 0x80...0xbf
    switch first {
    case 0xc2...0xdf: count = 2
    case 0xe0...0xef:
      count = 3
      if first == 0xe0 { second = 0xa0...0xbf }
      if first == 0xed { second = 0x80...0x9f }
    case 0xf0...0xf4:
      count = 4
      if first == 0xf0 { second = 0x90...0xbf }
      if first == 0xf4 { second = 0x80...0x8f }
    default:
      self = .invalid
      return
    }
    for offset in 1..<count {
      guard start + offset < bytes.endIndex else {
        self = .cut
        return
      }
      let range = offset == 1 ? second : 0x80...0xbf
      guard range.contains(bytes[start + offset]) else {
        self = .invalid
        return
      }
    }
    self = .valid
  }
}
