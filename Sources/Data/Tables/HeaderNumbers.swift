/// What the first rows show of a column, without the first one.
struct ColumnEvidence {
  var hasText = false
  /// Whether numbers are not plain, or codes.
  var needsText = false
  private(set) var hasNumber = false
  /// Whether a plain number has a decimal point.
  private(set) var hasPoint = false
  /// Whether a number shows a decimal comma.
  private var hasComma = false
  /// Whether a cell is the same text as that of the first row.
  private(set) var repeatsFirst = false
  /// Whether a cell stands in quotes, and whether one does not.
  private(set) var hasQuotes = false
  private(set) var hasPlain = false
  private(set) var least = Double.infinity
  private(set) var greatest = -Double.infinity
  private(set) var numberCount = 0
  private(set) var wholeCount = 0
  /// The numbers of the rows that follow the first one; NaN for another cell.
  private(set) var firstNumbers: [Double] = []

  /// The rows of which the numbers are kept.
  static let keptRows = 20

  /// Takes the next cell.
  ///
  /// - Parameters:
  ///   - row: The number of its row, from 0.
  ///   - above: The cell of the first row.
  mutating func take(
    _ cell: CSVCell,
    _ kind: SampleRows.CellKind,
    row: Int,
    above: CSVCell?,
    _ number: Double?
  ) {
    if cell.isQuoted { hasQuotes = true } else if !cell.text.isEmpty { hasPlain = true }
    switch kind {
    case .missing: break
    case .text:
      hasText = true
      if !repeatsFirst, let above, above.text == cell.text { repeatsFirst = true }
    case .number, .written:
      hasNumber = true
      if kind == .written {
        note(written: cell.text)
      } else if cell.text.contains(0x2e) {
        hasPoint = true
      }
      // Further rows show little more, and a header is decided by what all of the first ones show.
      guard numberCount < 1000, let value = number, value.isFinite else { break }
      numberCount += 1
      least = min(least, value)
      greatest = max(greatest, value)
      if value == value.rounded() { wholeCount += 1 }
      if row < Self.keptRows {
        while firstNumbers.count < row { firstNumbers.append(.nan) }
        firstNumbers.append(value)
      }
    }
  }

  private mutating func note(written text: [UInt8]) {
    needsText = true
    guard let number = NumberCell(text) else { return }
    if number.role == .decimal(.comma) { hasComma = true }
    if number.role == .decimal(.point) { hasPoint = true }
  }

  /// Whether decimals are written with a comma.
  var showsDecimalComma: Bool { hasComma && !hasPoint && !hasText }

  /// Whether nearly no number is whole.
  var areDecimals: Bool { numberCount > 0 && 4 * wholeCount < numberCount }

  /// Whether a number lies outside of those of the column, by more than a part of what they span.
  func isOutside(_ value: Double, by part: Double) -> Bool {
    let margin = part * (greatest - least)
    return numberCount > 0 && (value < least - margin || value > greatest + margin)
  }
}

/// The numbers of the first row of a table, which may be data or the names of the columns: years, wavelengths, or
/// running numbers.
///
/// Names are numbers, none negative, all different, and at equal steps, which those of the rows below are not; whole
/// ones, or eight or more with decimals. They are taken for names where besides
/// - they are years, and the columns hold no years: three or more of them, or each outside of its column;
/// - or they are three or more above numbers with decimals;
/// - or they are three or more, each far outside of its column;
/// - or they are eight or more.
struct HeaderNumbers {
  /// The numbers of the first row.
  let values: [Double]
  /// What stands below each of them.
  let columns: [ColumnEvidence]
  /// Whether the first row has texts beside them.
  let hasTexts: Bool

  private static let years = 1500.0...2200.0
  private static let fewestRows = 2

  var areNames: Bool {
    let areWhole = values.allSatisfy { $0 == $0.rounded() }
    guard values.allSatisfy({ $0 >= 0 && $0 < 1e9 }), areWhole || values.count >= 8,
      columns.allSatisfy({ $0.hasNumber && !$0.hasText && $0.numberCount >= Self.fewestRows })
    else { return false }
    if values.count == 1 { return hasTexts && areYears && isEachOutside(by: 0) }
    guard let step = Self.step(values), !areRowsAlike(step) else { return false }
    if areYears && (values.count > 2 || isEachOutside(by: 0)) { return true }
    guard values.count > 2 else { return false }
    if columns.allSatisfy(\.areDecimals) || values.count >= 8 { return true }
    return columns.allSatisfy { $0.numberCount > Self.fewestRows } && isEachOutside(by: 1)
  }

  private var areYears: Bool {
    values.allSatisfy { Self.years.contains($0) }
      && !columns.allSatisfy { Self.years.contains($0.least) && Self.years.contains($0.greatest) }
  }

  private func isEachOutside(by part: Double) -> Bool {
    zip(values, columns).allSatisfy { $1.isOutside($0, by: part) }
  }

  /// The difference of one number from the one before, where it is the same all along and not 0.
  private static func step(_ values: [Double]) -> Double? {
    guard values.count > 1, case let step = values[1] - values[0], step != 0, step.isFinite else {
      return nil
    }
    // Steps of decimals such as 0.1 are equal up to rounding.
    let areEqual = values.indices.dropFirst().allSatisfy {
      abs(values[$0] - values[$0 - 1] - step) <= 1e-9 * max(abs(values[$0]), abs(step))
    }
    return areEqual ? step : nil
  }

  /// Whether the numbers of most rows below are at the same steps.
  private func areRowsAlike(_ step: Double) -> Bool {
    let rows = columns.map(\.firstNumbers.count).min() ?? 0
    let alike = (0..<rows).count { row in
      Self.step(columns.map { $0.firstNumbers[row] }).map { abs($0 - step) <= 1e-9 * abs(step) }
        == true
    }
    return 2 * alike > rows
  }
}
