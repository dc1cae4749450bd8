/// Values in row-major order, kept as small as the file has them.
enum NumericStorage: Hashable, Sendable {
  /// Whole numbers from 0 to 255, one byte each.
  case bytes([UInt8])
  /// Numbers of single precision.
  case floats([Float])

  var count: Int {
    switch self {
    case .bytes(let values): values.count
    case .floats(let values): values.count
    }
  }

  var isBytes: Bool {
    if case .bytes = self { true } else { false }
  }

  /// Copies a range of the values to a place from an offset on, each multiplied by a factor.
  func copy(
    _ range: Range<Int>,
    times factor: Float,
    to place: inout MutableSpan<Float>,
    at offset: Int
  ) {
    precondition(
      offset >= 0 && place.count - offset >= range.count,
      "\(range.count) values were copied to a place for \(place.count - offset)"
    )
    var index = 0
    switch self {
    case .bytes(let values):
      let span = values.span.extracting(range)
      while index < span.count {
        place[offset + index] = Float(span[index]) * factor
        index += 1
      }
    case .floats(let values):
      let span = values.span.extracting(range)
      while index < span.count {
        place[offset + index] = span[index] * factor
        index += 1
      }
    }
  }

  /// A range of the values, each multiplied by a factor.
  func values(_ range: Range<Int>, times factor: Float) -> [Float] {
    if case .floats(let values) = self, factor == 1 { return Array(values[range]) }
    var result = [Float](repeating: 0, count: range.count)
    var place = result.mutableSpan
    copy(range, times: factor, to: &place, at: 0)
    return result
  }

  /// The least and the greatest value; 0 where there are none.
  var range: ClosedRange<Float> {
    switch self {
    case .bytes: return 0...255
    case .floats(let values):
      let span = values.span
      guard var low = values.first else { return 0...0 }
      var high = low
      for index in span.indices {
        low = min(low, span[index])
        high = max(high, span[index])
      }
      return low...high
    }
  }

  var hash: UInt64 {
    switch self {
    case .bytes(let values): Fingerprint.hash(values.span.bytes)
    case .floats(let values): Fingerprint.hash(values.span.bytes)
    }
  }
}
