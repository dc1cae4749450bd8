internal import HourglassSystem
internal import HourglassTensors

/// Values in row-major order, kept as small as the file has them.
enum NumericStorage: Sendable {
  /// Whole numbers from 0 to 255, one byte each.
  case bytes([UInt8])
  /// Numbers of single precision.
  case floats([Float])
  /// Numbers of either kind in a file without a name.
  case disk(StoredNumbers)

  var count: Int {
    switch self {
    case .bytes(let values): values.count
    case .floats(let values): values.count
    case .disk(let values): values.count
    }
  }

  var isBytes: Bool {
    switch self {
    case .bytes: true
    case .floats: false
    case .disk(let values): values.isBytes
    }
  }

  /// Why values could not be read from the disk, if that has happened; they are 0 then.
  var failure: FileError? {
    if case .disk(let values) = self { values.failure } else { nil }
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
    case .disk(let values):
      values.copy(range, to: &place, at: offset)
      if factor == 1 { return }
      for index in offset..<offset + range.count { place[index] *= factor }
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
    case .disk(let values): return values.range
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

  /// The hash of the values as they are kept, the same in memory and on the disk.
  var hash: UInt64 {
    switch self {
    case .bytes(let values): Fingerprint.hash(values.span.bytes)
    case .floats(let values): Fingerprint.hash(values.span.bytes)
    case .disk(let values): values.hash
    }
  }
}

/// Values are the same where all their bits are; where some are on the disk, by their hash.
extension NumericStorage: Hashable {
  static func == (first: NumericStorage, second: NumericStorage) -> Bool {
    guard first.isBytes == second.isBytes, first.count == second.count else { return false }
    switch (first, second) {
    case (.bytes(let some), .bytes(let others)): return some == others
    case (.floats(let some), .floats(let others)):
      return some.elementsEqual(others) { $0.bitPattern == $1.bitPattern }
    default: return first.hash == second.hash
    }
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(isBytes)
    hasher.combine(count)
    hasher.combine(hash)
  }
}
