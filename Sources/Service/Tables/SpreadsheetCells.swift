/// Marks the cells of a CSV or TSV table that a spreadsheet would run as a formula.
///
/// A cell that begins with =, +, -, @, a tab or a carriage return is taken for a formula by spreadsheets, also in
/// quotes, and what somebody put into the data may then run on the machine of who opens the result. An
/// apostrophe before it makes a text of it. Numbers such as -1.5 stay as they are. It works on a stream: its
/// state is kept from one piece to the next.
struct SpreadsheetCells {
  private enum State {
    case start, startInQuotes
    case holding(inQuotes: Bool)
    case inside(inQuotes: Bool)
    /// A quote in quotes ends the cell, or is the first of two.
    case afterQuote
  }

  /// The longest number that is taken for one.
  private static let longestNumber = 64
  private static let quote = UInt8(ascii: "\"")

  private let separator: UInt8
  private var state = State.start
  /// The beginning of a cell of which is not known yet whether it is a number.
  private var held: [UInt8] = []

  /// - Parameter separator: The sign between cells.
  init(separator: UInt8) { self.separator = separator }

  /// Marks a piece of the table, and gives what is sure by now.
  mutating func mark(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    var marked: [UInt8] = []
    for byte in bytes { take(byte, &marked) }
    return marked
  }

  /// Gives what is still held at the end of the table.
  mutating func end() -> [UInt8] {
    var marked: [UInt8] = []
    release(into: &marked)
    return marked
  }

  private mutating func take(_ byte: UInt8, _ marked: inout [UInt8]) {
    switch state {
    case .start where byte == Self.quote:
      marked.append(byte)
      state = .startInQuotes
    case .start: begin(byte, inQuotes: false, &marked)
    case .startInQuotes: begin(byte, inQuotes: true, &marked)
    case .holding(let inQuotes):
      let ends = byte == Self.quote || (!inQuotes && (byte == separator || byte == 0x0a))
      guard ends || held.count >= Self.longestNumber else { return held.append(byte) }
      // What is longer is no number, whatever it begins with.
      release(into: &marked, isWhole: ends)
      goOn(byte, inQuotes: inQuotes, &marked)
    case .inside(let inQuotes): goOn(byte, inQuotes: inQuotes, &marked)
    case .afterQuote: goOn(byte, inQuotes: byte == Self.quote, isDoubled: true, &marked)
    }
  }

  private mutating func begin(_ byte: UInt8, inQuotes: Bool, _ marked: inout [UInt8]) {
    let signs: [UInt8] = [0x3d, 0x2b, 0x2d, 0x40, 0x09, 0x0d]
    guard signs.contains(byte), byte != separator || inQuotes else {
      return goOn(byte, inQuotes: inQuotes, &marked)
    }
    held = [byte]
    state = .holding(inQuotes: inQuotes)
  }

  /// A byte behind the beginning of a cell.
  private mutating func goOn(
    _ byte: UInt8,
    inQuotes: Bool,
    isDoubled: Bool = false,
    _ marked: inout [UInt8]
  ) {
    marked.append(byte)
    if inQuotes {
      state = byte == Self.quote && !isDoubled ? .afterQuote : .inside(inQuotes: true)
    } else {
      state = byte == separator || byte == 0x0a ? .start : .inside(inQuotes: false)
    }
  }

  private mutating func release(into marked: inout [UInt8], isWhole: Bool = true) {
    // A lone carriage return ends a line.
    let text = held.last == 0x0d ? held.dropLast() : held[...]
    let isNumber =
      text.isEmpty
      || (isWhole && text.allSatisfy(Self.isOfNumber) && Self.number(text) != nil)
    if !isNumber { marked.append(UInt8(ascii: "'")) }
    marked += held
    held = []
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> Double? {
    Double(String(decoding: bytes, as: UTF8.self))
  }

  /// Digits, a point, signs, and the e of an exponent.
  private static func isOfNumber(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || [0x2e, 0x2b, 0x2d, 0x65, 0x45].contains(byte)
  }
}
