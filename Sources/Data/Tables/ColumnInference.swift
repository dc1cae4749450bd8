internal import HourglassSystem

/// What kind of column some cells are: the rules, all of them here.
///
/// A column whose cells are all numbers or missing is
/// - `constant` with at most one value;
/// - `boolean` where they are two whole numbers, such as 0 and 1;
/// - `identifier` where they are at least 20 whole numbers, nearly all different (99%), and either
///   run on without gaps (1, 2, 3 ...) or are called one (the last word of the name is "id" or
///   alike);
/// - `integer` where they are other whole numbers, however few values there are: a grade, a number
///   of rooms and a year have an order that a category would lose, and a code is declared to be one;
/// - `number` otherwise.
///
/// A column with texts is
/// - `constant` with at most one value;
/// - `date` or `time` where all cells are dates or times of day that are written in one way
///   (`DateReading` has the ways); where the order of day and month is ambiguous, it must be
///   declared;
/// - `boolean` with two values;
/// - `identifier` with at least 20 cells, nearly all different (90%), or with more than 1,000
///   values: nothing is trained on what hardly comes again;
/// - `category` otherwise.
///
/// A column of texts is an error where at least 95% of its cells are numbers of more than 20
/// values: a few stray words must not turn a measurement into a name without a word.
///
/// Numbers of an array follow the same rules as those of a text.
///
/// A column is `ordinal` where it is declared to be.
///
/// The levels of booleans, ordinals and categories are in the order of their numbers or, else, of their
/// texts.
struct ColumnInference {
  static let fewestIdentifiers = 20
  static let mostLevels = 1000

  let path: String
  let name: String
  /// The kind that the user declared.
  let declared: ColumnKind?
  /// The levels of an ordinal column in their order, if the user gave it.
  var levels: [String]?
  /// The order of day and month that the user declared.
  var dateOrder: DateFormat.Order?
  /// The number of cells that are not missing, where the cells at hand are drawn from more.
  var presentCount: Int?

  // MARK: Numbers

  /// A column of cells that are all numbers or missing.
  func column(
    numbers: [Double],
    missing: [Bool],
    decimals: Int?,
    isFixed: Bool
  ) throws(DatasetError) -> Table.Column {
    let missing = missing.contains(true) ? missing : []
    let facts = NumberFacts(numbers, missing: missing, decimals: decimals)
    let kind = declared ?? kind(of: facts, numbers, missing)
    if declared == .integer && !facts.areWhole {
      throw .table(
        .wrongKind(path: path, column: name, kind: .integer, found: "numbers with decimals")
      )
    }
    let mostLevels = kind == .boolean ? 2 : Self.mostLevels
    if [.boolean, .category, .ordinal].contains(kind) && facts.distinct.count > mostLevels {
      throw .table(
        .wrongKind(
          path: path,
          column: name,
          kind: kind,
          found: "more than \(mostLevels) different numbers"
        )
      )
    }
    if kind.isDate {
      throw .table(.wrongKind(path: path, column: name, kind: kind, found: "numbers"))
    }
    let column = Self.column(
      Table.Column(
        name: name,
        kind: kind,
        cells: .numbers(numbers, missing: missing),
        decimals: decimals,
        hasFixedDecimals: isFixed
      ),
      facts.distinct
    )
    return kind == .ordinal ? try ordered(column) : column
  }

  /// The column of numbers of an array, of a kind that nobody declared.
  static func column(name: String, numbers: [Double], missing: [Bool]) -> Table.Column {
    let facts = NumberFacts(numbers, missing: missing, decimals: nil)
    let kind = ColumnInference(path: "", name: name, declared: nil).kind(
      of: facts,
      numbers,
      missing
    )
    return column(
      Table.Column(name: name, kind: kind, cells: .numbers(numbers, missing: missing)),
      facts.distinct
    )
  }

  /// A column of numbers with its cells as those of its kind.
  private static func column(_ column: Table.Column, _ distinct: [Double]) -> Table.Column {
    switch column.kind {
    case .number, .integer, .constant, .date, .time: column
    case .boolean, .category, .ordinal: column.replacing(cells: codes(column, distinct))
    case .identifier:
      column.replacing(cells: .texts((0..<column.count).map { column.text($0) }))
    }
  }

  private func kind(
    of facts: NumberFacts,
    _ numbers: [Double],
    _ missing: [Bool]
  ) -> ColumnKind {
    if facts.distinct.count < 2 { return .constant }
    guard facts.areWhole else { return .number }
    if facts.distinct.count == 2 { return .boolean }
    let isIdentifier = facts.isIdentifier(name, numbers, missing, of: presentCount)
    return isIdentifier ? .identifier : .integer
  }

  private static func codes(_ column: Table.Column, _ distinct: [Double]) -> Table.Cells {
    guard case .numbers(let values, _) = column.cells else { return column.cells }
    let levels = distinct.sorted()
    let format = NumberFormat(decimals: column.decimals, isFixed: column.hasFixedDecimals)
    let codes = values.indices.map { row in
      column.isMissing(row) ? -1 : Int32(levels.firstIndex(of: values[row]) ?? -1)
    }
    return .codes(codes, levels: levels.map(format.text))
  }

