internal import HourglassTensors

/// What a pass over a table keeps of a column: the cells of the rows that were drawn, and further
/// cells that show what the drawn ones may not.
///
/// Of numbers these are the least and the greatest, the first one with decimals and the first three
/// that differ, or the first of each level where these are declared to be levels; of texts the
/// first of each level, until there are too many for a category.
struct ScannedColumn {
  private(set) var presentCount = 0
  private(set) var missingCount = 0

  private var numbers: [Double] = []
  private var texts: [String?] = []
  let isText: Bool
  /// About how much memory the texts of the drawn rows take.
  private(set) var textBytes = 0
  /// The different numbers that are kept.
  private let mostDistinct: Int

  private var least = Double.infinity
  private var greatest = -Double.infinity
  private var fractional: Double?
  private var distinct: [Double] = []
  /// The same where they are many.
  private var seen: Set<Double> = []
  /// What all texts show.
  private(set) var evidence: TextEvidence
  private var dayCount = 0
  private var levels: Set<String> = []
  private var levelOrder: [String] = []

  /// The mean of the numbers and the sum of their squared differences from it (Welford, 1962,
  /// doi:10.1080/00401706.1962.10490022).
  private(set) var mean = 0.0
  private var squares = 0.0

  /// Makes a column of texts or of numbers.
  ///
  /// - Parameters:
  ///   - keepsLevels: Whether the numbers stand for levels, of which all are kept that a column can have.
  ///   - levels: The levels that texts were declared to have.
  init(isText: Bool, keepsLevels: Bool = false, levels: [String]? = nil) {
    self.isText = isText
    evidence = TextEvidence(levels: levels)
    mostDistinct = keepsLevels ? ColumnInference.mostLevels + 1 : Self.fewestDistinct
  }

  private static let fewestDistinct = 3

  /// The standard deviation of the numbers.
  var standardDeviation: Double { (squares / Double(max(presentCount, 1))).squareRoot() }
  var minimum: Double? { presentCount > 0 && !isText ? least : nil }
  var maximum: Double? { presentCount > 0 && !isText ? greatest : nil }

  /// Whether all numbers are the same, and there are some.
  var isOneNumber: Bool { presentCount > 0 && least == greatest }

  /// Whether nearly all numbers are days or stamps written as digits.
  var mayBeDays: Bool { presentCount > 0 && dayCount * 10 >= presentCount * 9 }

  /// Takes the cells of a block, of which some go to places of the sample.
  ///
  /// - Parameters:
  ///   - lines: The lines of the file that the rows begin at.
  ///   - words: The words for missing cells of the column.
  mutating func take(
    _ block: ParsedColumn,
    drawn: [(place: Int, row: Int)],
    lines: RowLines,
    words: MissingWords
  ) {
    if isText {
      evidence.take(block, lines: lines, words: words)
      takeTexts(block, drawn)
    } else {
      takeNumbers(block, drawn)
    }
  }

  private mutating func takeNumbers(_ block: ParsedColumn, _ drawn: [(place: Int, row: Int)]) {
    let values = block.numbers.span
    let missing = block.missing.span
    for row in values.indices {
      if missing.count > 0 && missing[row] {
        missingCount += 1
        continue
      }
      let value = values[row]
      presentCount += 1
      if value < least { least = value }
      if value > greatest { greatest = value }
      let difference = value - mean
      mean += difference / Double(presentCount)
      squares += difference * (value - mean)
      if fractional == nil && value != value.rounded() { fractional = value }
      if distinct.count < mostDistinct { note(value) }
      if value >= 19_000_101, NumberFacts.mayBeDate(value) { dayCount += 1 }
    }
    for (place, row) in drawn {
      let value = missing.count > 0 && missing[row] ? .nan : values[row]
      if place == numbers.count { numbers.append(value) } else { numbers[place] = value }
    }
  }

  private mutating func note(_ value: Double) {
    let isNew =
      mostDistinct == Self.fewestDistinct
      ? !distinct.contains(value) : seen.insert(value).inserted
    if isNew { distinct.append(value) }
  }

  private mutating func takeTexts(_ block: ParsedColumn, _ drawn: [(place: Int, row: Int)]) {
    let present = block.codes.count { $0 >= 0 }
    presentCount += present
    missingCount += block.codes.count - present
    if levels.count <= ColumnInference.mostLevels {
      for code in 0..<block.pool.count where levels.count <= ColumnInference.mostLevels {
        let text = String(decoding: block.pool.text(code), as: UTF8.self)
        if levels.insert(text).inserted { levelOrder.append(text) }
      }
    }
    for (place, row) in drawn {
      let code = block.codes[row]
      let text = code < 0 ? nil : String(decoding: block.pool.text(Int(code)), as: UTF8.self)
      textBytes += Self.byteCount(of: text)
      if place == texts.count {
        texts.append(text)
      } else {
        textBytes -= Self.byteCount(of: texts[place])
        texts[place] = text
      }
    }
  }

  /// A text of up to 15 bytes is in its place; a longer one is an object of its own, with a head.
  private static func byteCount(of text: String?) -> Int {
    let count = text?.utf8.count ?? 0
    return count <= 15 ? 16 : 48 + count
  }

  /// Leaves all drawn rows out but those at some places.
  mutating func keep(_ places: [Int]) {
    if isText {
      texts = places.map { texts[$0] }
      textBytes = texts.reduce(0) { $0 + Self.byteCount(of: $1) }
    } else {
      numbers = places.map { numbers[$0] }
    }
  }

  /// The number of different texts, exactly where they are few enough for levels, else as in the sample.
  private var distinctCount: Int {
    guard levels.count > ColumnInference.mostLevels else { return levels.count }
    let drawn = texts.compactMap(\.self)
    let share = Double(Set(drawn).count) / Double(max(drawn.count, 1))
    return max(levels.count, Int(share * Double(presentCount)))
  }

  /// The column of the drawn rows in an order, of a kind that all cells decide.
  func meaning(
    _ inference: ColumnInference,
    _ parsed: ParsedColumn,
    words: MissingWords,
    order: [Int]
  ) throws(DatasetError) -> ColumnInference.Meaning {
    var inference = inference
    inference.presentCount = presentCount
    guard isText else {
      let further =
        presentCount > 0 ? distinct + [least, greatest] + (fractional.map { [$0] } ?? []) : []
      // The levels come first, as in the file.
      let cells = further + order.map { numbers[$0] }
      inference.addedCount = further.count
      var meaning = try inference.meaning(
        numbers: cells.map { $0.isNaN ? 0 : $0 },
        missing: cells.map(\.isNaN),
        decimals: parsed.decimals,
        isFixed: parsed.hasFixedDecimals
      )
      meaning.column = meaning.column.rows(Array(further.count..<cells.count))
      return meaning
    }
    inference.distinctCount = distinctCount
    var pool = TextPool()
    let fractions = evidence.numbers.fractions.values.flatMap { $0.first.map(\.text) }
    let codes = (order.map { texts[$0] } + levelOrder + fractions.sorted()).map { text -> Int32 in
      guard let text else { return -1 }
      let bytes = Array(text.utf8)
      return pool.code(bytes.span, 0..<bytes.count)
    }
    var meaning = try inference.meaning(
      codes: codes,
      pool: pool,
      evidence: evidence,
      words: words
    )
    meaning.column = meaning.column.rows(Array(order.indices))
    return meaning
  }
}
