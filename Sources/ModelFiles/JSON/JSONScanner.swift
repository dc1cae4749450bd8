/// Reads a JSON text from its beginning to its end, value by value.
///
/// The caller says what it expects and the scanner goes no deeper and holds no more than that, so
/// that a text of a hundred megabytes costs little and a text nested a million levels deep cannot
/// use up the stack. Where JSON leaves room, the scanner is strict: a key that stands twice in one
/// object, a string that is not UTF-8 and a byte after the end of the text are errors.
///
/// Reference: RFC 8259, "The JavaScript Object Notation (JSON) Data Interchange Format".
struct JSONScanner {
  /// How deep arrays and objects may be nested.
  static let depthLimit = 64
  /// How many values a text may have, the members of objects and arrays included.
  static let valueLimit = 4_000_000
  /// How many characters a number may have.
  static let numberLimit = 400

  private let file: String
  private let text: JSONText
  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0
  private var values = 0

  /// Makes a scanner at the beginning of a text; the file and the text are named in errors.
  init(_ bytes: [UInt8], file: String, text: JSONText) {
    self.bytes = bytes
    self.file = file
    self.text = text
  }

  /// The kinds of values, by their first byte.
  enum Kind: String {
    case null
    case boolean = "true or false"
    case number = "a number"
    case string = "a string"
    case array = "an array"
    case object = "an object"
  }

  /// A place within an object: which keys have been met.
  struct ObjectPlace {
    fileprivate var keys: Set<String> = []
  }

  /// A place within an array: whether an element has been met.
  struct ArrayPlace {
    fileprivate var hasElements = false
  }

  /// The kind of the value that follows.
  mutating func nextKind() throws(ModelFileError) -> Kind {
    skipSpace()
    let byte = try peek()
    switch byte {
    case UInt8(ascii: "n"): return .null
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return .boolean
    case UInt8(ascii: "\""): return .string
    case UInt8(ascii: "["): return .array
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
    default: throw problem(.unexpectedByte(byte, expected: "a value"))
    }
  }

  /// Goes into an object.
  mutating func beginObject() throws(ModelFileError) -> ObjectPlace {
    try begin(UInt8(ascii: "{"), expected: "an object")
    return ObjectPlace()
  }

  /// The next key of an object, whose value must be read next; nil at the end of the object.
  mutating func nextKey(_ place: inout ObjectPlace) throws(ModelFileError) -> String? {
    skipSpace()
    if try peek() == UInt8(ascii: "}") {
      position += 1
      depth -= 1
      return nil
    }
    if !place.keys.isEmpty {
      try expect(UInt8(ascii: ","), "a comma or the end of the object")
      skipSpace()
    }
    let start = position
    let key = try string(expected: "a key in quotes")
    guard place.keys.insert(key).inserted else { throw problem(.duplicateKey(key), at: start) }
    skipSpace()
    try expect(UInt8(ascii: ":"), "a colon")
    return key
  }

  /// Goes into an array.
  mutating func beginArray() throws(ModelFileError) -> ArrayPlace {
    try begin(UInt8(ascii: "["), expected: "an array")
    return ArrayPlace()
  }

  /// Whether the array has another element, which must be read next.
  mutating func nextElement(_ place: inout ArrayPlace) throws(ModelFileError) -> Bool {
    skipSpace()
    if try peek() == UInt8(ascii: "]") {
      position += 1
      depth -= 1
      return false
    }
    if place.hasElements {
      try expect(UInt8(ascii: ","), "a comma or the end of the array")
      skipSpace()
      if try peek() == UInt8(ascii: "]") {
        throw problem(.unexpectedByte(UInt8(ascii: "]"), expected: "a value"))
      }
    }
    place.hasElements = true
    return true
  }

  /// A string.
  mutating func string() throws(ModelFileError) -> String {
    skipSpace()
    try countValue()
    return try string(expected: "a string")
  }

  /// A number, as it is written.
  mutating func number() throws(ModelFileError) -> String {
    skipSpace()
    try countValue()
    let start = position
    if try peek() == UInt8(ascii: "-") { position += 1 }
    if position < bytes.count, bytes[position] == UInt8(ascii: "0") {
      position += 1
    } else {
      try skipDigits()
    }
    if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
      position += 1
      try skipDigits()
    }
    if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
      position += 1
      if position < bytes.count,
        bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-")
      {
        position += 1
      }
      try skipDigits()
    }
    guard position - start <= Self.numberLimit else {
      throw problem(.numberTooLong(limit: Self.numberLimit), at: start)
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  /// One of the words `true` and `false`.
  mutating func boolean() throws(ModelFileError) -> Bool {
    skipSpace()
    try countValue()
    let isTrue = try peek() == UInt8(ascii: "t")
    try word(isTrue ? "true" : "false")
    return isTrue
  }

  /// The word `null`.
  mutating func null() throws(ModelFileError) {
    skipSpace()
    try countValue()
    try word("null")
  }

  /// Passes over a value of any kind, which must be well formed as well.
  mutating func skipValue() throws(ModelFileError) {
    switch try nextKind() {
    case .null: try null()
    case .boolean: _ = try boolean()
    case .number: _ = try number()
    case .string: _ = try string()
    case .array:
      var place = try beginArray()
      while try nextElement(&place) { try skipValue() }
    case .object:
      var place = try beginObject()
      while try nextKey(&place) != nil { try skipValue() }
    }
  }

  /// Checks that nothing but white space follows.
  mutating func finish() throws(ModelFileError) {
    skipSpace()
    if position < bytes.count { throw problem(.trailingBytes) }
  }
}

