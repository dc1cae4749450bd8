package import HourglassAutoencoders
package import HourglassEngines
internal import HourglassGraphs
package import HourglassNetworks
internal import HourglassTensors

/// The exact search for the nearest of some rows by a weighted Euclidean distance.
///
/// An item is its values, and behind them one observed mask for each field where values can be
/// missing. With weights w and the masks p of an item and s of a reference, the squared distance is
///
///     d(x, r) = Σ w p s (x - r)²             or, with counts c, d(x, r) / Σ c p s
///
/// References that lack all values of an item are infinitely far from it.
///
/// The engine multiplies blocks of items with blocks of references, so that memory does not grow with
/// the square of their number; a term that is the same for all references is left out:
///
///     Σ w (x - r)²     = Σ w x² + x · (-2 w r) + Σ w r²
///     Σ w p (x - r)²   = Σ w p x² + [p x, p] · [-2 w r, w r²]
///     Σ w p s (x - r)² = (p x)² · w s + (p x) · (-2 w s r) + p · w s r²
///
/// What these products find is measured again from the differences, in double precision.
///
/// The database of signatures has a search of its own (CHourglassNearest): its rows change one by one,
/// belong to items of which each is found once, and are answered for one query at a time.
package struct NearestNeighbors: Sendable {
  /// The rows that are searched.
  package let references: any BatchSource

  /// The values of a row without its masks.
  let width: Int
  private let fieldCount: Int
  /// The field of each value.
  let fields: [Int]
  let weights: [Double]
  /// What each observed value counts in the divisor; `nil` where distances are sums.
  let counts: [Double]?
  /// Whether some value of some reference is missing.
  private(set) var hasGaps = false
  private let isReused: Bool
  private let identity = Identity()

  private final class Identity: Sendable {}

  /// The most items of a block of references, and of one of items that are looked for.
  private static let blockLengths = (references: 4_096, items: 1_024)
  /// The items of a block where the references are part of the plan.
  private static let reusedLength = 128
  /// The most values of a block.
  private static let blockLimit = 1 << 22
  /// What stands for the distance of items that have no value in common.
  private static let unknown: Float = 1e30

  /// Takes the rows that are searched.
  ///
  /// - Parameters:
  ///   - references: The rows, with or without observed masks behind their values; missing values are 0.
  ///   - layout: The fields of a row; `nil` where nothing can be missing.
  ///   - weights: The weight of each value; 1 for all unless given.
  ///   - counts: Divides each distance by the sum of these over the values that both have.
  ///   - isReused: Whether a few rows are searched again and again, so that they stay on the engine.
  package init(
    _ references: any BatchSource,
    layout: FeatureSchema? = nil,
    weights: [Double]? = nil,
    counts: [Double]? = nil,
    isReused: Bool = false
  ) {
    self.references = references
    width = layout?.width ?? references.itemShape.elementCount
    fieldCount = layout?.count ?? 0
    fields = layout?.fieldOfValue ?? []
    self.weights = weights ?? [Double](repeating: 1, count: width)
    self.counts = counts
    self.isReused = isReused
    if hasMasks(references) { hasGaps = !isWhole(references).allSatisfy { $0 } }
  }

  private func hasMasks(_ rows: any BatchSource) -> Bool {
    let length = rows.itemShape.elementCount
    precondition(length == width || length == width + fieldCount, "items have the width")
    return length > width
  }

  /// For each of some rows whether none of its values is missing.
  private func isWhole(_ rows: any BatchSource) -> [Bool] {
    guard hasMasks(rows) else { return [Bool](repeating: true, count: rows.count) }
    var result: [Bool] = []
    result.reserveCapacity(rows.count)
    forEachBlock(of: rows) { _, _, row in
      var isWhole = true
      for place in width..<row.count where row[place] != 1 { isWhole = false }
      result.append(isWhole)
    }
    return result
  }

  /// Gives rows with their number and their place in a block of a few hundred.
  func forEachBlock(
    of rows: any BatchSource,
    _ range: Range<Int>? = nil,
    _ body: (_ number: Int, _ place: Int, _ row: Span<Float>) -> Void
  ) {
    let (length, size) = (rows.itemShape.elementCount, 256)
    let range = range ?? 0..<rows.count
    var block = [Float](repeating: 0, count: size * length)
    for start in stride(from: range.lowerBound, to: range.upperBound, by: size) {
      let numbers = Array(start..<min(start + size, range.upperBound))
      var values = block.mutableSpan
      rows.copyItems(numbers.span, into: &values)
      for (place, number) in numbers.enumerated() {
        body(
          number,
          number - range.lowerBound,
          block.span.extracting(place * length..<(place + 1) * length)
        )
      }
    }
  }
}

