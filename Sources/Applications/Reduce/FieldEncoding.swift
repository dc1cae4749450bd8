internal import HourglassDatasets
internal import HourglassTensors

/// How the values of a row become numbers for a network and come back: learnt from the training
/// rows alone, and kept in the model.
enum FieldEncoding: Hashable, Sendable, Codable {
  /// Each column is brought to mean 0 and standard deviation 1.
  case table([Column])
  /// All values of all images are brought to 0...1 by one affine map.
  case images(Images)

  /// A column of a table.
  struct Column: Hashable, Sendable, Codable {
    var name: String
    /// The mean over the training rows.
    var mean: Double
    /// The standard deviation over the training rows; 0 for a column that never varied there,
    /// which is encoded as 0 and decoded as its mean, whatever new rows hold.
    var deviation: Double
  }

  /// Images of one size.
  struct Images: Hashable, Sendable, Codable {
    var channels: Int
    var height: Int
    var width: Int
    /// The value that becomes 0.
    var low: Double
    /// The value that becomes 1.
    var high: Double
  }

  /// The largest magnitude of an encoded value.
  ///
  /// Rows that were learnt from stay far below; the
  /// bound keeps squares and their sums finite for rows of any other numbers.
  static let bound = 1e12

  /// The shape of an encoded row.
  var itemShape: Shape {
    switch self {
    case .table(let columns): [columns.count]
    case .images(let images): [images.channels, images.height, images.width]
    }
  }

  /// The number of values of a row that vary.
  var varyingCount: Int {
    switch self {
    case .table(let columns): columns.count { $0.deviation > 0 }
    case .images: itemShape.elementCount
    }
  }

  /// The names of columns that never varied.
  var constantColumns: [String] {
    guard case .table(let columns) = self else { return [] }
    return columns.filter { $0.deviation == 0 }.map(\.name)
  }

  /// encoded = (value - offset) · factor, for each value of a row.
  var offsetsAndFactors: (offsets: [Double], factors: [Double]) {
    switch self {
    case .table(let columns):
      return (columns.map(\.mean), columns.map { $0.deviation > 0 ? 1 / $0.deviation : 0 })
    case .images(let images):
      let count = itemShape.elementCount
      return (
        Array(repeating: images.low, count: count),
        Array(repeating: 1 / (images.high - images.low), count: count)
      )
    }
  }

  /// Whether encoding changes nothing, as for images of bytes.
  var isIdentity: Bool {
    if case .images(let images) = self { images.low == 0 && images.high == 1 } else { false }
  }

  /// What is wrong with an encoding that was read from a file, if anything.
  var problem: String? {
    switch self {
    case .table(let columns):
      let isGood = columns.allSatisfy {
        $0.mean.isFinite && $0.deviation.isFinite && $0.deviation >= 0
      }
      return columns.isEmpty || !isGood
        ? "its columns should each have a finite mean and standard deviation" : nil
    case .images(let images):
      let extents = [images.channels, images.height, images.width]
      let isGood =
        extents.allSatisfy { (1...1 << 20).contains($0) } && extents.reduce(1, *) <= 1 << 31
        && images.low.isFinite && images.high.isFinite && images.low < images.high
      return isGood ? nil : "its images should have a size and a range of values"
    }
  }

  /// Brings encoded rows back to the units of the data, in place.
  func decode(_ rows: inout [Float]) {
    guard !isIdentity else { return }
    let (offsets, factors) = offsetsAndFactors
    let limit = Double(Float.greatestFiniteMagnitude)
    var rows = rows.mutableSpan
    var feature = 0
    for index in rows.indices {
      let spread = factors[feature] == 0 ? 0 : Double(rows[index]) / factors[feature]
      rows[index] = Float(min(max(offsets[feature] + spread, -limit), limit))
      feature += 1
      if feature == offsets.count { feature = 0 }
    }
  }
}

// MARK: - Learning

extension FieldEncoding {
  /// Learns the encoding of data from some of its rows.
  init(_ data: NumericDataset, rows: [Int]) throws(ApplicationError) {
    let statistics = ColumnStatistics(data, rows: rows)
    guard statistics.variesAnywhere else {
      throw .nothingVaries(name: data.name, rows: rows.count)
    }
    switch data.kind {
    case .table(let names):
      self = .table(
        names.indices.map { column in
          Column(
            name: names[column],
            mean: statistics.means[column],
            deviation: statistics.deviations[column]
          )
        }
      )
    case .images:
      let low = Double(statistics.lows.min() ?? 0)
      let high = Double(statistics.highs.max() ?? 1)
      // Within 0...1 the values stay as they are, as those of images of bytes always do.
      let fits = low >= 0 && high <= 1
      self = .images(
        Images(
          channels: data.itemShape[0],
          height: data.itemShape[1],
          width: data.itemShape[2],
          low: fits ? 0 : low,
          high: fits ? 1 : high
        )
      )
    }
  }
}

/// The moments and ranges of each value of a row over some rows.
private struct ColumnStatistics {
  var means: [Double]
  var deviations: [Double]
  var lows: [Float]
  var highs: [Float]

  /// Whether any value differs between rows.
  var variesAnywhere: Bool { lows.indices.contains { lows[$0] < highs[$0] } }

  init(_ data: NumericDataset, rows: [Int]) {
    let count = data.featureCount
    means = Array(repeating: 0, count: count)
    lows = Array(repeating: .infinity, count: count)
    highs = Array(repeating: -.infinity, count: count)
    var item = [Float](repeating: 0, count: count)
    for row in rows {
      var span = item.mutableSpan
      data.copyItem(row, into: &span)
      for column in 0..<count {
        let value = item[column]
        means[column] += Double(value)
        lows[column] = min(lows[column], value)
        highs[column] = max(highs[column], value)
      }
    }
    for column in 0..<count { means[column] /= Double(max(rows.count, 1)) }
    var squares = [Double](repeating: 0, count: count)
    if case .table = data.kind {
      for row in rows {
        var span = item.mutableSpan
        data.copyItem(row, into: &span)
        for column in 0..<count {
          let distance = Double(item[column]) - means[column]
          squares[column] += distance * distance
        }
      }
    }
    deviations = (0..<count).map { [lows, highs] column in
      // The sums may leave a trace of rounding where nothing varies.
      lows[column] < highs[column]
        ? max((squares[column] / Double(rows.count)).squareRoot(), .leastNormalMagnitude) : 0
    }
    for column in 0..<count where deviations[column] == 0 && lows[column].isFinite {
      means[column] = Double(lows[column])
    }
  }
}