extension JSONScanner {
  private func problem(_ problem: JSONProblem, at place: Int? = nil) -> ModelFileError {
    .malformedJSON(
      file: file,
      text: text.rawValue,
      position: place ?? position,
      problem: problem.description
    )
  }

  private func peek() throws(ModelFileError) -> UInt8 {
    guard position < bytes.count else { throw problem(.endsTooEarly) }
    return bytes[position]
  }

  private mutating func expect(_ byte: UInt8, _ expected: String) throws(ModelFileError) {
    let found = try peek()
    guard found == byte else { throw problem(.unexpectedByte(found, expected: expected)) }
    position += 1
  }

  private mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09, 0x0a, 0x0d: position += 1
      default: return
      }
    }
  }

  private mutating func skipDigits() throws(ModelFileError) {
    let found = try peek()
    guard isDigit(found) else { throw problem(.unexpectedByte(found, expected: "a digit")) }
    while position < bytes.count, isDigit(bytes[position]) { position += 1 }
  }

  private mutating func word(_ word: StaticString) throws(ModelFileError) {
    for byte in "\(word)".utf8 { try expect(byte, "the word \(word)") }
  }

  private mutating func countValue() throws(ModelFileError) {
    values += 1
    if values > Self.valueLimit { throw problem(.tooManyValues(limit: Self.valueLimit)) }
  }

  private mutating func begin(_ byte: UInt8, expected: String) throws(ModelFileError) {
    skipSpace()
    try countValue()
    try expect(byte, expected)
    depth += 1
    if depth > Self.depthLimit {
      throw problem(.tooDeep(limit: Self.depthLimit), at: position - 1)
    }
  }

  private mutating func string(expected: String) throws(ModelFileError) -> String {
    try expect(UInt8(ascii: "\""), expected)
    let start = position
    var unescaped: [UInt8] = []
    var runStart = position
    while true {
      let byte = try peek()
      switch byte {
      case UInt8(ascii: "\""):
        let run = bytes[runStart..<position]
        position += 1
        let whole = unescaped.isEmpty ? run : (unescaped + run)[...]
        guard let string = String(validating: whole, as: UTF8.self) else {
          throw problem(.invalidUTF8, at: start)
        }
        return string
      case UInt8(ascii: "\\"):
        unescaped += bytes[runStart..<position]
        position += 1
        try unescape(into: &unescaped)
        runStart = position
      case 0..<0x20:
        throw problem(.controlCharacter(byte))
      default:
        position += 1
      }
    }
  }

  /// Reads what follows a backslash.
  private mutating func unescape(into result: inout [UInt8]) throws(ModelFileError) {
    let start = position
    let byte = try peek()
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(byte)
    case UInt8(ascii: "b"): result.append(0x08)
    case UInt8(ascii: "f"): result.append(0x0c)
    case UInt8(ascii: "n"): result.append(0x0a)
    case UInt8(ascii: "r"): result.append(0x0d)
    case UInt8(ascii: "t"): result.append(0x09)
    case UInt8(ascii: "u"):
      var units = [try unicodeEscape()]
      if UTF16.isLeadSurrogate(units[0]) {
        try expect(UInt8(ascii: "\\"), "the second half of a character")
        try expect(UInt8(ascii: "u"), "the second half of a character")
        units.append(try unicodeEscape())
      }
      guard let character = String(validating: units, as: UTF16.self) else {
        throw problem(.invalidEscape, at: start)
      }
      result += Array(character.utf8)
    default: throw problem(.invalidEscape, at: start)
    }
  }

  /// Reads the four hexadecimal digits of an escape.
  private mutating func unicodeEscape() throws(ModelFileError) -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      let byte = try peek()
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
      default: throw problem(.invalidEscape)
      }
      unit = unit << 4 | UInt16(digit)
      position += 1
    }
    return unit
  }
}

private func isDigit(_ byte: UInt8) -> Bool {
  byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
}
