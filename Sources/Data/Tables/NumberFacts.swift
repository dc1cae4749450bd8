/// What a pass over numbers shows.
struct NumberFacts {
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

  /// Whether all are days written as eight digits, such as 20230623.
  func areDays(_ numbers: [Double], _ missing: [Bool]) -> Bool {
    guard areWhole, distinct.count > 1, distinct.allSatisfy(Self.isDay) else { return false }
    return numbers.indices.allSatisfy { row in
      (!missing.isEmpty && missing[row]) || Self.isDay(numbers[row])
    }
  }

  /// Whether a number is a day of the years 1900 to 2099 written as eight digits.
  static func isDay(_ number: Double) -> Bool {
    guard number >= 19_000_101, number <= 20_991_231, let whole = Int(exactly: number) else {
      return false
    }
    return DateFormat.seconds(ofDay: whole) != nil
  }

  /// Whether a number is such a day, or one with hours and minutes, or seconds too, as in 20230623140500.
  static func mayBeDate(_ number: Double) -> Bool {
    if number < 1e11 { return isDay(number) }
    guard number < 2.1e13, let whole = Int(exactly: number) else { return false }
    let time = whole >= 10_000_000_000_000 ? whole % 1_000_000 : whole % 10_000 * 100
    let day = whole >= 10_000_000_000_000 ? whole / 1_000_000 : whole / 10_000
    guard isDay(Double(day)) else { return false }
    return time / 10_000 < 24 && time / 100 % 100 < 60 && time % 100 < 60
  }

  /// The rule by which whole numbers name their rows; nil where they do not.
  ///
  /// - Parameters:
  ///   - count: The number of cells that are not missing, of which these are some.
  ///   - added: How many of these cells may be there twice.
  func identifierRule(
    _ name: String,
    _ numbers: [Double],
    _ missing: [Bool],
    of count: Int? = nil,
    added: Int = 0
  ) -> ColumnRule? {
    guard present >= ColumnInference.fewestIdentifiers, areWhole else { return nil }
    let span = greatest - least + 1
    let all = Double(count ?? present)
    guard span >= all * 0.99 else { return nil }
    let runOn = span <= all * 1.01
    let isCalled = Self.isCalledIdentifier(name)
    guard isCalled || (runOn && !areYears) else { return nil }
    var seen: Set<Double> = []
    seen.reserveCapacity(present)
    for row in numbers.indices where missing.isEmpty || !missing[row] { seen.insert(numbers[row]) }
    guard Double(seen.count) >= 0.99 * Double(present - added) else { return nil }
    return runOn ? .runningNumbers : .namedIdentifier
  }

  /// Whether all may be years: those that run on are a time, and name no rows.
  private var areYears: Bool { least >= 1700 && greatest <= 2100 }

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
    let names = ["id", "ids", "identifier", "uuid", "guid", "key", "index", "rowname", "rownames"]
    return names.contains(word.lowercased())
  }
}
