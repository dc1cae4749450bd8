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

  /// Appends a range of the values to an array, each multiplied by a factor.
  func append(_ range: Range<Int>, times factor: Float, to result: inout [Float]) {
    switch self {
    case .bytes(let values):
      let span = values.span
      var index = range.lowerBound
      while index < range.upperBound {
        result.append(Float(span[index]) * factor)
        index += 1
      }
    case .floats(let values):
      if factor == 1 {
        result.append(contentsOf: values[range])
      } else {
        result.append(contentsOf: values[range].lazy.map { $0 * factor })
      }
    }
  }

  /// Copies a range of the values to the start of a place, each multiplied by a factor.
  func copy(_ range: Range<Int>, times factor: Float, to place: inout MutableSpan<Float>) {
    precondition(
      place.count >= range.count,
      "\(range.count) values were copied to a place for \(place.count)"
    )
    var index = 0
    switch self {
    case .bytes(let values):
      let span = values.span.extracting(range)
      while index < span.count {
        place[index] = Float(span[index]) * factor
        index += 1
      }
    case .floats(let values):
      let span = values.span.extracting(range)
      while index < span.count {
        place[index] = span[index] * factor
        index += 1
      }
    }
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
