/// Which counts of digits behind the point some numbers have.
struct DecimalCounts: Hashable, Sendable {
  /// A bit for each count; the highest one for numbers that are on no grid of decimals: those with an
  /// exponent, or with more digits than anybody writes.
  private(set) var bits: UInt32 = 0

  private static let noGrid: UInt32 = 1 << 31

  /// Notes a number; nil where it is on no grid.
  @inline(__always)
  mutating func note(_ decimals: Int?) {
    guard let decimals, decimals < 31 else {
      bits |= Self.noGrid
      return
    }
    bits |= 1 &<< UInt32(truncatingIfNeeded: decimals)
  }

  mutating func formUnion(_ other: DecimalCounts) { bits |= other.bits }

  /// Whether all numbers are on a grid.
  private var hasGrid: Bool { bits & Self.noGrid == 0 }

  /// The most digits of a number, 0 where there is none; nil where some are on no grid.
  var most: Int? {
    guard hasGrid else { return nil }
    return bits == 0 ? 0 : 31 - bits.leadingZeroBitCount
  }

  /// Whether all numbers have the same count, and there are some.
  var areEqual: Bool { hasGrid && bits.nonzeroBitCount == 1 }
}
