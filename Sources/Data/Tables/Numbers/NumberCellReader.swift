/// Reads the cells of a column of numbers as they were written in other data, where the file at hand may be
/// written otherwise: with a point before decimals in place of a comma, or the other way round.
///
/// One column has one of both: where a cell is a number of neither what the others show nor the other writing,
/// it is none.
struct NumberCellReader {
  /// How they were written in the other data.
  let writing: NumberWriting
  /// Whether numbers without a comma are plain whatever the writing, as those of JSON are.
  private let arePlain: Bool
  /// Whether a cell was read by the writing that another one would read otherwise, and the other way round.
  private var showsOwn = false
  private var showsOther = false

  init(_ writing: NumberWriting, arePlain: Bool) {
    (self.writing, self.arePlain) = (writing, arePlain)
  }

  /// The number that a cell is; nil for another text.
  mutating func number(of text: [UInt8]) -> Double? {
    guard writing.duration == nil, let cell = NumberCell(text) else {
      return writing.number(of: text)
    }
    let decimal = writing.decimal
    if arePlain, !text.contains(UInt8(ascii: ",")) { return cell.value(.point) }
    let other = decimal == .comma ? NumberCell.Mark.point : .comma
    guard let number = cell.value(decimal) else {
      guard !showsOwn, let number = cell.value(other) else { return nil }
      showsOther = true
      return number
    }
    let isOpen = cell.value(other) != number
    if isOpen { showsOwn = true }
    return isOpen && showsOther ? nil : number
  }
}
