import HourglassGraphs
import HourglassTensors

extension RandomGraphMaker {
  /// An operation on nodes of the pool; nil where none fits.
  mutating func makeOperation() -> NodeID? {
    switch pick(0...24) {
    case 0, 1: makeDense()
    case 2, 3, 4: makeConvolution()
    case 5: makeTransposedConvolution()
    case 6: makePooling()
    case 7: makeResampling()
    case 8: makeStandardization()
    case 9: makeSoftmax()
    case 10: makeConcatenation()
    case 11: makeSlice()
    case 12: makePadding()
    case 13: makeReshape()
    case 14, 15, 16, 17: makeFunction()
    case 18, 19, 20: makeBinary()
    case 21: makeReduction()
    case 22: makeLookUp()
    case 23: makeNoise()
    default: makeRareOperation()
    }
  }

  // MARK: Layers

  private mutating func makeDense() -> NodeID? {
    guard let x = node(ranks: 2...4) else { return nil }
    let flat = builder.flatten(x)
    let inputs = shape(flat)[1]
    guard inputs <= 300 else { return nil }
    let outputs = pick([1, 3, 5, 8, 12, 16, 20, 33])
    let weights = parameter([outputs, inputs])
    let y = builder.dense(flat, weights, bias: flip() ? parameter([outputs]) : nil)
    return flip() ? activation(y) : y
  }

  private mutating func activation(_ x: NodeID) -> NodeID {
    let functions: [UnaryFunction] = [
      .relu, .leakyRelu(slope: 0.1), .elu(alpha: 1), .gelu, .silu, .tanh, .logistic, .softplus,
    ]
    return builder.apply(pick(functions), x)
  }

  private mutating func geometry(_ x: Shape, _ kernel: [Int]) -> Convolution {
    let dilation = kernel.allSatisfy { $0 > 1 } && flip(0.2) ? 2 : 1
    let stride = pick([1, 1, 2, 2, 3])
    return Convolution(
      strides: kernel.map { _ in stride },
      paddingBefore: kernel.map { pick(0...$0 / 2) },
      paddingAfter: kernel.map { pick(0...$0 / 2) },
      dilations: kernel.map { _ in dilation }
    )
  }

  private mutating func makeConvolution() -> NodeID? {
    guard let x = node(ranks: 3...4) else { return nil }
    let shape = shape(x)
    let kernel = (2..<shape.rank).map { _ in pick([1, 2, 3, 3, 4, 5]) }
    let geometry = geometry(shape, kernel)
    let spatial = geometry.outputExtents(of: Array(shape.dimensions.dropFirst(2)), kernel: kernel)
    guard spatial.allSatisfy({ $0 > 0 }) else { return nil }
    let outputs = pick([1, 3, 5, 8, 12, 16, 20])
    let weights = parameter(Shape([outputs, shape[1]] + kernel))
    let y = builder.convolution(x, weights, bias: flip() ? parameter([outputs]) : nil, geometry)
    return flip() ? activation(y) : y
  }

  private mutating func makeTransposedConvolution() -> NodeID? {
    guard let x = node(ranks: 3...4) else { return nil }
    let shape = shape(x)
    let kernel = (2..<shape.rank).map { _ in pick([2, 3, 4]) }
    let stride = pick(1...2)
    let geometry = Convolution(rank: kernel.count, stride: stride, padding: pick(0...1))
    let outputPadding = stride > 1 ? pick(0...1) : 0
    let spatial = kernel.indices.map { axis in
      (shape[axis + 2] - 1) * stride - 2 * geometry.paddingBefore[axis] + kernel[axis]
        + outputPadding
    }
    guard spatial.allSatisfy({ $0 > 0 }) else { return nil }
    let outputs = pick([1, 3, 5, 8, 12, 16])
    let weights = parameter(Shape([shape[1], outputs] + kernel))
    let y = builder.transposedConvolution(
      x,
      weights,
      bias: flip() ? parameter([outputs]) : nil,
      geometry,
      outputPadding: outputPadding
    )
    return flip() ? activation(y) : y
  }

