internal import HourglassData
internal import HourglassEncodings
internal import HourglassGraphs
internal import HourglassNetworks

/// Fills missing cells from the nearest rows that have them.
///
/// The distance of two rows is the mean of the squared differences over the values that both have; a
/// difference of levels counts as much as that of two numbers one deviation apart.
///
/// Reference: Troyanskaya et al., 2001, "Missing value estimation methods for DNA microarrays",
/// doi:10.1093/bioinformatics/17.6.520.
struct NearestRows: Sendable {
  /// The rows that cells are taken from.
  let reference: CellRows

  /// The most rows that are sifted for those that have a cell.
  private static let candidateCount = 96

  /// The reference in blocks of eight rows, `[D, blocks]`.
  private let values: [SIMD8<Float>]
  private let observed: [SIMD8<Float>]
  private let blocks: Int

  init(_ reference: CellRows) {
    self.reference = reference
    let (count, width) = (reference.count, reference.width)
    blocks = (count + 7) / 8
    var values = [SIMD8<Float>](repeating: .zero, count: width * blocks)
    var observed = [SIMD8<Float>](repeating: .zero, count: reference.fieldCount * blocks)
    for row in 0..<count {
      for place in 0..<width {
        values[place * blocks + row / 8][row % 8] = reference.values[row * width + place]
      }
      for field in 0..<reference.fieldCount where reference.isPresent(row, field) {
        observed[field * blocks + row / 8][row % 8] = 1
      }
    }
    self.values = values
    self.observed = observed
  }

  /// What nearest rows say of cells: the plain mean of a few, and a weighted one of more.
  struct Predictions {
    /// The mean of the 5 nearest, `[rows, D]`.
    var plain: [Float]
    /// The mean of the 10 nearest by the inverse of their distances, `[rows, D]`.
    var weighted: [Float]
  }

  /// Predicts the wanted cells, `[rows, F]`; for the others, and where no row has the cell, the result
  /// is that of `otherwise`.
  func predictions(
    _ rows: CellRows,
    wanted: [Bool],
    otherwise: FieldMeans
  ) throws -> Predictions {
    let (width, fieldCount) = (rows.width, rows.fieldCount)
    let ranges = rows.layout.ranges
    let base = otherwise.filled(rows.count)
    var result = Predictions(plain: base, weighted: base)
    for row in 0..<rows.count {
      let fields = (0..<fieldCount).filter { wanted[row * fieldCount + $0] }
      if fields.isEmpty { continue }
      if row % 64 == 0 { try Task.checkCancellation() }
      let nearest = nearest(to: row, of: rows)
      for field in fields {
        var chosen: [(row: Int, distance: Float)] = []
        for candidate in nearest where reference.isPresent(candidate.row, field) {
          chosen.append(candidate)
          if chosen.count == 10 { break }
        }
        if chosen.isEmpty { continue }
        let few = Float(min(chosen.count, 5))
        let weights = chosen.map { 1 / max($0.distance.squareRoot(), 1e-4) }
        let total = weights.reduce(0, +)
        for place in ranges[field] {
          var (plain, weighted) = (Float(0), Float(0))
          for (index, neighbor) in chosen.enumerated() {
            let value = reference.values[neighbor.row * width + place]
            if index < 5 { plain += value / few }
            weighted += value * weights[index] / total
          }
          result.plain[row * width + place] = plain
          result.weighted[row * width + place] = weighted
        }
      }
    }
    return result
  }

  /// The nearest rows of the reference, the nearest first; the first in order among equals.
  private func nearest(to row: Int, of rows: CellRows) -> [(row: Int, distance: Float)] {
    let width = rows.width
    var sums = [SIMD8<Float>](repeating: .zero, count: blocks)
    var counts = sums
    for (field, range) in rows.layout.ranges.enumerated() where rows.isPresent(row, field) {
      let here = field * blocks
      let isCategory = range.count > 1
      for place in range {
        let value = SIMD8<Float>(repeating: rows.values[row * width + place])
        let start = place * blocks
        for block in 0..<blocks {
          let difference = values[start + block] - value
          sums[block] += difference * difference * observed[here + block]
        }
      }
      let share: Float = isCategory ? 2 : 1
      for block in 0..<blocks { counts[block] += observed[here + block] * share }
    }
    var distances: [(row: Int, distance: Float)] = []
    distances.reserveCapacity(reference.count)
    var sample: [Float] = []
    for index in 0..<reference.count {
      let shared = counts[index / 8][index % 8]
      guard shared > 0 else { continue }
      let distance = sums[index / 8][index % 8] / shared
      distances.append((index, distance))
      if index % 16 == 0 { sample.append(distance) }
    }
    // A bound from a sample keeps most rows out of the sorting.
    if sample.count > 64 {
      sample.sort()
      let share = sample.count * 3 * Self.candidateCount / distances.count + 2
      let bound = sample[min(share, sample.count - 1)]
      let close = distances.filter { $0.distance <= bound }
      if close.count >= Self.candidateCount { distances = close }
    }
    distances.sort { ($0.distance, $0.row) < ($1.distance, $1.row) }
    return Array(distances.prefix(Self.candidateCount))
  }
}
