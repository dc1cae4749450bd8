/// Which counts of digits behind the point some numbers have, and which of their texts another text would
/// take the place of if they were written again.
struct DecimalCounts: Hashable, Sendable {
  /// A bit for each count, and those of `Mark`.
  private(set) var bits: UInt32 = 0

  /// What is noted beside the counts; C knows the first two.
  enum Mark: UInt32 {
    /// A whole number that begins with a zero before other digits, such as 007.
    case leadingZero = 0x4000_0000
    /// A whole number without a fraction beyond 2^53, which double precision does not hold.
    case large = 0x2000_0000
    /// Digits, an E and digits, such as 1E5.
    case bareExponent = 0x1000_0000
    /// Another number with an exponent.
    case exponent = 0x0800_0000
    /// A number with a plus sign.
    case plus = 0x0400_0000
    /// A number that is on no grid of decimals: one with an exponent, or with more digits than anybody
    /// writes.
    case noGrid = 0x8000_0000
  }

  /// The counts.
  private static let counts: UInt32 = (1 << 25) - 1

  /// Notes a number; nil where it is on no grid.
  @inline(__always)
  mutating func note(_ decimals: Int?) {
    guard let decimals, decimals < 25 else {
      note(.noGrid)
      return
    }
    bits |= 1 &<< UInt32(truncatingIfNeeded: decimals)
  }

  /// Notes something else.
  mutating func note(_ mark: Mark) { bits |= mark.rawValue }

  mutating func formUnion(_ other: DecimalCounts) { bits |= other.bits }

  /// Whether something was noted.
  func has(_ mark: Mark) -> Bool { bits & mark.rawValue != 0 }

  /// Whether all numbers are on a grid.
  private var hasGrid: Bool { !has(.noGrid) }

  /// The most digits of a number, 0 where there is none; nil where some are on no grid.
  var most: Int? {
    guard hasGrid else { return nil }
    let counts = bits & Self.counts
    return counts == 0 ? 0 : 31 - counts.leadingZeroBitCount
  }

  /// Whether all numbers have the same count, and there are some.
  var areEqual: Bool { hasGrid && (bits & Self.counts).nonzeroBitCount == 1 }

  /// Whether a number has three digits behind the point, and the others three or none: what may be
  /// thousands.
  var mayBeThousands: Bool { bits & 0b1000 != 0 && bits & ~(0b1001 | Mark.large.rawValue) == 0 }

  /// Whether the numbers are codes: whole numbers of which some would be written in another way, such as
  /// 007, 1E5 and 9007199254740993.
  ///
  /// A number with decimals among them says that they are none; where only some such as 1E5 say that they
  /// are, it is for their share to decide (`NumberEvidence`).
  var areCodes: Bool { areWhole && (hasFixedCodes || has(.bareExponent)) }

  /// Whether the numbers are codes, however few of them say so.
  var areFixedCodes: Bool { areWhole && hasFixedCodes }

  private var hasFixedCodes: Bool { has(.leadingZero) || has(.large) }

  private var areWhole: Bool { bits & (Self.counts & ~1) == 0 && !has(.exponent) }

  /// Whether a column that was read as numbers is to be read again as texts.
  var needTexts: Bool { areCodes || has(.plus) }
}

extension DecimalCounts {
  /// Notes the number that begins at an offset, with the marks that its text has.
  mutating func note(_ number: TableNumber, _ bytes: Span<UInt8>, from start: Int) {
    note(number.decimals)
    var first = start
    let sign = bytes[first]
    if sign == UInt8(ascii: "+") { note(.plus) }
    if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { first += 1 }
    guard let decimals = number.decimals else {
      var hasPoint = false
      var signed = sign == UInt8(ascii: "-")
      for index in first..<number.end {
        hasPoint = hasPoint || bytes[index] == UInt8(ascii: ".")
        signed = signed || bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+")
      }
      note(hasPoint || signed ? .exponent : .bareExponent)
      return
    }
    guard decimals == 0 else { return }
    if bytes[first] == UInt8(ascii: "0"), number.end - first > 1,
      bytes[first + 1] != UInt8(ascii: ".")
    {
      note(.leadingZero)
    }
    if abs(number.value) >= 0x1p53 { note(.large) }
  }
}