extension NearestNeighbors {
  /// How the products of items and references are taken.
  private enum Form: String {
    /// Nothing is missing.
    case whole
    /// The item lacks values.
    case partial
    /// References lack values.
    case shared
  }

  /// Gives each item, with its masks, to a function, with the place of a reference, and its squared
  /// distances to that reference and those that follow it, but for a term that is the same for all.
  ///
  /// - Parameter progress: Takes the part that is done, from 0 to 1.
  package func forEachDistance(
    of items: any BatchSource,
    on engine: isolated ComputeEngine,
    progress: (Double) -> Void = { _ in },
    _ body: (_ index: Int, _ start: Int, _ item: Span<Float>, _ distances: Span<Float>) -> Void
  ) async throws {
    guard items.count > 0, references.count > 0 else { return }
    if hasGaps {
      try await multiply(items, Array(0..<items.count), .shared, engine, progress, body)
      return
    }
    // Which product an item takes depends on the item alone, not on its company.
    let isWhole = isWhole(items)
    let parts =
      [(Form.whole, isWhole.indices.filter { isWhole[$0] })]
      + [(Form.partial, isWhole.indices.filter { !isWhole[$0] })]
    for (form, indices) in parts where !indices.isEmpty {
      try await multiply(items, indices, form, engine, progress, body)
    }
  }

  private func multiply(
    _ items: any BatchSource,
    _ indices: [Int],
    _ form: Form,
    _ engine: isolated ComputeEngine,
    _ progress: (Double) -> Void,
    _ body: (_ index: Int, _ start: Int, _ item: Span<Float>, _ distances: Span<Float>) -> Void
  ) async throws {
    let most = max(Self.blockLimit / max(width, 1), 8)
    let length =
      isReused ? references.count : min(Self.blockLengths.references, most, references.count)
    let batch =
      isReused ? Self.reusedLength : min(Self.blockLengths.items, most, indices.count)
    let plan: any Plan
    if isReused {
      plan = try engine.keptPlan(of: identity, for: "nearest \(form.rawValue)") { engine in
        let fixed = operands(form, 0..<length)
        return try engine.makePlan(
          try graph(form, batch, length, fixed: fixed),
          seed: 0,
          precision: .float32
        )
      }
    } else {
      plan = try engine.makePlan(try graph(form, batch, length), seed: 0, precision: .float32)
    }
    let output = plan.graph.requiredOutput("distances")
    let itemLength = items.itemShape.elementCount
    var fed = [Float](repeating: 0, count: batch * itemLength)
    for start in stride(from: 0, to: references.count, by: length) {
      let end = min(start + length, references.count)
      if !isReused {
        for (name, values) in operands(form, start..<end) {
          plan.withInput(plan.graph.requiredInput(name)) { span in
            for place in values.indices { span[place] = values[place] }
          }
        }
      }
      for first in stride(from: 0, to: indices.count, by: batch) {
        let part = Array(indices[first..<min(first + batch, indices.count)])
        var values = fed.mutableSpan
        items.copyItems(part.span, into: &values)
        feed(fed.span, part.count, form, batch, to: plan)
        try plan.run(step: 1)
        plan.withOutput(output) { distances in
          for (place, index) in part.enumerated() {
            let item = fed.span.extracting(place * itemLength..<(place + 1) * itemLength)
            let begin = place * length
            body(index, start, item, distances.extracting(begin..<begin + end - start))
          }
        }
        try Task.checkCancellation()
        await Task.yield()
      }
      progress(Double(end) / Double(references.count))
    }
  }

