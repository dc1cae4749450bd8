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

  private var leastDecimals = Int.max
  private var mostDecimals = 0
  private var hasGrid = true

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

  /// The most digits behind the point, if the numbers are on a grid of decimals.
  var decimals: Int? {
    hasGrid && mostDecimals <= NumberFormat.mostDecimals ? mostDecimals : nil
  }

  /// Whether all numbers have the same number of digits behind the point.
  var hasFixedDecimals: Bool { hasGrid && leastDecimals == mostDecimals }

  @inline(__always)
  mutating func note(decimals: Int?) {
    guard let decimals else {
      hasGrid = false
      return
    }
    if decimals > mostDecimals { mostDecimals = decimals }
    if decimals < leastDecimals { leastDecimals = decimals }
  }

  mutating func note(_ error: DatasetError, isText: Bool) {
    if isText && firstText == nil { firstText = error }
    if !isText && firstNotFinite == nil { firstNotFinite = error }
  }

  mutating func code(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int32 {
    let code = pool.code(bytes, range)
    if code < 0 { unknownCount += 1 }
    return code
  }

  /// Appends each cell of a column of a block of rows; NaN is a missing cell.
  mutating func append(
    _ block: Span<Double>,
    from start: Int,
    step: Int,
    mode: TableParser.Mode
  ) {
    var index = start
    switch mode {
    case .skipped: return
    case .text:
      while index < block.count {
        let value = block[index]
        codes.append(value.isNaN ? -1 : Int32(value))
        index += step
      }
    case .number:
      while index < block.count {
        let value = block[index]
        if value.isNaN {
          if missing.isEmpty { missing = [Bool](repeating: false, count: numbers.count) }
          missing.append(true)
          numbers.append(0)
        } else {
          if !missing.isEmpty { missing.append(false) }
          numbers.append(value)
        }
        index += step
      }
    }
  }

  /// Gives the cells up, and the texts if they last no longer.
  mutating func removeRows() {
    numbers.removeAll(keepingCapacity: true)
    missing.removeAll()
    codes.removeAll(keepingCapacity: true)
    unknownCount = 0
    if forgets { pool = TextPool() }
  }
}