  // MARK: Space and normalization

  private mutating func makePooling() -> NodeID? {
    guard let x = node(ranks: 3...4) else { return nil }
    let spatial = shape(x).dimensions.dropFirst(2)
    let window = spatial.map { pick(1...min($0, 3)) }
    let stride = pick(1...3)
    return builder.pooling(
      x,
      Pooling(
        pick(Pooling.Kind.allCases),
        window: window,
        strides: window.map { _ in stride },
        paddingBefore: window.map { pick(0...($0 - 1) / 2) },
        paddingAfter: window.map { pick(0...($0 - 1) / 2) }
      )
    )
  }

  private mutating func makeResampling() -> NodeID? {
    guard let x = node(ranks: 3...4) else { return nil }
    let spatial = shape(x).dimensions.dropFirst(2).map { pick([1, $0, 2 * $0, $0 + 3]) }
    return builder.resampling(x, pick(Interpolation.allCases), spatial: spatial)
  }

  private mutating func makeStandardization() -> NodeID? {
    guard let x = node(ranks: 2...4) else { return nil }
    let rank = shape(x).rank
    let choices = [Array(2..<rank), Array(1..<rank), [0] + Array(2..<rank)]
    let axes = pick(choices.filter { !$0.isEmpty })
    return builder.standardization(x, axes: axes, epsilon: 0.01)
  }

  private mutating func makeSoftmax() -> NodeID? {
    guard let x = node(ranks: 1...4) else { return nil }
    let axis = pick(0...shape(x).rank - 1)
    return flip() ? builder.softmax(x, axis: axis) : builder.logSoftmax(x, axis: axis)
  }

  // MARK: Form

  private mutating func makeConcatenation() -> NodeID? {
    guard let x = node(ranks: 1...4) else { return nil }
    let axis = pick(0...shape(x).rank - 1)
    let fitting = pool.filter {
      shape($0).rank == shape(x).rank
        && shape($0).replacing(axis: axis, with: 0) == shape(x).replacing(axis: axis, with: 0)
    }
    var parts = [x, pick(fitting)]
    if flip() { parts.append(activation(x)) }
    if flip(0.3) { parts.append(parameter(shape(x))) }
    return builder.concatenation(parts.shuffled(using: &random), axis: axis)
  }

  private mutating func makeSlice() -> NodeID? {
    guard let x = node(ranks: 1...4) else { return nil }
    let axis = pick(0...shape(x).rank - 1)
    let extent = shape(x)[axis]
    let aligned = extent >= 16 && flip()
    let start = aligned ? 8 * pick(0...extent / 8 - 1) : pick(0...extent - 1)
    let count = aligned ? 8 : pick(1...extent - start)
    return builder.slice(x, axis: axis, start..<start + count)
  }

  private mutating func makePadding() -> NodeID? {
    guard let x = node(ranks: 1...4) else { return nil }
    let axis = pick(0...shape(x).rank - 1)
    return builder.padding(x, axis: axis, before: pick(0...3), after: pick(0...8))
  }

  private mutating func makeReshape() -> NodeID? {
    guard let x = node(ranks: 1...4) else { return nil }
    let count = shape(x).elementCount
    let rows = shape(x)[0]
    let channels = [2, 3, 4, 8].filter { (count / rows) % $0 == 0 }
    switch pick(0...3) {
    case 0: return builder.flatten(x)
    case 1 where !channels.isEmpty:
      let channel = pick(channels)
      return builder.reshape(x, [rows, channel, count / rows / channel])
    case 2 where !channels.isEmpty:
      let channel = pick(channels)
      return builder.reshape(x, [rows, channel, 1, count / rows / channel])
    default: return builder.reshape(x, [count])
    }
  }

  // MARK: Element by element

