/// How the numbers of a column are written.
///
/// With a known number of decimals the number is rounded to that grid; zeros at its end are left out
/// unless all numbers of the column have them. Without one, and for numbers beyond the grid that
/// double precision holds, it is the shortest text that reads back as the same number.
package struct NumberFormat {
  /// The most digits behind the point; none for the shortest text.
  package let decimals: Int?
  /// Whether each number has that many digits behind the point.
  package let isFixed: Bool

  /// The most decimals that count as a grid.
  package static let mostDecimals = 10

  private static let powers: [Double] = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10]

  /// A number in the column's own writing.
  package func text(_ number: Double) -> String {
    var bytes: [UInt8] = []
    append(number, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends a number in the column's own writing.
  package func append(_ number: Double, to bytes: inout [UInt8]) {
    guard let decimals, (0...Self.mostDecimals).contains(decimals) else {
      if number == number.rounded(), abs(number) < 1e15, !(number == 0 && number.sign == .minus) {
        Self.append(UInt64(abs(number)), isNegative: number < 0, 0, false, to: &bytes)
      } else {
        bytes.append(contentsOf: number.description.utf8)
      }
      return
    }
    let scaled = (number * Self.powers[decimals]).rounded()
    guard abs(scaled) < 0x1p53 else {
      bytes.append(contentsOf: number.description.utf8)
      return
    }
    Self.append(UInt64(abs(scaled)), isNegative: scaled < 0, decimals, isFixed, to: &bytes)
  }

  /// A number on the grid of some decimals that is next to another one, in the direction of a rule.
  package static func rounded(
    _ number: Double,
    decimals: Int,
    _ rule: FloatingPointRoundingRule = .toNearestOrAwayFromZero
  ) -> Double {
    guard decimals <= mostDecimals else { return number }
    let scaled = (number * powers[decimals]).rounded(rule)
    return abs(scaled) < 0x1p53 ? scaled / powers[decimals] : number
  }

  /// Appends a whole number with a point before its last digits.
  private static func append(
    _ whole: UInt64,
    isNegative: Bool,
    _ decimals: Int,
    _ isFixed: Bool,
    to bytes: inout [UInt8]
  ) {
    if isNegative { bytes.append(UInt8(ascii: "-")) }
    var whole = whole
    var decimals = decimals
    if !isFixed {
      // One digit behind the point stays, so that a column of decimals keeps its look.
      while decimals > 1 && whole.isMultiple(of: 10) {
        whole /= 10
        decimals -= 1
      }
    }
    let start = bytes.count
    var digits = 0
    repeat {
      if digits == decimals && decimals > 0 { bytes.append(UInt8(ascii: ".")) }
      bytes.append(UInt8(ascii: "0") + UInt8(whole % 10))
      whole /= 10
      digits += 1
    } while whole > 0 || digits <= decimals
    bytes[start...].reverse()
  }
}
