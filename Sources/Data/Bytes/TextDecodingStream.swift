/// A text of another encoding as UTF-8, decoded as its bytes come.
///
/// A character that the end of a chunk cuts waits for its rest. Bytes that are no text of the encoding become a
/// byte that stands in no UTF-8, which the reader of the rows reports with its line.
final class TextDecodingStream: ByteStream {
  /// A byte that no text in UTF-8 has.
  private static let noText: UInt8 = 0xff

  private let upstream: any ByteStream
  private let encoding: TextEncoding
  /// Whether the encoding was found by the contents, so that text in UTF-8 within them is an error.
  private let isFound: Bool
  private var input = [UInt8](repeating: 0, count: 1 << 16)
  /// Bytes at the beginning of the input that wait for others.
  private var waiting = 0
  private var isAtEnd = false
  /// The first half of a character of two units in UTF-16.
  private var highSurrogate: UInt32?
  private var output: [UInt8] = []
  private var given = 0

  init(_ upstream: any ByteStream, encoding: TextEncoding, isFound: Bool) {
    self.upstream = upstream
    self.encoding = encoding
    self.isFound = isFound
  }

  var byteCount: Int? { nil }

  func read(into bytes: inout [UInt8], from offset: Int) throws(DatasetError) -> Int {
    while given == output.count {
      if isAtEnd { return 0 }
      output.removeAll(keepingCapacity: true)
      given = 0
      let count = try upstream.read(into: &input, from: waiting)
      isAtEnd = count == 0
      decode(waiting + count)
    }
    let count = min(bytes.count - offset, output.count - given)
    bytes.replaceSubrange(offset..<offset + count, with: output[given..<given + count])
    given += count
    return count
  }

  /// Decodes the first bytes of the input, and moves those that wait to its beginning.
  private func decode(_ count: Int) {
    let used = encoding.isUTF16 ? decodeUTF16(count) : decodeWindows(count)
    waiting = count - used
    for index in 0..<waiting { input[index] = input[used + index] }
    // What is left at the end is half of something.
    if isAtEnd && (waiting > 0 || highSurrogate != nil) {
      output.append(Self.noText)
      (waiting, highSurrogate) = (0, nil)
    }
  }

  private func decodeUTF16(_ count: Int) -> Int {
    let upper = encoding == .utf16BigEndian ? 0 : 1
    var index = 0
    while index + 1 < count {
      let unit = UInt32(input[index + upper]) << 8 | UInt32(input[index + 1 - upper])
      index += 2
      if let high = highSurrogate {
        highSurrogate = nil
        if (0xdc00..<0xe000).contains(unit) {
          append(0x10000 + (high - 0xd800) << 10 + (unit - 0xdc00))
          continue
        }
        output.append(Self.noText)
      }
      switch unit {
      case 0xd800..<0xdc00: highSurrogate = unit
      case 0xdc00..<0xe000: output.append(Self.noText)
      default: append(unit)
      }
    }
    return index
  }

  private func decodeWindows(_ count: Int) -> Int {
    var index = 0
    while index < count {
      let byte = input[index]
      // The letters of western languages in UTF-8 are no pairs of letters that occur.
      if isFound && (byte == 0xc2 || byte == 0xc3) {
        if index + 1 == count && !isAtEnd { return index }
        if index + 1 < count && (0x80..<0xc0).contains(input[index + 1]) {
          output.append(Self.noText)
          index += 2
          continue
        }
      }
      if isFound && TextEncoding.isUndefinedInWindows1252(byte) {
        output.append(Self.noText)
      } else if (0x80..<0xa0).contains(byte) {
        append(UInt32(TextEncoding.windowsCodePoints[Int(byte) - 0x80]))
      } else {
        append(UInt32(byte))
      }
      index += 1
    }
    return index
  }

  /// Appends a character as UTF-8.
  private func append(_ scalar: UInt32) {
    switch scalar {
    case ..<0x80: output.append(UInt8(scalar))
    case ..<0x800:
      output.append(UInt8(0xc0 | scalar >> 6))
      output.append(UInt8(0x80 | scalar & 0x3f))
    case ..<0x10000:
      output.append(UInt8(0xe0 | scalar >> 12))
      output.append(UInt8(0x80 | scalar >> 6 & 0x3f))
      output.append(UInt8(0x80 | scalar & 0x3f))
    default:
      output.append(UInt8(0xf0 | scalar >> 18))
      output.append(UInt8(0x80 | scalar >> 12 & 0x3f))
      output.append(UInt8(0x80 | scalar >> 6 & 0x3f))
      output.append(UInt8(0x80 | scalar & 0x3f))
    }
  }
}

/// Some bytes and behind them those of another stream.
final class PrefixedStream: ByteStream {
  private let prefix: [UInt8]
  private let rest: any ByteStream
  private var position = 0

  init(_ prefix: [UInt8], _ rest: any ByteStream) {
    self.prefix = prefix
    self.rest = rest
  }

  var byteCount: Int? { nil }

  func read(into bytes: inout [UInt8], from offset: Int) throws(DatasetError) -> Int {
    let count = min(bytes.count - offset, prefix.count - position)
    if count <= 0 { return position < prefix.count ? 0 : try rest.read(into: &bytes, from: offset) }
    bytes.replaceSubrange(offset..<offset + count, with: prefix[position..<position + count])
    position += count
    return count
  }
}
