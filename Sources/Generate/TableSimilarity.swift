package import HourglassData
internal import HourglassEngines
internal import HourglassGraphs
internal import HourglassMedia
internal import HourglassSystem
internal import HourglassTensors

/// How alike two tables of the same columns are, column by column and pair by pair, from 0 to 1.
///
/// Reference: Patki, Wedge, Veeramachaneni, 2016, "The Synthetic Data Vault",
/// doi:10.1109/DSAA.2016.49, and the definitions of KSComplement, TVComplement,
/// CorrelationSimilarity and ContingencySimilarity in the documentation of SDMetrics 0.32.
package struct TableSimilarity: Hashable, Sendable, Codable {
  /// How alike the cells of one column are distributed.
  package struct Column: Hashable, Sendable, Codable {
    /// The name of the column.
    package var name: String
    /// 1 for the same distribution.
    package var score: Double
  }

  /// How alike two columns go together.
  package struct Pair: Hashable, Sendable, Codable {
    /// The name of the first column.
    package var first: String
    /// The name of the second column.
    package var second: String
    /// 1 for the same relation.
    package var score: Double
  }

  /// The columns, the least alike first.
  package var columns: [Column]
  /// The pairs of columns, the least alike first.
  package var pairs: [Pair]
  /// The mean over the columns.
  package var columnShapes: Double
  /// The mean over the pairs; 1 where there are none.
  package var pairTrends: Double

  /// The most columns whose pairs are compared, spread over all.
  package static let mostPairColumns = 200

  /// Compares tables; identifiers, texts, and pairs whose correlation has no value, are left out.
  ///
  /// - Parameters:
  ///   - real: The table to be like.
  ///   - synthetic: A table with its columns, by their names, among others.
  /// - Throws: `missingColumn` where a column is not there.
  package init(of synthetic: Table, to real: Table) throws(DatasetError) {
    var compared: [ComparedColumn] = []
    for column in real.columns where !column.kind.holdsTexts {
      compared.append(ComparedColumn(column, try synthetic.required(column.name)))
    }
    columns = compared.map { Column(name: $0.name, score: $0.shape) }
      .filter(\.score.isFinite).sorted { $0.score < $1.score }
    pairs = []
    let few = min(compared.count, Self.mostPairColumns)
    let chosen = (0..<few).map { $0 * compared.count / few }
    for first in chosen {
      for second in chosen where second > first {
        let score = ComparedColumn.trend(compared[first], compared[second])
        guard score.isFinite else { continue }
        pairs.append(
          Pair(first: compared[first].name, second: compared[second].name, score: score)
        )
      }
    }
    pairs.sort { $0.score < $1.score }
    columnShapes = columns.reduce(0) { $0 + $1.score } / Double(max(columns.count, 1))
    pairTrends = pairs.isEmpty ? 1 : pairs.reduce(0) { $0 + $1.score } / Double(pairs.count)
  }
}

/// A column in both tables.
private struct ComparedColumn {
  let name: String
  /// The numbers of both tables, not a number where missing; none for a category.
  let numbers: (real: [Double], synthetic: [Double])?
  /// The class of each cell, a missing one has a class of its own.
  let classes: (real: [Int], synthetic: [Int])
  let classCount: Int
  /// The class of a missing cell.
  let missing: Int

  init(_ real: Table.Column, _ synthetic: Table.Column) {
    name = real.name
    if case .numbers = real.cells {
      let own = (0..<real.count).map { real.number($0) ?? .nan }
      let other = (0..<synthetic.count).map { synthetic.number($0) ?? .nan }
      numbers = (own, other)
      let edges = Self.edges(own)
      classes = (own.map { Self.bin($0, edges) }, other.map { Self.bin($0, edges) })
      classCount = Self.binCount + 1
      missing = Self.binCount
    } else {
      numbers = nil
      var known: [String: Int] = [:]
      func place(_ text: String?) -> Int {
        let text = text.map { "=" + $0 } ?? ""
        if let place = known[text] { return place }
        known[text] = known.count
        return known.count - 1
      }
      missing = place(nil)
      let own = (0..<real.count).map { place(real.text($0)) }
      classes = (own, (0..<synthetic.count).map { place(synthetic.text($0)) })
      classCount = known.count
    }
  }

