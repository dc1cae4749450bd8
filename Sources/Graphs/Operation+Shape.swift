package import HourglassTensors

/// Why inputs do not fit an operation: what was expected and what was found.
package struct ShapeProblem: Error, Hashable, Sendable {
  /// The shapes that would fit.
  package let expected: String
  /// The shapes that came.
  package let found: String

  /// Makes a problem from both.
  package init(expected: String, found: String) {
    self.expected = expected
    self.found = found
  }
}

extension Operation {
  /// The shape of the result for the shapes of the inputs.
  ///
  /// Leaves carry no shape of their own: `leafShape` is the shape that the builder was given.
  package func resultShape(
    of inputs: [Shape],
    leafShape: Shape = .scalar
  ) throws(ShapeProblem) -> Shape {
    try checkInputCount(inputs)
    switch self {
    case .input, .variable, .random: return leafShape
    case .constant: return .scalar
    case .dense, .denseBackwardData, .denseBackwardWeights: return try denseShape(inputs)
    case .convolution, .convolutionBackwardData, .convolutionBackwardWeights:
      return try convolutionShape(inputs)
    case .channelSum:
      try require(inputs[0].rank >= 2, "[N, C, …]", inputs)
      return [inputs[0][1]]
    case .pooling(let pooling): return try poolingShape(pooling, inputs[0])
    case .resampling(_, let spatial), .resamplingBackward(_, let spatial):
      try require(
        (1...2).contains(spatial.count) && inputs[0].rank == spatial.count + 2
          && spatial.allSatisfy { $0 > 0 },
        "[N, C, …] with \(spatial.count) positive dimensions of space",
        inputs
      )
      return Shape(Array(inputs[0].dimensions.prefix(2)) + spatial)
    case .poolingBackward(let pooling):
      let pooled = try poolingShape(pooling, inputs[0])
      try require(inputs[1] == pooled && inputs[2] == pooled, "y and dy of \(pooled)", inputs)
      return inputs[0]
    case .standardization(let axes, _):
      _ = try standardizationExtents(axes: axes, inputs[0])
      return inputs[0]
    case .standardizationBackward(let axes, _):
      _ = try standardizationExtents(axes: axes, inputs[0])
      try require(inputs[0] == inputs[1] && inputs[0] == inputs[2], "three equal shapes", inputs)
      return inputs[0]
    case .softmax(let axis), .logSoftmax(let axis):
      try require(axis >= 0 && axis < inputs[0].rank, "an axis below the rank, \(axis)", inputs)
      return inputs[0]
    case .concatenation, .slice, .padding, .reshape, .broadcast: return try formShape(inputs)
    case .unary, .stopGradient: return inputs[0]
    case .unaryBackward:
      try require(inputs[0] == inputs[1], "two equal shapes", inputs)
      return inputs[0]
    case .binary:
      guard let shape = inputs[0].broadcast(with: inputs[1]) else {
        throw ShapeProblem(expected: "shapes that broadcast", found: Self.list(inputs))
      }
      return shape
    case .reduction(_, let axes):
      try require(
        axes.allSatisfy { $0 >= 0 && $0 < inputs[0].rank } && Set(axes).count == axes.count
          && axes == axes.sorted(),
        "different axes below the rank in rising order, \(axes)",
        inputs
      )
      return Shape(
        inputs[0].dimensions.enumerated().map { axes.contains($0.offset) ? 1 : $0.element }
      )
    case .gather:
      try require(
        inputs[0].rank == 2 && inputs[0][0] > 0 && inputs[1].rank == 1,
        "a table [V, D] and indices [N]",
        inputs
      )
      return [inputs[1][0], inputs[0][1]]
    case .scatterAdd(let rows):
      try require(
        inputs[0].rank == 2 && inputs[1].rank == 1 && inputs[0][0] == inputs[1][0] && rows > 0,
        "rows [N, D] and indices [N]",
        inputs
      )
      return [rows, inputs[0][1]]
    }
  }

  /// The numbers of inputs that the operation takes.
  package var inputCounts: ClosedRange<Int> {
    switch self {
    case .input, .variable, .constant, .random: 0...0
    case .dense, .convolution: 2...3
    case .denseBackwardData, .denseBackwardWeights, .convolutionBackwardData,
      .convolutionBackwardWeights, .unaryBackward, .binary, .gather, .scatterAdd:
      2...2
    case .poolingBackward, .standardizationBackward: 3...3
    case .concatenation: 1...Int.max
    case .channelSum, .pooling, .resampling, .resamplingBackward, .standardization, .softmax,
      .logSoftmax, .slice, .padding, .reshape, .broadcast, .unary, .stopGradient, .reduction:
      1...1
    }
  }

