public import HourglassTensors

/// The vocabulary of graphs: one function for each operation, and compositions of these.
extension GraphBuilder {
  // MARK: Dense and convolution

  /// x Wᵀ + b: `x [N, I]`, `weights [O, I]`, `bias [O]` -> `[N, O]`.
  package mutating func dense(_ x: NodeID, _ weights: NodeID, bias: NodeID? = nil) -> NodeID {
    add(.dense, [x, weights] + (bias.map { [$0] } ?? []))
  }

  /// Cross-correlation: `x [N, C, …]`, `weights [O, C, …]`, `bias [O]` -> `[N, O, …]`.
  package mutating func convolution(
    _ x: NodeID,
    _ weights: NodeID,
    bias: NodeID? = nil,
    _ geometry: Convolution
  ) -> NodeID {
    add(.convolution(geometry), [x, weights] + (bias.map { [$0] } ?? []))
  }

  /// The transpose of a convolution: `x [N, O, …]`, `weights [O, C, …]`, `bias [C]` -> `[N, C, …]`.
  ///
  /// The result's extents are (n - 1) stride - padding + dilation (kernel - 1) + 1, and
  /// `outputPadding` more. Reference: Dumoulin, Visin, 2016, arXiv:1603.07285, section 4.
  package mutating func transposedConvolution(
    _ x: NodeID,
    _ weights: NodeID,
    bias: NodeID? = nil,
    _ geometry: Convolution,
    outputPadding: Int = 0
  ) -> NodeID {
    let input = shape(of: x)
    let kernel = shape(of: weights)
    let rank = geometry.strides.count
    guard input.rank == rank + 2, kernel.rank == rank + 2, geometry.paddingBefore.count == rank,
      geometry.paddingAfter.count == rank, geometry.dilations.count == rank
    else {
      return convolutionBackwardData(x, weights, geometry, spatial: [])
    }
    let spatial = (0..<rank).map { axis in
      (input[axis + 2] - 1) * geometry.strides[axis] - geometry.paddingBefore[axis]
        - geometry.paddingAfter[axis] + geometry.dilations[axis] * (kernel[axis + 2] - 1) + 1
        + outputPadding
    }
    let result = convolutionBackwardData(x, weights, geometry, spatial: spatial)
    guard let bias else { return result }
    return sum(result, channelwise(bias, rank: rank + 2))
  }

  /// `dy`, `weights` -> `dx` of a convolution over an input with these extents in space.
  package mutating func convolutionBackwardData(
    _ dy: NodeID,
    _ weights: NodeID,
    _ geometry: Convolution,
    spatial: [Int]
  ) -> NodeID {
    guard spatial.allSatisfy({ $0 > 0 }) else {
      fail(
        .shapeMismatch(
          operation: "transposedConvolution",
          scope: scope,
          problem: ShapeProblem(expected: "a result with positive extents", found: "\(spatial)")
        )
      )
      return failed
    }
    return add(.convolutionBackwardData(geometry, spatial: spatial), [dy, weights])
  }

  /// A vector `[C]` seen as `[C, 1, …]`, so that it broadcasts over batch and space.
  package mutating func channelwise(_ vector: NodeID, rank: Int) -> NodeID {
    let count = shape(of: vector).elementCount
    return reshape(vector, Shape([count] + Array(repeating: 1, count: rank - 2)))
  }

  // MARK: Space

  /// The largest or mean element of each window.
  package mutating func pooling(_ x: NodeID, _ pooling: Pooling) -> NodeID {
    add(.pooling(pooling), [x])
  }

  /// `[N, C, …]` -> `[N, C, spatial…]`.
  package mutating func resampling(
    _ x: NodeID,
    _ interpolation: Interpolation,
    spatial: [Int]
  ) -> NodeID {
    add(.resampling(interpolation, spatial: spatial), [x])
  }

  // MARK: Normalization

  /// Zero mean and unit variance over axes.
  package mutating func standardization(
    _ x: NodeID,
    axes: [Int],
    epsilon: Float = 1e-5
  ) -> NodeID {
    add(.standardization(axes: axes, epsilon: epsilon), [x])
  }

  /// exp(x) / Σ exp(x) along an axis; a negative axis counts from the end.
  public mutating func softmax(_ x: NodeID, axis: Int = -1) -> NodeID {
    add(.softmax(axis: axis < 0 ? shape(of: x).rank + axis : axis), [x])
  }

  /// x - ln Σ exp(x) along an axis; a negative axis counts from the end.
  public mutating func logSoftmax(_ x: NodeID, axis: Int = -1) -> NodeID {
    add(.logSoftmax(axis: axis < 0 ? shape(of: x).rank + axis : axis), [x])
  }

  // MARK: Form

  /// The tensors one after another along an axis.
  public mutating func concatenation(_ tensors: [NodeID], axis: Int) -> NodeID {
    tensors.count == 1 ? tensors[0] : add(.concatenation(axis: axis), tensors)
  }

  /// A range along an axis.
  public mutating func slice(_ x: NodeID, axis: Int, _ range: Range<Int>) -> NodeID {
    add(.slice(axis: axis, start: range.lowerBound, count: range.count), [x])
  }