  /// Writes a batch of items; rows that only fill it are those of its first item.
  private func feed(
    _ items: Span<Float>,
    _ count: Int,
    _ form: Form,
    _ batch: Int,
    to plan: any Plan
  ) {
    let (width, length) = (width, items.count / batch)
    let isMasked = length > width
    let fields = fields.span
    let inputs = form == .partial ? 2 * width : width
    plan.withInput(plan.graph.requiredInput("items")) { span in
      for place in 0..<batch {
        let (source, target) = ((place < count ? place : 0) * length, place * inputs)
        for index in 0..<width {
          let value = items[source + index]
          guard isMasked, form != .whole else {
            span[target + index] = value
            continue
          }
          let observed = items[source + width + fields[index]]
          span[target + index] = value * observed
          if form == .partial { span[target + width + index] = observed }
        }
      }
    }
    guard form == .shared else { return }
    plan.withInput(plan.graph.requiredInput("observed")) { span in
      for place in 0..<batch {
        let source = (place < count ? place : 0) * length
        for index in 0..<width {
          span[place * width + index] = isMasked ? items[source + width + fields[index]] : 1
        }
      }
    }
  }

  /// What a block of references is multiplied by, by the names of the graph.
  private func operands(_ form: Form, _ range: Range<Int>) -> [(name: String, values: [Float])] {
    let width = width
    let isMasked = hasMasks(references)
    let scales = weights.map { Float($0) }
    let shares = counts.map { $0.map { Float($0) } }
    let block = range.count * width
    var products = [Float](repeating: 0, count: form == .partial ? 2 * block : block)
    var squares = [Float](
      repeating: 0,
      count: form == .whole ? range.count : form == .shared ? block : 0
    )
    var marks = [Float](repeating: 0, count: form == .shared ? block : 0)
    var observedCounts = marks
    forEachBlock(of: references, range) { _, place, row in
      let start = place * width
      switch form {
      case .whole:
        var sum = 0.0
        for index in 0..<width {
          let (value, scale) = (row[index], scales[index])
          products[start + index] = -2 * value * scale
          sum += Double(value) * Double(value) * Double(scale)
        }
        squares[place] = Float(sum)
      case .partial:
        for index in 0..<width {
          let (value, scale) = (row[index], scales[index])
          products[2 * start + index] = -2 * value * scale
          products[2 * start + width + index] = value * value * scale
        }
      case .shared:
        for index in 0..<width {
          let observed = isMasked ? row[width + fields[index]] : 1
          let (value, scale) = (row[index] * observed, scales[index] * observed)
          products[start + index] = -2 * value * scale
          squares[start + index] = value * value * scale
          marks[start + index] = scale
          observedCounts[start + index] = (shares?[index] ?? 1) * observed
        }
      }
    }
    switch form {
    case .whole: return [("references", products), ("squares", squares)]
    case .partial: return [("references", products)]
    case .shared:
      return [
        ("references", products), ("squares", squares), ("weights", marks),
        ("counts", observedCounts),
      ]
    }
  }

  /// The graph of the distances `[batch, length]`; the references are fed unless they are fixed.
  private func graph(
    _ form: Form,
    _ batch: Int,
    _ length: Int,
    fixed: [(name: String, values: [Float])] = []
  ) throws -> Graph {
    let inputs = form == .partial ? 2 * width : width
    var builder = GraphBuilder()
    func operand(_ name: String, _ shape: Shape) -> NodeID {
      guard let values = fixed.first(where: { $0.name == name })?.values else {
        return builder.input(name, shape)
      }
      return builder.fixed(name, shape, values)
    }
    let items = builder.input("items", [batch, inputs])
    let matrix = operand("references", [length, inputs])
    switch form {
    case .whole:
      let squares = operand("squares", [length])
      builder.output("distances", builder.dense(items, matrix, bias: squares))
    case .partial:
      builder.output("distances", builder.dense(items, matrix))
    case .shared:
      let observed = builder.input("observed", [batch, width])
      let own = builder.dense(builder.apply(.square, items), operand("weights", [length, width]))
      let others = builder.dense(observed, operand("squares", [length, width]))
      let cross = builder.dense(items, matrix)
      let total = builder.apply(.relu, builder.sum(cross, builder.sum(own, others)))
      let shared = builder.dense(observed, operand("counts", [length, width]))
      let divisor = builder.apply(.maximum, shared, builder.constant(1))
      let distance = counts == nil ? total : builder.quotient(total, divisor)
      let none = builder.apply(.greater, builder.constant(0.5), shared)
      builder.output("distances", builder.sum(distance, builder.affine(none, scale: Self.unknown)))
    }
    return try builder.finish()
  }
}