  private func checkInputCount(_ inputs: [Shape]) throws(ShapeProblem) {
    guard inputCounts.contains(inputs.count) else {
      throw ShapeProblem(
        expected: Self.phrase(inputCounts),
        found: inputs.count == 1 ? "1 input" : "\(inputs.count) inputs"
      )
    }
  }

  private static func phrase(_ counts: ClosedRange<Int>) -> String {
    switch (counts.lowerBound, counts.upperBound) {
    case (1, 1): "1 input"
    case (let least, .max): "\(least) or more inputs"
    case (let least, let most) where least == most: "\(least) inputs"
    case (let least, let most): "\(least) or \(most) inputs"
    }
  }

  private func denseShape(_ inputs: [Shape]) throws(ShapeProblem) -> Shape {
    try require(
      inputs[0].rank == 2 && inputs[1].rank == 2,
      "two matrices",
      inputs
    )
    switch self {
    case .denseBackwardData:
      try require(inputs[0][1] == inputs[1][0], "dy [N, O] and weights [O, I]", inputs)
      return [inputs[0][0], inputs[1][1]]
    case .denseBackwardWeights:
      try require(inputs[0][0] == inputs[1][0], "x [N, I] and dy [N, O]", inputs)
      return [inputs[1][1], inputs[0][1]]
    default:
      try require(inputs[0][1] == inputs[1][1], "x [N, I] and weights [O, I]", inputs)
      if inputs.count == 3 {
        try require(inputs[2] == [inputs[1][0]], "a bias [\(inputs[1][0])]", inputs)
      }
      return [inputs[0][0], inputs[1][0]]
    }
  }

  private func convolutionShape(_ inputs: [Shape]) throws(ShapeProblem) -> Shape {
    switch self {
    case .convolution(let geometry):
      try requireConvolution(geometry, x: inputs[0], weights: inputs[1], inputs)
      if inputs.count == 3 {
        try require(inputs[2] == [inputs[1][0]], "a bias [\(inputs[1][0])]", inputs)
      }
      let spatial = geometry.outputExtents(
        of: Array(inputs[0].dimensions.dropFirst(2)),
        kernel: Array(inputs[1].dimensions.dropFirst(2))
      )
      try require(spatial.allSatisfy { $0 > 0 }, "a kernel that fits the padded input", inputs)
      return Shape([inputs[0][0], inputs[1][0]] + spatial)
    case .convolutionBackwardData(let geometry, let spatial):
      try require(
        inputs[0].rank == inputs[1].rank && inputs[0].rank >= 3,
        "dy and weights of one rank",
        inputs
      )
      try require(spatial.allSatisfy { $0 > 0 }, "positive extents in space, \(spatial)", inputs)
      let x = Shape([inputs[0][0], inputs[1][1]] + spatial)
      let y = try Operation.convolution(geometry).resultShape(of: [x, inputs[1]])
      try require(y == inputs[0], "dy \(y)", inputs)
      return x
    case .convolutionBackwardWeights(let geometry, let kernel):
      try require(
        inputs[0].rank == inputs[1].rank && inputs[0].rank >= 3,
        "x and dy of one rank",
        inputs
      )
      try require(kernel.allSatisfy { $0 > 0 }, "a kernel of positive extents, \(kernel)", inputs)
      let weights = Shape([inputs[1][1], inputs[0][1]] + kernel)
      let y = try Operation.convolution(geometry).resultShape(of: [inputs[0], weights])
      try require(y == inputs[1], "dy \(y)", inputs)
      return weights
    default: preconditionFailure("not a convolution: \(self)")
    }
  }

  private func requireConvolution(
    _ geometry: Convolution,
    x: Shape,
    weights: Shape,
    _ inputs: [Shape]
  ) throws(ShapeProblem) {
    let rank = geometry.strides.count
    try require(
      (1...2).contains(rank) && x.rank == rank + 2 && weights.rank == rank + 2
        && x[1] == weights[1]
        && [
          geometry.paddingBefore, geometry.paddingAfter, geometry.dilations,
        ].allSatisfy { $0.count == rank },
      "x [N, C, …] and weights [O, C, …] with \(rank) dimensions of space",
      inputs
    )
    try require(
      weights.dimensions.dropFirst(2).allSatisfy { $0 > 0 },
      "a kernel of positive extents",
      inputs
    )
    try require(
      geometry.strides.allSatisfy { $0 > 0 } && geometry.dilations.allSatisfy { $0 > 0 }
        && geometry.paddingBefore.allSatisfy { $0 >= 0 }
        && geometry.paddingAfter.allSatisfy { $0 >= 0 },
      "positive strides and dilations, no negative padding",
      inputs
    )
  }