  /// Zeros before and after along an axis.
  package mutating func padding(_ x: NodeID, axis: Int, before: Int, after: Int) -> NodeID {
    add(.padding(axis: axis, before: before, after: after), [x])
  }

  /// The same elements under another shape.
  public mutating func reshape(_ x: NodeID, _ shape: Shape) -> NodeID {
    self.shape(of: x) == shape ? x : add(.reshape(shape), [x])
  }

  /// `[N, …]` -> `[N, product of the rest]`.
  public mutating func flatten(_ x: NodeID) -> NodeID {
    let shape = shape(of: x)
    guard shape.rank > 0 else { return x }
    return reshape(x, [shape[0], shape.dimensions.dropFirst().reduce(1, *)])
  }

  /// Repetition along axes of extent 1.
  public mutating func broadcast(_ x: NodeID, to shape: Shape) -> NodeID {
    self.shape(of: x) == shape ? x : add(.broadcast(shape), [x])
  }

  // MARK: Element by element

  /// A function of each element.
  public mutating func apply(_ function: UnaryFunction, _ x: NodeID) -> NodeID {
    add(.unary(function), [x])
  }

  /// scale · x + offset.
  public mutating func affine(_ x: NodeID, scale: Float = 1, offset: Float = 0) -> NodeID {
    scale == 1 && offset == 0 ? x : apply(.affine(scale: scale, offset: offset), x)
  }

  /// A function of two tensors that broadcast.
  public mutating func apply(_ function: BinaryFunction, _ a: NodeID, _ b: NodeID) -> NodeID {
    add(.binary(function), [a, b])
  }

  /// a + b, of shapes that broadcast.
  public mutating func sum(_ a: NodeID, _ b: NodeID) -> NodeID { apply(.add, a, b) }

  /// a - b, of shapes that broadcast.
  public mutating func difference(_ a: NodeID, _ b: NodeID) -> NodeID { apply(.subtract, a, b) }

  /// a · b element by element, of shapes that broadcast.
  public mutating func product(_ a: NodeID, _ b: NodeID) -> NodeID { apply(.multiply, a, b) }

  /// a / b element by element, of shapes that broadcast.
  public mutating func quotient(_ a: NodeID, _ b: NodeID) -> NodeID { apply(.divide, a, b) }

  /// The same numbers, through which no gradient flows.
  public mutating func stopGradient(_ x: NodeID) -> NodeID { add(.stopGradient, [x]) }

  // MARK: Reductions and look-up

  /// The sum over axes, all when none are named; `keepsDimensions` leaves the extent 1.
  package mutating func reduce(
    _ reduction: Reduction,
    _ x: NodeID,
    axes: [Int]? = nil,
    keepsDimensions: Bool = false
  ) -> NodeID {
    let shape = shape(of: x)
    let axes = (axes ?? Array(0..<shape.rank)).map { $0 < 0 ? shape.rank + $0 : $0 }.sorted()
    let reduced = axes.isEmpty ? x : add(.reduction(reduction, axes: axes), [x])
    guard !keepsDimensions else { return reduced }
    let kept = shape.dimensions.enumerated().filter { !axes.contains($0.offset) }.map(\.element)
    return reshape(reduced, Shape(kept))
  }

  /// The sum over axes, all when none are named.
  public mutating func sum(
    _ x: NodeID,
    axes: [Int]? = nil,
    keepsDimensions: Bool = false
  ) -> NodeID {
    reduce(.sum, x, axes: axes, keepsDimensions: keepsDimensions)
  }

  /// The mean over axes, all when none are named.
  public mutating func mean(
    _ x: NodeID,
    axes: [Int]? = nil,
    keepsDimensions: Bool = false
  ) -> NodeID {
    let before = shape(of: x).elementCount
    let total = reduce(.sum, x, axes: axes, keepsDimensions: keepsDimensions)
    let after = shape(of: total).elementCount
    return affine(total, scale: Float(after) / Float(Swift.max(before, 1)))
  }

  /// `[N, …]` -> `[N]`: the sum over everything but the batch.
  public mutating func itemSum(_ x: NodeID) -> NodeID {
    sum(x, axes: Array(1..<Swift.max(shape(of: x).rank, 1)))
  }

  /// Rows of a table: `table [V, D]`, `indices [N]` -> `[N, D]`.
  package mutating func gather(_ table: NodeID, _ indices: NodeID) -> NodeID {
    add(.gather, [table, indices])
  }

  /// The squared Euclidean distance between all rows: `x [N, D]`, `y [M, D]` -> `[N, M]`.
  ///
  ///     |x - y|² = |x|² + |y|² - 2 x·y, at least 0
  public mutating func pairwiseSquaredDistance(_ x: NodeID, _ y: NodeID) -> NodeID {
    let xs = sum(apply(.square, x), axes: [1], keepsDimensions: true)
    let ys = sum(apply(.square, y), axes: [1])
    let cross = affine(dense(x, y), scale: -2)
    return apply(.relu, sum(sum(cross, xs), ys))
  }
}
