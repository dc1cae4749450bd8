/// What the texts of a column show, gathered from all its cells, however many are looked at together.
struct TextEvidence {
  private(set) var numbers = NumberEvidence()
  private(set) var dates = DateEvidence()
  private(set) var durations = DurationEvidence()
  /// The cells that are not missing.
  private(set) var present = 0
  /// The cells in quotes that hold a word for a missing cell: texts, but no odd ones among numbers or dates.
  private(set) var quotedWords = 0
  /// The cells with a word that stands for a missing cell among numbers, by the word.
  private(set) var standIns: [String: Int] = [:]
  /// The first cells, whatever they are, and those that are none of the levels that were declared.
  private(set) var all = OddCells()
  private(set) var unlisted = OddCells()
  private let levels: DeclaredLevels?

  /// The longest text that is looked at: any number or date is shorter.
  private static let longest = 64

  /// Begins without a cell.
  ///
  /// - Parameter levels: The levels that the column was declared to have.
  init(levels: [String]? = nil) { self.levels = levels.map { DeclaredLevels($0) } }

  /// Takes some rows.
  ///
  /// - Parameters:
  ///   - lines: The lines of the file that they begin at.
  ///   - words: The words for missing cells.
  mutating func take(_ column: ParsedColumn, lines: RowLines, words: MissingWords) {
    var counts = [Int](repeating: 0, count: column.pool.count)
    var rows = counts
    for (row, code) in column.codes.enumerated() where code >= 0 {
      if counts[Int(code)] == 0 { rows[Int(code)] = row }
      counts[Int(code)] += 1
    }
    for code in counts.indices where counts[code] > 0 {
      let text = Array(column.pool.text(code))
      present += counts[code]
      let cells = CellGroup(
        text: text.count <= Self.longest ? text : Array(text.prefix(Self.longest + 1)),
        count: counts[code],
        line: lines.line(of: rows[code])
      )
      all.take(cells)
      if let levels, levels.place(of: String(decoding: text, as: UTF8.self)) == nil {
        unlisted.take(cells)
      }
      if words.contains(text) {
        quotedWords += counts[code]
        continue
      }
      if words.isStandIn(text) {
        standIns[String(decoding: text, as: UTF8.self), default: 0] += counts[code]
        dates.takeOther(cells)
        durations.takeOther(cells)
        continue
      }
      // Numbers, dates and durations have digits.
      guard text.contains(where: { 0x30...0x39 ~= $0 }) else {
        takeOther(cells)
        continue
      }
      numbers.take(cells)
      dates.take(cells)
      durations.take(cells)
    }
  }

  /// Takes cells that are neither numbers nor dates.
  private mutating func takeOther(_ cells: CellGroup) {
    numbers.takeOther(cells)
    dates.takeOther(cells)
    durations.takeOther(cells)
  }

  /// Some cells that are no values of a kind; where there are none, the first ones of the column.
  func cells(or odd: OddCells) -> OddCells { odd.count > 0 ? odd : all }

  /// The cells that are numbers or dates, or should be.
  var values: Int { present - quotedWords }

  /// The cells with a word that stands for a missing one among numbers.
  var standInCount: Int { standIns.values.reduce(0, +) }

  /// Whether so few cells are odd that the others decide.
  ///
  /// - Parameter known: How many of the odd cells stand for a missing one.
  func areFew(_ odd: OddCells, known: Int = 0) -> Bool {
    odd.count == 0 || (values >= 10 && (odd.count - known) * 10 <= values - known)
  }
}

/// The numbers of a column of texts, as a way of reading makes them.
struct TextValues {
  private(set) var numbers: [Double] = []
  private(set) var missing: [Bool] = []
  /// What is written in cells that would be written otherwise, or that are none.
  private(set) var originals: [Int: String] = [:]
  /// The rows of cells that are none.
  private(set) var unread: [Int] = []

  /// Reads each text once.
  ///
  /// - Parameters:
  ///   - codes: The place of the text of each cell in the pool; -1 for a missing one.
  ///   - words: The words for missing cells, which may stand in quotes.
  ///   - takesStandIns: Whether the words that stand for a missing cell among numbers are missing cells.
  ///   - read: The number of a text; nil for one that is none.
  ///   - write: The text of a number, where a cell may be written otherwise.
  init(
    _ codes: [Int32],
    _ pool: TextPool,
    words: MissingWords?,
    takesStandIns: Bool = false,
    read: ([UInt8]) -> Double?,
    write: ((Double) -> [UInt8])?
  ) {
    var values: [Double?] = []
    var isOriginal: [Bool] = []
    var isUnread: [Bool] = []
    values.reserveCapacity(pool.count)
    for code in 0..<pool.count {
      let text = Array(pool.text(code))
      let value = read(text)
      values.append(value)
      let isWord =
        words?.contains(text) == true || (takesStandIns && words?.isStandIn(text) == true)
      let isNone = value == nil && !isWord
      isUnread.append(isNone)
      isOriginal.append(isNone || (value.flatMap { write?($0) }.map { $0 != text } ?? false))
    }
    numbers.reserveCapacity(codes.count)
    missing.reserveCapacity(codes.count)
    for (row, code) in codes.enumerated() {
      let place = Int(code)
      let value = code < 0 ? nil : values[place]
      numbers.append(value ?? 0)
      missing.append(value == nil)
      guard code >= 0, isOriginal[place] else { continue }
      originals[row] = String(decoding: pool.text(place), as: UTF8.self)
      if isUnread[place] { unread.append(row) }
    }
  }
}

/// The levels that a column was declared to have, in their order.
struct DeclaredLevels: Sendable {
  private let texts: [String]
  private let numbers: [Double?]

  init(_ texts: [String]) {
    self.texts = texts
    numbers = texts.map { TableNumber.level(of: $0) }
  }

  /// The place of the level that a text is, or that is the same number.
  func place(of text: String) -> Int? {
    if let place = texts.firstIndex(of: text) { return place }
    guard let number = TableNumber.level(of: text) else { return nil }
    return numbers.firstIndex { $0 == number }
  }

  /// What a cell is that none of the levels is.
  var absence: String { "none of the levels " + TableError.list(texts) }
}
