package import HourglassAutoencoders
package import HourglassEngines
internal import HourglassGraphs
internal import HourglassTensors

/// Rows less their mean, in batches, and the sums of their products.
package struct CenteredRows {
  package let rows: any BatchSource
  /// The mean of each value.
  package let means: [Double]
  /// Σ (x - mean)² over all values of all rows.
  package let squares: Double

  private let width: Int
  private let batch: Int

  package init(_ rows: any BatchSource) {
    self.rows = rows
    width = rows.itemShape.elementCount
    batch = max(min(rows.count, 2_048, 1 << 22 / max(width, 1)), 8)
    var sums = [Double](repeating: 0, count: width)
    Self.forEachRow(of: rows, batch) { row in
      var sums = sums.mutableSpan
      for column in row.indices { sums[column] += Double(row[column]) }
    }
    let means = sums.map { $0 / Double(max(rows.count, 1)) }
    var total = 0.0
    Self.forEachRow(of: rows, batch) { row in
      var sum = 0.0
      let means = means.span
      for column in row.indices {
        let value = Double(row[column]) - means[column]
        sum += value * value
      }
      total += sum
    }
    self.means = means
    squares = total
  }

  /// Calls a function with each row in turn.
  package static func forEachRow(
    of rows: any BatchSource,
    _ batch: Int,
    _ body: (Span<Float>) throws -> Void
  ) rethrows {
    let width = rows.itemShape.elementCount
    var values = [Float](repeating: 0, count: batch * width)
    for start in stride(from: 0, to: rows.count, by: batch) {
      let indices = Array(start..<min(start + batch, rows.count))
      var place = values.mutableSpan
      rows.copyItems(indices.span, into: &place)
      for row in indices.indices {
        try body(values.span.extracting(row * width..<(row + 1) * width))
      }
    }
  }

  /// Σ (x - mean)(x - mean)ᵀ, `[width, width]`, in double precision.
  package func secondMoments() throws -> [Double] {
    var moments = [Double](repeating: 0, count: width * width)
    var centered = [Double](repeating: 0, count: width)
    Self.forEachRow(of: rows, batch) { row in
      var centered = centered.mutableSpan
      var moments = moments.mutableSpan
      for column in 0..<width { centered[column] = Double(row[column]) - means[column] }
      for first in 0..<width where centered[first] != 0 {
        let value = centered[first]
        for second in 0...first { moments[first * width + second] += value * centered[second] }
      }
    }
    try Task.checkCancellation()
    for first in 0..<width {
      for second in 0..<first { moments[second * width + first] = moments[first * width + second] }
    }
    return moments
  }

  /// The same, with products in single precision on the engine and their sums in double precision.
  package func secondMoments(on engine: isolated ComputeEngine) throws -> [Double] {
    var builder = GraphBuilder()
    let x = builder.input("x", [batch, width])
    builder.output("moments", builder.add(.denseBackwardWeights, [x, x]))
    let plan = try engine.makePlan(try builder.finish(), seed: 0, precision: .float32)
    let (input, output) = plan.ends("x", "moments")
    return try sums(width * width, by: plan, input, output)
  }

  /// A function from vectors `[count, width]` to their products with the second moments, which are
  /// never computed themselves.
  package func momentProduct(
    on engine: isolated ComputeEngine,
    vectors limit: Int
  ) throws -> ([Double], Int) throws -> [Double] {
    var builder = GraphBuilder()
    let x = builder.input("x", [batch, width])
    let v = builder.input("vectors", [limit, width])
    let parts = builder.dense(x, v)
    builder.output("products", builder.add(.denseBackwardWeights, [x, parts]))
    let plan = try engine.makePlan(try builder.finish(), seed: 0, precision: .float32)
    let (input, output) = plan.ends("x", "products")
    let vectorInput = plan.graph.requiredInput("vectors")
    return { vectors, count in
      plan.withInput(vectorInput) { place in
        for index in place.indices {
          place[index] = index < count * width ? Float(vectors[index]) : 0
        }
      }
      return try sums(count * width, by: plan, input, output)
    }
  }

  /// The first numbers of an output of a plan, added up over the batches of rows.
  private func sums(
    _ count: Int,
    by plan: any Plan,
    _ input: NodeID,
    _ output: NodeID
  ) throws -> [Double] {
    var result = [Double](repeating: 0, count: count)
    try forEachBatch { start in
      plan.withInput(input) { fill(&$0, from: start) }
      try plan.run(step: 1)
      plan.withOutput(output) { product in
        var result = result.mutableSpan
        for index in result.indices { result[index] += Double(product[index]) }
      }
    }
    return result
  }

  private func forEachBatch(_ body: (Int) throws -> Void) throws {
    for start in stride(from: 0, to: rows.count, by: batch) {
      try body(start)
      try Task.checkCancellation()
    }
  }

  /// Fills a batch with rows less their mean; places beyond the last row are 0.
  private func fill(_ place: inout MutableSpan<Float>, from start: Int) {
    let indices = Array(start..<min(start + batch, rows.count))
    rows.copyItems(indices.span, into: &place)
    let means = means.span
    for row in indices.indices {
      for column in 0..<width {
        let value = Double(place[row * width + column]) - means[column]
        place[row * width + column] = Float(value)
      }
    }
    for index in indices.count * width..<place.count { place[index] = 0 }
  }
}

extension Plan {
  /// An input and an output of the graph by their names.
  fileprivate func ends(_ input: String, _ output: String) -> (NodeID, NodeID) {
    (graph.requiredInput(input), graph.requiredOutput(output))
  }
}