  // MARK: Texts

  /// A column of cells of which one or more are texts, or that is declared to be one of texts.
  func column(codes: [Int32], pool: TextPool) throws(DatasetError) -> Table.Column {
    let present = codes.count { $0 >= 0 }
    if let dates = try dates(codes, pool) { return dates }
    let kind = declared ?? kind(levelCount: pool.count, present: present)
    if pool.mayRepeat, kind != .identifier {
      // Declared to be a category, which has each level once.
      let (distinct, numbers) = pool.distinct()
      return try column(codes: codes.map { $0 < 0 ? -1 : numbers[Int($0)] }, pool: distinct)
    }
    let levels = pool.texts
    if declared == nil { try checkStrayTexts(codes, levels) }
    if kind == .boolean && levels.count > 2 {
      throw .table(
        .wrongKind(
          path: path,
          column: name,
          kind: .boolean,
          found: "\(levels.count) different values"
        )
      )
    }
    if kind == .identifier {
      return Table.Column(
        name: name,
        kind: kind,
        cells: .texts(codes.map { $0 < 0 ? nil : levels[Int($0)] })
      )
    }
    let order = Self.order(levels)
    var rank = [Int32](repeating: 0, count: levels.count)
    for (position, level) in order.enumerated() { rank[level] = Int32(position) }
    let column = Table.Column(
      name: name,
      kind: kind,
      cells: .codes(codes.map { $0 < 0 ? -1 : rank[Int($0)] }, levels: order.map { levels[$0] })
    )
    return kind == .ordinal ? try ordered(column) : column
  }

  /// The column with its levels in the order that the user gave.
  private func ordered(_ column: Table.Column) throws(DatasetError) -> Table.Column {
    guard let levels, case .codes(let codes, let found) = column.cells else { return column }
    var places: [Int32] = []
    for level in found {
      let place = levels.firstIndex { level == $0 }
      let number = TableNumber.value(of: level)
      guard
        let place = place
          ?? levels.firstIndex(where: { number != nil && TableNumber.value(of: $0) == number })
      else {
        throw .table(
          .wrongKind(
            path: path,
            column: name,
            kind: .ordinal,
            found: "\"\(clipped(level))\", which is none of the levels " + TableError.list(levels)
          )
        )
      }
      places.append(Int32(place))
    }
    return column.replacing(
      cells: .codes(codes.map { $0 < 0 ? -1 : places[Int($0)] }, levels: levels)
    )
  }

  /// The column as dates or times of day; nil where it is something else.
  private func dates(_ codes: [Int32], _ pool: TextPool) throws(DatasetError) -> Table.Column? {
    let isDeclared = declared?.isDate == true
    guard isDeclared || (declared == nil && pool.count >= 2) else { return nil }
    var inference = DateInference(order: dateOrder, isDeclared: isDeclared)
    for code in 0..<pool.count where !inference.take(pool.text(code)) {
      guard let declared, isDeclared else { return nil }
      let text = String(decoding: pool.text(code), as: UTF8.self)
      throw .table(
        .wrongKind(
          path: path,
          column: name,
          kind: declared,
          found: "\"\(clipped(text))\", which is none or is written in another way"
        )
      )
    }
    let kind: ColumnKind = inference.isTime ? .time : .date
    guard let format = inference.format, declared == nil || kind == declared else {
      guard let declared, isDeclared, pool.count > 0 else { return nil }
      let found =
        inference.isAmbiguous
        ? "an ambiguous order of day and month (add :day-first or :month-first)"
        : "cells of the kind \(kind.rawValue), or in another order of day and month"
      throw .table(.wrongKind(path: path, column: name, kind: declared, found: found))
    }
    let seconds = pool.seconds(format)
    let values = codes.map { $0 < 0 ? nil : seconds[Int($0)] }
    return Table.Column(
      name: name,
      kind: kind,
      cells: .numbers(values.map { $0 ?? 0 }, missing: values.map { $0 == nil }),
      dateFormat: format
    )
  }

  private func kind(levelCount: Int, present: Int) -> ColumnKind {
    if levelCount < 2 { return .constant }
    if levelCount == 2 { return .boolean }
    let isNearlyUnique = present >= Self.fewestIdentifiers && levelCount * 10 >= present * 9
    return isNearlyUnique || levelCount > Self.mostLevels ? .identifier : .category
  }

  /// The order of levels: by number where all are numbers, else by text.
  static func order(_ levels: [String]) -> [Int] {
    let numbers = levels.map { TableNumber.value(of: $0) }
    guard numbers.allSatisfy({ $0 != nil }) else {
      return levels.indices.sorted { levels[$0] < levels[$1] }
    }
    return levels.indices.sorted {
      (numbers[$0] ?? 0, levels[$0]) < (numbers[$1] ?? 0, levels[$1])
    }
  }

