/// The cells of a column as they are read, before it is known what they are.
struct ParsedColumn: Sendable {
  /// Numbers, 0 where they are missing.
  private(set) var numbers: [Double] = []
  /// Whether each number is missing; empty while none is.
  private(set) var missing: [Bool] = []
  /// The numbers of texts in the pool; -1 where they are missing.
  private(set) var codes: [Int32] = []
  private(set) var pool: TextPool
  /// Whether the texts last no longer than their rows.
  private let forgets: Bool
  /// The cells that a closed pool does not have.
  private(set) var unknownCount = 0

  /// What was seen of the digits of its numbers.
  private(set) var decimalCounts = DecimalCounts()
  /// How often each word for a missing cell was there, by its number.
  private(set) var missingWords: [Int] = []
  /// The cells that there is memory for.
  private var readyCount = 0

  /// The first text that is no number in a column of numbers, as an error.
  private(set) var firstText: DatasetError?
  /// The first number that is not finite, as an error.
  private(set) var firstNotFinite: DatasetError?

  /// Makes a column that takes in every text.
  ///
  /// - Parameter forgets: Whether the texts are given up with their rows.
  init(forgets: Bool = false) {
    pool = TextPool()
    self.forgets = forgets
  }

  /// Makes a column of known texts.
  init(levels: [String]) {
    pool = TextPool(closed: levels)
    forgets = false
  }

  /// The number of bytes that the cells take.
  var byteCount: Int { numbers.count * 8 + missing.count + codes.count * 4 + pool.byteCount }

  /// The cells without a value.
  var missingCount: Int { missing.count { $0 } + codes.count { $0 < 0 } }

  /// The most digits behind the point, if the numbers are on a grid of decimals.
  var decimals: Int? {
    guard let most = decimalCounts.most, most <= NumberFormat.mostDecimals else { return nil }
    return most
  }

  /// Whether all numbers have the same number of digits behind the point.
  var hasFixedDecimals: Bool { decimalCounts.areEqual }

  mutating func note(_ error: DatasetError, isText: Bool) {
    if isText && firstText == nil { firstText = error }
    if !isText && firstNotFinite == nil { firstNotFinite = error }
  }

  mutating func code(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int32 {
    let code = pool.code(bytes, range)
    if code < 0 { unknownCount += 1 }
    return code
  }

  /// Notes a cell with a word for a missing one.
  mutating func noteMissing(_ word: Int) {
    if word >= missingWords.count {
      missingWords += Array(repeating: 0, count: word + 1 - missingWords.count)
    }
    missingWords[word] += 1
  }

  /// Whether some cells hold a word that stands for a missing cell among numbers alone.
  func holdsStandIns(_ words: MissingWords) -> Bool {
    missingWords.dropFirst(words.texts.count + 1).contains { $0 > 0 }
  }

  /// Whether all numbers are the same, and there are some.
  var isOneNumber: Bool {
    let present = numbers.indices.lazy.filter { missing.isEmpty || !missing[$0] }
    guard let first = present.first else { return false }
    return present.allSatisfy { numbers[$0] == numbers[first] }
  }

  /// Whether nearly all numbers are days or stamps written as digits.
  var mayBeDays: Bool {
    guard decimals == 0 else { return false }
    let present = numbers.count - missing.count { $0 }
    var others = -(numbers.count - present)
    for number in numbers where !NumberFacts.mayBeDate(number) {
      others += 1
      if others * 10 > present { return false }
    }
    return present > 0
  }

  /// Appends the cells of a column of a block of rows; NaN is a missing cell.
  mutating func append(
    _ cells: ArraySlice<Double>,
    mode: TableParser.Mode,
    decimals: DecimalCounts
  ) {
    switch mode {
    case .skipped: return
    case .text:
      NumberCells.prepare(cells.count, in: &codes, ready: &readyCount)
      let start = codes.grow(by: cells.count, of: -1)
      var codes = codes.mutableSpan
      let cells = cells.span
      for index in cells.indices where !cells[index].isNaN {
        codes[start &+ index] = Int32(cells[index])
      }
    case .number:
      decimalCounts.formUnion(decimals)
      let span = cells.span
      var missingCount = 0
      for index in span.indices { missingCount &+= span[index].isNaN ? 1 : 0 }
      let start = numbers.count
      NumberCells.prepare(cells.count, in: &numbers, ready: &readyCount)
      numbers.append(contentsOf: cells)
      guard missingCount > 0 || !missing.isEmpty else { return }
      if missing.isEmpty { _ = missing.grow(by: start, of: false) }
      _ = missing.grow(by: cells.count, of: false)
      if missingCount == 0 { return }
      for index in span.indices where span[index].isNaN {
        missing[start &+ index] = true
        numbers[start &+ index] = 0
      }
    }
  }

  /// Makes room for so many rows, so that it need not be made again and again.
  mutating func reserve(_ rows: Int, mode: TableParser.Mode) {
    switch mode {
    case .skipped: return
    case .text: NumberCells.reserve(rows, in: &codes)
    case .number: NumberCells.reserve(rows, in: &numbers)
    }
  }

  /// Gives the cells up, and the texts if they last no longer.
  ///
  /// - Parameter code: The number of a text that is needed further; the result is its new number.
  mutating func removeRows(keeping code: Int? = nil) -> Int32? {
    numbers.removeAll(keepingCapacity: true)
    missing.removeAll()
    codes.removeAll(keepingCapacity: true)
    unknownCount = 0
    guard forgets else { return code.map { Int32($0) } }
    let text = code.map { Array(pool.text($0)) }
    pool = TextPool()
    return text.map { pool.code($0.span, 0..<$0.count) }
  }
}

extension Array {
  /// Appends equal elements and says where they begin.
  fileprivate mutating func grow(by further: Int, of element: Element) -> Int {
    append(contentsOf: repeatElement(element, count: further))
    return count - further
  }
}