  private mutating func makeFunction() -> NodeID? {
    guard let x = node() else { return nil }
    let positive = builder.affine(builder.apply(.square, x), offset: 0.5)
    switch pick(0...11) {
    case 0: return builder.affine(x, scale: 1.5, offset: -0.25)
    case 1: return builder.apply(.absolute, x)
    case 2: return builder.apply(.squareRoot, positive)
    case 3: return builder.apply(.exponential, builder.apply(.tanh, x))
    case 4: return builder.apply(.logarithm, positive)
    case 5: return builder.apply(.reciprocal, positive)
    case 6: return builder.apply(.square, x)
    case 7: return builder.product(builder.apply(.sign, x), builder.apply(.tanh, x))
    case 8: return builder.apply(.clip(lower: -0.5, upper: 0.75), x)
    case 9: return builder.stopGradient(x)
    default: return activation(x)
    }
  }

  /// A shape that broadcasts to another.
  private mutating func narrower(_ shape: Shape) -> Shape {
    let lead = flip() ? 0 : pick(0...shape.rank)
    return Shape(shape.dimensions.dropFirst(lead).map { flip(0.4) ? 1 : $0 })
  }

  private mutating func makeBinary() -> NodeID? {
    guard let x = node() else { return nil }
    let shape = shape(x)
    let partners = pool.filter { self.shape($0).broadcast(with: shape) == shape }
    var y: NodeID
    switch pick(0...3) {
    case 0: y = parameter(narrower(shape))
    case 1: y = input(narrower(shape))
    case 2: y = builder.constant(pick([0, 1, -0.5, 2]))
    default: y = pick(partners)
    }
    if flip(0.2), self.shape(y) != shape { y = builder.broadcast(y, to: shape) }
    switch pick(0...7) {
    case 0, 1: return builder.sum(x, y)
    case 2: return builder.difference(x, y)
    case 3: return builder.product(x, y)
    case 4: return builder.quotient(x, builder.affine(builder.apply(.square, y), offset: 0.5))
    case 5: return builder.apply(flip() ? .maximum : .minimum, x, y)
    case 6: return builder.product(builder.apply(.greater, x, y), x)
    default: return builder.difference(builder.apply(.tanh, y), x)
    }
  }

  // MARK: Reductions and look-up

  private mutating func makeReduction() -> NodeID? {
    guard let x = node(ranks: 1...4) else { return nil }
    let axes = (0..<shape(x).rank).filter { _ in flip() }
    let kind = pick(Reduction.allCases)
    return builder.reduce(kind, x, axes: axes.isEmpty ? nil : axes, keepsDimensions: flip())
  }

  private mutating func makeLookUp() -> NodeID? {
    guard let x = node(ranks: 2...2) else { return nil }
    if flip() { return builder.gather(x, input([pick([1, 4, 7])], named: "index")) }
    return builder.add(.scatterAdd(rows: pick(1...6)), [x, input([shape(x)[0]], named: "index")])
  }

  private mutating func makeNoise() -> NodeID? {
    guard let x = node() else { return nil }
    let noise = builder.random(flip() ? .normal : .uniform, shape(x))
    if flip() { return builder.sum(x, builder.affine(noise, scale: 0.5)) }
    return builder.product(x, builder.apply(.greater, noise, builder.constant(0.4)))
  }

  private mutating func makeRareOperation() -> NodeID? {
    guard let x = node(ranks: 2...4) else { return nil }
    let shape = shape(x)
    switch pick(0...3) {
    case 0: return builder.add(.channelSum, [x])
    case 1 where shape.rank == 2:
      return builder.pairwiseSquaredDistance(x, parameter([5, shape[1]]))
    case 2 where shape.rank == 2: return builder.dense(x, x)
    default:
      let wide = Shape([pick(1...3)] + shape.dimensions)
      return wide.rank <= 4 ? builder.broadcast(x, to: wide) : nil
    }
  }
}