  private func checkStrayTexts(_ codes: [Int32], _ levels: [String]) throws(DatasetError) {
    guard levels.count > 20 else { return }
    let isText = levels.map { TableNumber.value(of: $0) == nil }
    guard isText.count(where: { !$0 }) > 20 else { return }
    var texts = 0
    var present = 0
    for code in codes where code >= 0 {
      present += 1
      if isText[Int(code)] { texts += 1 }
    }
    guard texts > 0, texts * 20 <= present, let first = isText.firstIndex(of: true) else { return }
    throw .table(
      .strayText(path: path, column: name, text: levels[first], count: texts)
    )
  }
}

/// What a pass over numbers shows.
private struct NumberFacts {
  /// The different values, up to the first two and one more; all of a column of few values.
  private(set) var distinct: [Double] = []
  private(set) var areWhole = true
  /// Of whole numbers the least, the greatest, and how many they are.
  private var least = Double.infinity
  private var greatest = -Double.infinity
  private var present = 0

  private static let mostDistinct = ColumnInference.mostLevels

  /// - Parameter decimals: The most digits behind the point, where that is known.
  init(_ numbers: [Double], missing: [Bool], decimals: Int?) {
    distinct = Self.distinct(numbers, missing)
    let cells = numbers.span
    if decimals == 0 && missing.isEmpty {
      // Numbers without a digit behind the point are whole, of whatever length they are.
      takeRange(cells)
      areWhole = max(-least, greatest) < 0x1p53
      return
    }
    let gaps = missing.span
    // The least and the greatest number are asked for only where all are whole.
    for row in cells.indices {
      if gaps.count > 0 && gaps[row] { continue }
      let value = cells[row]
      guard Self.isWhole(value) else {
        areWhole = false
        return
      }
      present += 1
      if value < least { least = value }
      if value > greatest { greatest = value }
    }
  }

  private static func distinct(_ numbers: [Double], _ missing: [Bool]) -> [Double] {
    var seen: Set<Double> = []
    let cells = numbers.span
    let gaps = missing.span
    // The numbers seen last, by their bits, so that few different ones are looked up once each.
    var recent = [Double](repeating: .nan, count: 256)
    for row in cells.indices {
      if gaps.count > 0 && gaps[row] { continue }
      let value = cells[row]
      let place = Int((value.bitPattern &* 0x9E37_79B9_7F4A_7C15) >> 56)
      if recent[place] == value { continue }
      recent[place] = value
      seen.insert(value)
      if seen.count > mostDistinct { break }
    }
    return seen.sorted()
  }

  /// Finds the least and the greatest number, four at a time.
  private mutating func takeRange(_ cells: Span<Double>) {
    var (low, high) = (SIMD4<Double>(repeating: least), SIMD4<Double>(repeating: greatest))
    var row = 0
    while row &+ 4 <= cells.count {
      let four = SIMD4(cells[row], cells[row &+ 1], cells[row &+ 2], cells[row &+ 3])
      low = low.replacing(with: four, where: four .< low)
      high = high.replacing(with: four, where: four .> high)
      row &+= 4
    }
    (least, greatest) = (low.min(), high.max())
    while row < cells.count {
      least = min(least, cells[row])
      greatest = max(greatest, cells[row])
      row += 1
    }
    present = cells.count
  }

  /// Whether a number is whole and on the grid of whole numbers that double precision holds.
  @inline(__always)
  private static func isWhole(_ value: Double) -> Bool {
    abs(value) < 0x1p53 && Double(Int64(value)) == value
  }

  /// Whether whole numbers name their rows.
  ///
  /// - Parameter count: The number of cells that are not missing, of which these are some.
  func isIdentifier(
    _ name: String,
    _ numbers: [Double],
    _ missing: [Bool],
    of count: Int? = nil
  ) -> Bool {
    guard present >= ColumnInference.fewestIdentifiers, areWhole else { return false }
    let span = greatest - least + 1
    let all = Double(count ?? present)
    guard span >= all * 0.99 else { return false }
    guard span <= all * 1.01 || Self.isCalledIdentifier(name) else { return false }
    var seen: Set<Double> = []
    seen.reserveCapacity(present)
    for row in numbers.indices where missing.isEmpty || !missing[row] { seen.insert(numbers[row]) }
    return Double(seen.count) >= 0.99 * Double(present)
  }

  /// Whether the last word of a name, as in "CustomerId" and "row_id", says so.
  private static func isCalledIdentifier(_ name: String) -> Bool {
    var word = ""
    var previousIsLower = false
    for character in name {
      let isUpper = character.isUppercase
      if !(character.isLetter || character.isNumber) || (isUpper && previousIsLower) { word = "" }
      if character.isLetter || character.isNumber { word.append(character) }
      previousIsLower = character.isLowercase
    }
    return ["id", "ids", "identifier", "uuid", "guid", "key", "index"].contains(word.lowercased())
  }
}
