/// What the header of an NPY file says, before any of it is believed.
///
/// Reference: NumPy, "NumPy Enhancement Proposal 1: A Simple File Format for NumPy Arrays", 2007,
/// and `numpy.lib.format`, versions 1.0 to 3.0.
struct NPYHeader: Hashable, Sendable {
  /// The kind of number: f (floating-point), i, u (integer with and without a sign), b (boolean).
  let kind: Character
  /// The bytes of an element.
  let size: Int
  let isBigEndian: Bool
  let isFortranOrder: Bool
  let shape: [Int]
  /// The offset of the values.
  let end: Int
  /// The number of elements.
  let count: Int
  /// Whether it is the header of an IDX file, which says the same in other words.
  let isIDX: Bool

  /// Whether bytes begin as an NPY file does, or are all of a file that ends within these six bytes.
  static func isBeginning(_ bytes: [UInt8]) -> Bool {
    let magic = [0x93] + Array("NUMPY".utf8)
    return bytes.starts(with: magic)
      || (2..<magic.count).contains(bytes.count) && magic.starts(with: bytes)
  }

  /// The bytes of a header that follow its first twelve; none where these are no beginning of one.
  static func missingBytes(_ beginning: [UInt8]) -> Int {
    guard isBeginning(beginning), beginning.count == 12 else { return 0 }
    let end = beginning[6] == 1 ? 10 + length(beginning, 2) : 12 + length(beginning, 4)
    return max(0, min(end, (1 << 20) + 12) - 12)
  }

  /// The length of the text behind the version.
  private static func length(_ bytes: [UInt8], _ size: Int) -> Int {
    bytes[8..<8 + size].reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  /// Takes what the header of an IDX file says.
  init(_ header: IDXHeader) {
    (kind, size) = (header.type.kind, header.type.size)
    (isBigEndian, isFortranOrder, isIDX) = (true, false, true)
    shape = header.dimensions
    end = header.headerBytes
    count = header.valueBytes / header.type.size
  }

  init(_ bytes: [UInt8], path: String) throws(DatasetError) {
    isIDX = false
    guard Self.isBeginning(bytes), bytes.count >= 12 else {
      throw Self.bad(path, "another beginning")
    }
    guard (1...3).contains(bytes[6]) else {
      throw Self.bad(path, "the version \(bytes[6]).\(bytes[7])")
    }
    let lengthSize = bytes[6] == 1 ? 2 : 4
    let length = Self.length(bytes, lengthSize)
    end = 8 + lengthSize + length
    guard end <= bytes.count, length <= 1 << 20 else { throw Self.bad(path, "that it stops early") }
    var scanner = HeaderScanner(Array(bytes[8 + lengthSize..<end]))
    guard let fields = scanner.dictionary(), case .text(let type)? = fields["descr"],
      case .boolean(let isFortran)? = fields["fortran_order"],
      case .numbers(let shape)? = fields["shape"]
    else {
      if case .other(let type)? = HeaderScanner.description(bytes[8 + lengthSize..<end]) {
        throw .array(.unsupportedType(path: path, type: type))
      }
      throw Self.bad(path, "one without descr, fortran_order and shape")
    }
    var name = Substring(type)
    let order = name.first.map { "<>|=".contains($0) ? name.removeFirst() : "=" } ?? "="
    let known = ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"]
    guard known.contains(String(name)), let kind = name.first, let size = Int(name.dropFirst())
    else {
      throw .array(.unsupportedType(path: path, type: type))
    }
    self.kind = kind
    self.size = size
    isBigEndian = order == ">"
    isFortranOrder = isFortran
    self.shape = shape
    if shape.contains(0) { throw .array(.empty(path: path, shape: shape)) }
    guard shape.count <= 32 else { throw .array(.unsupportedShape(path: path, shape: shape)) }
    var product = 1
    for extent in shape {
      let (next, overflow) = product.multipliedReportingOverflow(by: extent)
      if overflow || next > 1 << 48 { throw .array(.unsupportedShape(path: path, shape: shape)) }
      product = next
    }
    count = product
  }

  private static func bad(_ path: String, _ reason: String) -> DatasetError {
    .array(.badHeader(path: path, reason: reason))
  }
}

/// Reads the literal of a Python dictionary that an NPY header is.
private struct HeaderScanner {
  enum Value {
    case text(String)
    case boolean(Bool)
    case numbers([Int])
    case other(String)
  }

  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// The description of the type of a header that is otherwise not understood.
  static func description(_ bytes: ArraySlice<UInt8>) -> Value? {
    let text = String(decoding: bytes, as: UTF8.self)
    return text.contains("'descr': [") ? .other("records with fields") : nil
  }

  mutating func dictionary() -> [String: Value]? {
    guard take("{") else { return nil }
    var result: [String: Value] = [:]
    while !take("}") {
      guard let key = text(), take(":"), let value = value() else { return nil }
      result[key] = value
      if !take(",") {
        guard take("}") else { return nil }
        break
      }
    }
    skipBlanks()
    return position == bytes.count ? result : nil
  }

  private mutating func value() -> Value? {
    if let text = text() { return .text(text) }
    if take("True") { return .boolean(true) }
    if take("False") { return .boolean(false) }
    guard take("(") else { return nil }
    var numbers: [Int] = []
    while !take(")") {
      guard let number = number() else { return nil }
      numbers.append(number)
      if !take(",") {
        guard take(")") else { return nil }
        break
      }
    }
    return .numbers(numbers)
  }

  private mutating func text() -> String? {
    skipBlanks()
    guard position < bytes.count, bytes[position] == 0x27 || bytes[position] == 0x22 else {
      return nil
    }
    let quote = bytes[position]
    guard let end = bytes[(position + 1)...].firstIndex(of: quote) else { return nil }
    defer { position = end + 1 }
    return String(decoding: bytes[position + 1..<end], as: UTF8.self)
  }

  private mutating func number() -> Int? {
    skipBlanks()
    let digits = bytes[position...].prefix { (0x30...0x39).contains($0) }
    guard let number = Int(String(decoding: digits, as: UTF8.self)) else { return nil }
    position += digits.count
    // Old versions write long integers of Python 2 with a letter.
    if position < bytes.count && bytes[position] == UInt8(ascii: "L") { position += 1 }
    return number
  }

  private mutating func take(_ word: String) -> Bool {
    skipBlanks()
    guard bytes[position...].starts(with: word.utf8) else { return false }
    position += word.utf8.count
    return true
  }

  private mutating func skipBlanks() {
    while position < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[position]) {
      position += 1
    }
  }
}
