/// A text in which each run of blanks is given as one tab, and none at the beginnings and the ends of lines.
///
/// Blanks in quotes stay: a quote opens where a word begins.
final class BlankStream: ByteStream {
  private let upstream: any ByteStream
  private lazy var input = [UInt8](repeating: 0, count: 1 << 16)
  private var output: [UInt8] = []
  private var given = 0

  private var isAtLineStart = true
  private var isAfterBlank = false
  private var isInQuotes = false
  /// Whether the byte before closed a quote, which the next one may double.
  private var hasJustClosed = false

  init(_ upstream: any ByteStream) { self.upstream = upstream }

  /// A line with one tab for each run of blanks.
  static func compacted(_ line: [UInt8]) -> [UInt8] {
    let stream = BlankStream(MemoryStream([]))
    for byte in line { stream.take(byte) }
    return stream.output
  }

  var byteCount: Int? { nil }

  func read(into bytes: inout [UInt8], from offset: Int) throws(DatasetError) -> Int {
    while given == output.count {
      output.removeAll(keepingCapacity: true)
      given = 0
      let count = try upstream.read(into: &input, from: 0)
      // Of several files the end of the first one is not that of all: nothing is kept for it.
      if count == 0 { return 0 }
      for index in 0..<count { take(input[index]) }
    }
    let count = min(bytes.count - offset, output.count - given)
    bytes.replaceSubrange(offset..<offset + count, with: output[given..<given + count])
    given += count
    return count
  }

  private func take(_ byte: UInt8) {
    if isInQuotes {
      if byte == CSVDialect.quote { (isInQuotes, hasJustClosed) = (false, true) }
      output.append(byte)
      return
    }
    // A doubled quote closes and opens again.
    let mayOpen = isAtLineStart || isAfterBlank || hasJustClosed
    hasJustClosed = false
    if byte == CSVDialect.space {
      isAfterBlank = true
      return
    }
    let endsLine = byte == CSVDialect.lineFeed || byte == CSVDialect.carriageReturn
    if isAfterBlank && !isAtLineStart && !endsLine { output.append(CSVDialect.tab) }
    if byte == CSVDialect.quote && mayOpen { isInQuotes = true }
    output.append(byte)
    isAfterBlank = false
    isAtLineStart = endsLine
  }
}