  private static let binCount = 10

  /// The least and the greatest number.
  private static func edges(_ numbers: [Double]) -> (low: Double, high: Double) {
    let present = numbers.filter(\.isFinite)
    return (present.min() ?? 0, present.max() ?? 0)
  }

  /// One of ten intervals of the same width over the real numbers; what lies outside is in an outer
  /// one.
  private static func bin(_ number: Double, _ edges: (low: Double, high: Double)) -> Int {
    guard number.isFinite else { return binCount }
    let width = edges.high / 10 - edges.low / 10
    guard width > 0 else { return 0 }
    return min(max(Int(min(max((number - edges.low) / width, 0), 10)), 0), binCount - 1)
  }

  /// 1 less the greatest distance of the cumulative distributions, or for a category 1 less half the
  /// sum of the distances of the shares; missing cells are left out.
  var shape: Double {
    if let numbers {
      return 1
        - Self.kolmogorovSmirnov(
          numbers.real.filter(\.isFinite).sorted(),
          numbers.synthetic.filter(\.isFinite).sorted()
        )
    }
    var counts = [[Double]](repeating: Array(repeating: 0, count: classCount), count: 2)
    for place in classes.real where place != missing { counts[0][place] += 1 }
    for place in classes.synthetic where place != missing { counts[1][place] += 1 }
    let sums = counts.map { $0.reduce(0, +) }
    guard sums[0] > 0, sums[1] > 0 else { return sums[0] == sums[1] ? 1 : 0 }
    return 1
      - 0.5
      * (0..<classCount).reduce(0) { $0 + abs(counts[0][$1] / sums[0] - counts[1][$1] / sums[1]) }
  }

  private static func kolmogorovSmirnov(_ first: [Double], _ second: [Double]) -> Double {
    guard !first.isEmpty, !second.isEmpty else { return first.isEmpty && second.isEmpty ? 0 : 1 }
    var (i, j, greatest) = (0, 0, 0.0)
    while i < first.count, j < second.count {
      let value = min(first[i], second[j])
      while i < first.count, first[i] <= value { i += 1 }
      while j < second.count, second[j] <= value { j += 1 }
      let distance = Double(i) / Double(first.count) - Double(j) / Double(second.count)
      greatest = max(greatest, abs(distance))
    }
    return greatest
  }

  /// 1 less half the distance of the correlations of two columns of numbers, or 1 less half the sum
  /// of the distances of the shares of pairs of classes.
  static func trend(_ first: ComparedColumn, _ second: ComparedColumn) -> Double {
    if let a = first.numbers, let b = second.numbers {
      return 1 - abs(correlation(a.real, b.real) - correlation(a.synthetic, b.synthetic)) / 2
    }
    let real = shares(first.classes.real, second.classes.real, second.classCount)
    let synthetic = shares(first.classes.synthetic, second.classes.synthetic, second.classCount)
    var distance = 0.0
    for pair in Set(real.keys).union(synthetic.keys).sorted() {
      distance += abs((real[pair] ?? 0) - (synthetic[pair] ?? 0))
    }
    return 1 - distance / 2
  }

  private static func shares(_ first: [Int], _ second: [Int], _ count: Int) -> [Int: Double] {
    var shares: [Int: Double] = [:]
    for (a, b) in zip(first, second) { shares[a * count + b, default: 0] += 1 }
    return shares.mapValues { $0 / Double(max(first.count, 1)) }
  }

  /// Pearson's correlation over rows where both numbers are there.
  private static func correlation(_ first: [Double], _ second: [Double]) -> Double {
    let rows = first.indices.filter { first[$0].isFinite && second[$0].isFinite }
    let count = Double(max(rows.count, 1))
    let means = (
      rows.reduce(0) { $0 + first[$1] / count }, rows.reduce(0) { $0 + second[$1] / count }
    )
    var (ab, aa, bb) = (0.0, 0.0, 0.0)
    for row in rows {
      let (a, b) = (first[row] - means.0, second[row] - means.1)
      ab += a * b
      aa += a * a
      bb += b * b
    }
    return ab / (aa.squareRoot() * bb.squareRoot())
  }
}