  private func poolingShape(_ pooling: Pooling, _ x: Shape) throws(ShapeProblem) -> Shape {
    let rank = pooling.window.count
    try require(
      (1...2).contains(rank) && x.rank == rank + 2
        && [pooling.strides, pooling.paddingBefore, pooling.paddingAfter].allSatisfy {
          $0.count == rank
        }
        && (0..<rank).allSatisfy {
          pooling.window[$0] > 0 && pooling.strides[$0] > 0
            && (0..<pooling.window[$0]).contains(pooling.paddingBefore[$0])
            && (0..<pooling.window[$0]).contains(pooling.paddingAfter[$0])
        },
      "[N, C, …] with \(rank) dimensions of space and padding below the window",
      [x]
    )
    let spatial = (0..<rank).map {
      (x[$0 + 2] + pooling.paddingBefore[$0] + pooling.paddingAfter[$0] - pooling.window[$0])
        / pooling.strides[$0] + 1
    }
    let fits = (0..<rank).allSatisfy {
      x[$0 + 2] + pooling.paddingBefore[$0] + pooling.paddingAfter[$0] >= pooling.window[$0]
    }
    try require(fits, "a window that fits the padded input", [x])
    return Shape([x[0], x[1]] + spatial)
  }

  private func formShape(_ inputs: [Shape]) throws(ShapeProblem) -> Shape {
    let first = inputs[0]
    switch self {
    case .concatenation(let axis):
      try require(
        axis >= 0 && axis < first.rank
          && inputs.allSatisfy {
            $0.rank == first.rank
              && $0.replacing(axis: axis, with: 0) == first.replacing(axis: axis, with: 0)
          },
        "shapes that differ along axis \(axis) alone",
        inputs
      )
      return first.replacing(axis: axis, with: inputs.reduce(0) { $0 + $1[axis] })
    case .slice(let axis, let start, let count):
      try require(
        axis >= 0 && axis < first.rank && start >= 0 && count >= 0 && start + count <= first[axis],
        "a range \(start)..<\(start + count) inside axis \(axis)",
        inputs
      )
      return first.replacing(axis: axis, with: count)
    case .padding(let axis, let before, let after):
      try require(
        axis >= 0 && axis < first.rank && before >= 0 && after >= 0,
        "an axis below the rank and no negative padding",
        inputs
      )
      return first.replacing(axis: axis, with: first[axis] + before + after)
    case .reshape(let shape):
      try require(
        shape.elementCount == first.elementCount,
        "\(shape.elementCount) elements for \(shape)",
        inputs
      )
      return shape
    case .broadcast(let shape):
      try require(
        first.broadcast(with: shape) == shape,
        "a shape that broadcasts to \(shape)",
        inputs
      )
      return shape
    default: preconditionFailure("not an operation on form: \(self)")
    }
  }

  private func require(
    _ condition: Bool,
    _ expected: @autoclosure () -> String,
    _ found: [Shape]
  ) throws(ShapeProblem) {
    guard condition else { throw ShapeProblem(expected: expected(), found: Self.list(found)) }
  }

  private static func list(_ shapes: [Shape]) -> String {
    shapes.map(\.description).joined(separator: " and ")
  }
}

extension Convolution {
  /// The extents of the result in space.
  package func outputExtents(of input: [Int], kernel: [Int]) -> [Int] {
    input.indices.map { axis in
      let span = dilations[axis] * (kernel[axis] - 1) + 1
      let room = input[axis] + paddingBefore[axis] + paddingAfter[axis] - span
      return room < 0 ? 0 : room / strides[axis] + 1
    }
  }
}

/// A shape seen as `[outer, kept, inner]`, the statistics of each `kept` taken over the others.
package struct StandardizationExtents: Hashable, Sendable {
  package let outer: Int
  package let kept: Int
  package let inner: Int
}

/// The extents of a standardization over `axes`: the kept axes must be neighbors.
package func standardizationExtents(
  axes: [Int],
  _ shape: Shape
) throws(ShapeProblem) -> StandardizationExtents {
  let kept = shape.dimensions.indices.filter { !axes.contains($0) }
  guard axes.allSatisfy({ shape.dimensions.indices.contains($0) }), let first = kept.first,
    let last = kept.last, last - first + 1 == kept.count
  else {
    throw ShapeProblem(
      expected: "axes that leave neighboring axes, \(axes)",
      found: shape.description
    )
  }
  let dimensions = shape.dimensions
  return StandardizationExtents(
    outer: dimensions[..<first].reduce(1, *),
    kept: dimensions[first...last].reduce(1, *),
    inner: dimensions[(last + 1)...].reduce(1, *)
  )
}
