internal import HourglassAutoencoders
internal import HourglassEncodings
internal import HourglassEngines
internal import HourglassNetworks
internal import HourglassTensors

/// Scores images and windows: what each field adds to how unusual they are.
///
///     part of field f = reconstruction error f / (usual error of f) / 3 a + (x_f - r_f)² / b
///
/// where r is the nearest of the rows kept, other than the item itself, and a and b are the medians of
/// the two sums over f. Where the rows kept are in groups, the last term is its mean over the nearest row
/// of each group. All that is usual is measured on rows that were trained on, so that nothing of the
/// score depends on the rows that the false alarms are counted on.
struct DetectionScorer: Sendable {
  let network: FittedAutoencoder
  let references: NearestReferences?
  let scales: DetectionScales

  /// Scores items.
  func scored(_ items: EncodedRows, on engine: ComputeEngine) async throws -> ScoredItems {
    let fieldCount = items.fieldCount
    let losses = try await network.fieldLosses(items, on: engine).scalars
    var parts = [Float](repeating: 0, count: items.count * fieldCount)
    let factors = scales.fields.map { 1 / (Double($0) * Double(scales.reconstructing)) }
    for row in 0..<items.count {
      for field in 0..<fieldCount {
        let place = row * fieldCount + field
        parts[place] = Self.part(Double(losses[place]) * factors[field])
      }
    }
    if let references {
      let others = try await references.others(items, on: engine)
      let factor = 1 / (Double(scales.distance) * Double(others.perItem))
      var item = [Float](repeating: 0, count: items.valueCount + fieldCount)
      for row in 0..<items.count {
        var values = item.mutableSpan
        items.copyItem(row, into: &values)
        var squares = [Double](repeating: 0, count: fieldCount)
        var sums = squares.mutableSpan
        for neighbor in others.of(row) {
          references.addParts(of: item.span, to: neighbor.row, into: &sums)
        }
        for field in 0..<fieldCount {
          parts[row * fieldCount + field] += Self.part(squares[field] * factor)
        }
      }
    }
    let scores = (0..<items.count).map { row in
      var sum = 0.0
      for part in parts[row * fieldCount..<(row + 1) * fieldCount] { sum += Double(part) }
      return sum
    }
    return ScoredItems(scores: scores, parts: parts)
  }

  /// A part as it is kept: finite, and at least 0.
  private static func part(_ value: Double) -> Float {
    value.isFinite ? Float(min(max(value, 0), 1e30)) : 1e30
  }
}

/// What is usual on rows that were trained on, all above 0.
struct DetectionScales: Hashable, Sendable {
  /// The reconstruction error each field: a mean, and a little so that a field that is reconstructed
  /// without error does not outweigh all others.
  var fields: [Float]
  /// Three times the median over rows of the errors of reconstructing in units of these; the median alone
  /// where there are no distances.
  var reconstructing: Float
  /// The median over rows of the squared distance to the nearest row kept.
  var distance: Float

  /// The least scale of a field.
  private static let leastError = 0.01

  /// How much less the reconstruction error counts than the distance: it has the heavier tail.
  private static let reconstructingDivisor: Float = 3

  /// Measures what is usual.
  ///
  /// - Parameters:
  ///   - items: Rows that were trained on.
  init(
    _ items: EncodedRows,
    network: FittedAutoencoder,
    references: NearestReferences?,
    kind: DataKind,
    on engine: ComputeEngine
  ) async throws {
    let fieldCount = items.fieldCount
    let losses = try await network.fieldLosses(items, on: engine).scalars
    var sums = [Double](repeating: 0, count: fieldCount)
    for row in 0..<items.count {
      for field in 0..<fieldCount { sums[field] += Double(losses[row * fieldCount + field]) }
    }
    let means = sums.map { $0 / Double(max(items.count, 1)) }
    // Pixels and the times of a window have one scale, so that a part of an image that never varied
    // counts as much as the others.
    let common = means.reduce(0, +) / Double(max(fieldCount, 1))
    fields = means.map { Float((kind == .table ? $0 : common) + Self.leastError) }
    var totals: [Double] = []
    for row in 0..<items.count {
      var total = 0.0
      for field in 0..<fieldCount {
        total += Double(losses[row * fieldCount + field]) / Double(fields[field])
      }
      totals.append(total)
    }
    reconstructing = Self.scale(totals) * (references == nil ? 1 : Self.reconstructingDivisor)
    guard let references else {
      distance = 1
      return
    }
    distance = Self.scale(try await references.meanDistances(items, on: engine))
  }

  /// Takes scales that were kept.
  init(fields: [Float], reconstructing: Float, distance: Float) {
    self.fields = fields
    self.reconstructing = reconstructing
    self.distance = distance
  }

  /// The median where it is above 0, else the mean, else 1.
  private static func scale(_ values: [Double]) -> Float {
    let sorted = values.filter { $0.isFinite }.sorted()
    guard !sorted.isEmpty else { return 1 }
    let median = sorted[sorted.count / 2]
    let mean = sorted.reduce(0) { $0 + $1 / Double(sorted.count) }
    for value in [median, mean] where value > 1e-6 && value < 1e30 { return Float(value) }
    return 1
  }
}
