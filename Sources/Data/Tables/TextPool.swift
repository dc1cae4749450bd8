/// The different texts of a column, each with a number in the order of their first appearance.
///
/// Where nearly all of the first 4,096 are different, as names and numbers of orders are, further ones
/// are not looked for among them: such a column is no category, and a text may then be there twice.
struct TextPool: Sendable {
  /// All texts, one behind the other.
  private var bytes: [UInt8] = []
  /// Where each text ends.
  private var ends: [Int] = []
  /// The texts by their hashes; the size is a power of two.
  private var places: [Place]
  /// Whether no further texts are taken in.
  private let isClosed: Bool
  /// The numbers of those texts that are numbers, so that 1 is found under 1.0.
  private var numbers: [Double: Int32] = [:]

  /// How often a text was there.
  private var repeats = 0
  /// Whether texts are taken in without a look at the others.
  private(set) var mayRepeat = false
  /// The texts after which it is seen whether they come again.
  static let evaluationCount = 4_096

  /// Whether a text was taken in that is no UTF-8.
  private(set) var holdsOtherBytes = false

  /// Where a text may be looked for: its number beside its hash, so that looking for another text goes
  /// no further, and a pool grows in one pass over its places.
  private struct Place: BitwiseCopyable {
    var code: Int32
    var hash: UInt32

    static let free = Place(code: -1, hash: 0)

    var isFree: Bool { code < 0 }
  }

  /// Makes an empty pool that takes in every text.
  init() {
    isClosed = false
    places = [Place](repeating: .free, count: 64)
  }

  /// Makes a pool of known texts that takes in no others.
  init(closed levels: [String]) {
    isClosed = true
    var size = 64
    while size < 2 * levels.count { size *= 2 }
    places = [Place](repeating: .free, count: size)
    for (code, level) in levels.enumerated() {
      let text = Array(level.utf8)
      let hash = Self.hash(text.span, 0..<text.count)
      let place = place(of: text.span, 0..<text.count, hash)
      if places[place].isFree { insert(text.span, 0..<text.count, hash, at: place) }
      if let value = TableNumber.level(of: level), numbers[value] == nil {
        numbers[value] = Int32(code)
      }
    }
  }

  /// The number of texts.
  var count: Int { ends.count }

  /// The number of bytes that the texts take.
  var byteCount: Int { bytes.count + ends.count * 24 }

  /// The texts in the order of their numbers.
  var texts: [String] {
    var start = 0
    return ends.map { end in
      defer { start = end }
      return String(decoding: bytes[start..<end], as: UTF8.self)
    }
  }

  /// The bytes of the text of a number.
  func text(_ code: Int) -> ArraySlice<UInt8> {
    bytes[(code == 0 ? 0 : ends[code - 1])..<ends[code]]
  }

  /// What stands for a text that a closed pool does not have.
  static let unknown: Int32 = -2

  /// The number of a text; `unknown` where a closed pool does not have it.
  mutating func code(_ text: Span<UInt8>, _ range: Range<Int>) -> Int32 {
    if mayRepeat { return append(text, range) }
    let hash = Self.hash(text, range)
    let place = place(of: text, range, hash)
    if !places[place].isFree {
      repeats &+= 1
      return places[place].code
    }
    guard isClosed else {
      let code = insert(text, range, hash, at: place)
      if ends.count == Self.evaluationCount, repeats < Self.evaluationCount / 10 {
        mayRepeat = true
        places = []
      }
      return code
    }
    if !numbers.isEmpty, let number = TableNumber(cell: text, range),
      let code = numbers[number.value]
    {
      var counts = DecimalCounts()
      counts.note(number, text, from: range.lowerBound)
      return counts.areCodes ? Self.unknown : code
    }
    return Self.unknown
  }

  /// The place of a text, or the free one that it would take.
  private func place(of text: Span<UInt8>, _ range: Range<Int>, _ hash: UInt32) -> Int {
    let places = places.span
    let mask = places.count &- 1
    var place = Int(hash) & mask
    while true {
      let found = places[place]
      if found.isFree { return place }
      if found.hash == hash && isEqual(Int(found.code), text, range) { return place }
      place = (place &+ 1) & mask
    }
  }

  /// The same texts without repetitions, and for each number the one that its text has there.
  func distinct() -> (pool: TextPool, numbers: [Int32]) {
    guard mayRepeat else { return (self, ends.indices.map { Int32($0) }) }
    var pool = TextPool()
    // Every text is looked for, however rarely one comes again.
    pool.repeats = .max / 2
    var numbers: [Int32] = []
    numbers.reserveCapacity(ends.count)
    var start = 0
    for end in ends {
      numbers.append(pool.code(bytes.span, start..<end))
      start = end
    }
    return (pool, numbers)
  }

  @discardableResult
  private mutating func insert(
    _ text: Span<UInt8>,
    _ range: Range<Int>,
    _ hash: UInt32,
    at place: Int
  ) -> Int32 {
    places[place] = Place(code: Int32(ends.count), hash: hash)
    let code = append(text, range)
    if 2 * ends.count > places.count { grow() }
    return code
  }

  /// Takes a text in.
  private mutating func append(_ text: Span<UInt8>, _ range: Range<Int>) -> Int32 {
    let start = bytes.count
    bytes.append(contentsOf: repeatElement(0, count: range.count))
    var own = bytes.mutableSpan
    var union: UInt8 = 0
    for index in 0..<range.count {
      let byte = text[range.lowerBound &+ index]
      own[start &+ index] = byte
      union |= byte
    }
    if union >= 0x80, String(validating: bytes.suffix(range.count), as: UTF8.self) == nil {
      holdsOtherBytes = true
    }
    ends.append(bytes.count)
    return Int32(ends.count - 1)
  }

  private mutating func grow() {
    let all = places
    places = NumberCells.scattered(.free, count: 2 * all.count)
    var free = places.mutableSpan
    let mask = free.count &- 1
    let taken = all.span
    for index in taken.indices where !taken[index].isFree {
      var place = Int(taken[index].hash) & mask
      while !free[place].isFree { place = (place &+ 1) & mask }
      free[place] = taken[index]
    }
  }

  private func isEqual(_ code: Int, _ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
    let start = code == 0 ? 0 : ends[code - 1]
    guard ends[code] - start == range.count else { return false }
    let own = bytes.span
    var index = 0
    while index &+ 8 <= range.count {
      let isSame =
        EightBytes(own.bytes, at: start &+ index).word
        == EightBytes(text.bytes, at: range.lowerBound &+ index).word
      if !isSame { return false }
      index &+= 8
    }
    while index < range.count {
      if own[start &+ index] != text[range.lowerBound &+ index] { return false }
      index &+= 1
    }
    return true
  }

  /// Eight bytes at a time are multiplied into a word whose upper half is folded into the lower one.
  private static func hash(_ text: Span<UInt8>, _ range: Range<Int>) -> UInt32 {
    var hash = UInt64(range.count)
    func mix(_ word: UInt64) {
      hash = (hash ^ word) &* 0x9E37_79B1_85EB_CA87
      hash ^= hash >> 32
    }
    var index = range.lowerBound
    while index &+ 8 <= range.upperBound {
      mix(EightBytes(text.bytes, at: index).word)
      index &+= 8
    }
    var rest: UInt64 = 0
    while index < range.upperBound {
      rest = rest << 8 | UInt64(text[index])
      index &+= 1
    }
    mix(rest)
    mix(0)
    return UInt32(truncatingIfNeeded: hash)
  }
}
