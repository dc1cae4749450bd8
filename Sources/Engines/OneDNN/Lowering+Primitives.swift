internal import CHourglassOneDNN
internal import HourglassGraphs
internal import HourglassTensors

/// Dense layers and convolutions: primitives of the library.
///
/// The words here are the library's: `src`, `weights`, `dst` and their `diff`s always name the
/// tensors of the forward convolution.
extension Lowering {
  /// The forward problem that a node is a direction of.
  private struct Problem {
    var direction: hg_direction
    var src: Shape
    var weights: Shape
    var dst: Shape
    var geometry = hg_geometry()
    var isDense: Bool
    var fused: (kind: hg_fused, alpha: Float) = (HG_FUSE_NONE, 0)
    var bias: Int?
  }

  /// The problem that a node computes a side of.
  private func problem(_ node: Node, isDense: Bool) -> Problem {
    let first = shape(node.inputs[0].index)
    let second = shape(node.inputs[1].index)
    let (direction, src, weights, dst) =
      switch node.operation {
      case .denseBackwardData, .convolutionBackwardData:
        (HG_BACKWARD_DATA, node.shape, second, first)
      case .denseBackwardWeights, .convolutionBackwardWeights:
        (HG_BACKWARD_WEIGHTS, first, node.shape, second)
      default: (HG_FORWARD, first, second, node.shape)
      }
    return Problem(direction: direction, src: src, weights: weights, dst: dst, isDense: isDense)
  }

  func lowerDense(_ index: Int) throws(EngineError) {
    var problem = problem(graph.nodes[index], isDense: true)
    problem.geometry.strides = (1, 1)
    problem.geometry.dilations = (1, 1)
    try lower(index, &problem)
  }

  func lowerConvolution(_ index: Int, _ convolution: Convolution) throws(EngineError) {
    var problem = problem(graph.nodes[index], isDense: false)
    // A height of 1 may have any stride; the library's fast code wants the one of the width.
    problem.geometry.strides = pair(convolution.strides, convolution.strides[0])
    problem.geometry.dilations = pair(convolution.dilations, 1)
    problem.geometry.padding_before = pair(convolution.paddingBefore, 0)
    // What is left over after the last window is no padding: the library wants the exact extent.
    let kernel = Array(problem.weights.dimensions.dropFirst(2))
    let after = kernel.indices.map { axis in
      let span = convolution.dilations[axis] * (kernel[axis] - 1) + 1
      return (problem.dst[axis + 2] - 1) * convolution.strides[axis] + span
        - problem.src[axis + 2] - convolution.paddingBefore[axis]
    }
    problem.geometry.padding_after = pair(after, 0)
    try lower(index, &problem)
  }

  /// Two dimensions of space; one dimension is the width of a height of 1.
  private func pair(_ values: [Int], _ fallback: Int) -> (Int64, Int64) {
    values.count == 2
      ? (Int64(values[0]), Int64(values[1])) : (Int64(fallback), Int64(values.first ?? fallback))
  }

  private func lower(_ index: Int, _ problem: inout Problem) throws(EngineError) {
    let node = graph.nodes[index]
    var target = index
    if problem.direction == HG_FORWARD {
      if node.inputs.count == 3 { problem.bias = resolve(node.inputs[2]) }
      if let activation = analysis.fusedActivation[index],
        case .unary(let function) = graph.nodes[activation].operation, let fused = function.fused
      {
        problem.fused = fused
        target = activation
      }
    } else if problem.direction == HG_BACKWARD_WEIGHTS {
      problem.bias = analysis.fusedBias[index]
    }
    var primitive = try make(problem, isHalf: isHalf(target), while: "compiling \(label(index))")
    let isForward = problem.direction == HG_FORWARD
    let isData = problem.direction == HG_BACKWARD_DATA
    let isWeights = problem.direction == HG_BACKWARD_WEIGHTS
    let arguments = (
      src: isData ? HG_ARG_DIFF_SRC : HG_ARG_SRC,
      weights: isWeights ? HG_ARG_DIFF_WEIGHTS : HG_ARG_WEIGHTS,
      bias: isWeights ? HG_ARG_DIFF_BIAS : HG_ARG_BIAS,
      dst: isForward ? HG_ARG_DST : HG_ARG_DIFF_DST
    )
    let plainWeights = try self.plainWeights(problem)
    var reads: [(hg_arg, BufferPlace)] = []
    var writes: [(hg_arg, BufferPlace)] = []

    let isProduct = problem.isDense && !isMatrixBlocked
    // What is computed may lie in the type of the operands where its form is one of ours.
    var resultType = ElementType.float32
    if isHalf(target), !isWeights {
      resultType = operandType
      let result = try chosen(primitive, isData ? arguments.src : arguments.dst)
      let shape = isData ? problem.src : problem.dst
      let form: Form? = isProduct ? .plain : try geometry.form(of: result, shape, resultType)
      if form == nil {
        resultType = .float32
        primitive = try make(problem, isHalf: false, while: "compiling \(label(index))")
      }
    }
    // An inner product reads matrices in row-major order, as it was configured.
    let src =
      isProduct
      ? .plain
      : try activationForm(
        try chosen(primitive, arguments.src),
        problem.src,
        isData ? resultType : operandType
      )
    let dst =
      isProduct
      ? .plain
      : try activationForm(
        try chosen(primitive, arguments.dst),
        problem.dst,
        isForward ? resultType : operandType
      )
    let weights = weightForm(try chosen(primitive, arguments.weights), plain: plainWeights)
    switch problem.direction {
    case HG_FORWARD:
      reads.append((arguments.src, try operand(node.inputs[0], src)))
      reads.append((arguments.weights, try self.weights(node.inputs[1], weights, problem)))
      if let bias = problem.bias {
        reads.append((arguments.bias, try contiguous(NodeID(index: bias), .plain)))
      }
      writes.append((arguments.dst, try result(target, dst, resultType)))
    case HG_BACKWARD_DATA:
      reads.append((arguments.dst, try operand(node.inputs[0], dst)))
      reads.append((arguments.weights, try self.weights(node.inputs[1], weights, problem)))
      writes.append((arguments.src, try result(index, src, resultType)))
    default:
      reads.append((arguments.src, try operand(node.inputs[0], src)))
      reads.append((arguments.dst, try operand(node.inputs[1], dst)))
      writes.append((arguments.weights, place(index, weights)))
      if let bias = problem.bias { writes.append((arguments.bias, place(bias, .plain))) }
    }
    emit(primitive, label(index), reads: reads, writes: writes)
  }

  /// Makes the place of a result.
  private func result(
    _ index: Int,
    _ form: Form,
    _ type: ElementType
  ) throws(EngineError) -> BufferPlace {
    type == .float32 ? place(index, form) : try placeHalf(index, form)
  }

  private func chosen(_ primitive: Primitive, _ argument: hg_arg) throws(EngineError) -> Descriptor
  {
    guard let descriptor = Descriptor(of: primitive, argument) else {
      throw .library(call: "query", status: "no such argument", while: "compiling a layer")
    }
    return descriptor
  }

  /// Weights in the form that a primitive wants; a variable that nobody has read yet takes it as
  /// its home, so that the weights stay there from step to step.
  private func weights(
    _ id: NodeID,
    _ form: Form,
    _ problem: Problem
  ) throws(EngineError) -> BufferPlace {
    let index = resolve(id)
    if case .variable = graph.nodes[index].operation, locations[index].isEmpty {
      // Master weights are float32: in another type they are copied at each step, and lie as the
      // gradient that changes them.
      makeHome(index, operandType == .float32 ? form : try gradientForm(problem))
    }
    return try operand(id, form)
  }

  /// The form in which the gradient of a problem's weights is computed; row-major where nothing is
  /// learned.
  private func gradientForm(_ problem: Problem) throws(EngineError) -> Form {
    guard !graph.updates.isEmpty else { return .plain }
    var gradient = problem
    gradient.direction = HG_BACKWARD_WEIGHTS
    gradient.fused = (HG_FUSE_NONE, 0)
    let primitive = try make(gradient, isHalf: false, while: "choosing a layout")
    return weightForm(
      try chosen(primitive, HG_ARG_DIFF_WEIGHTS),
      plain: try plainWeights(problem)
    )
  }

  private func weightDims(_ problem: Problem) -> [Int] {
    let dims = problem.weights.dimensions
    switch dims.count {
    case 2: return isMatrixBlocked ? [dims[0], dims[1], 1, 1] : dims
    case 3: return [dims[0], dims[1], 1, dims[2]]
    default: return dims
    }
  }

  private func plainWeights(_ problem: Problem) throws(EngineError) -> Descriptor {
    let dims = weightDims(problem)
    return try .strided(dims, strides: contiguousStrides(dims))
  }

  private func make(
    _ problem: Problem,
    isHalf: Bool,
    while activity: String
  ) throws(EngineError) -> Primitive {
    // One channel fills one lane of a block: the gradient of its weights is several times faster
    // over channels that lie next to each other.
    if problem.direction == HG_BACKWARD_WEIGHTS, problem.src[1] == 1, !problem.isDense {
      let thin = try make(problem, data: .channelsLast, isHalf: isHalf, while: activity)
      if !thin.implementation.hasPrefix("ref") { return thin }
    }
    let isBlocked = problem.isDense && isMatrixBlocked
    return try make(
      problem,
      data: isBlocked ? .blocked(8) : nil,
      isHalf: isHalf,
      while: activity
    )
  }

  /// Makes a primitive with its data in a form, or in one that the library chooses.
  private func make(
    _ problem: Problem,
    data form: Form?,
    isHalf: Bool,
    while activity: String
  ) throws(EngineError) -> Primitive {
    let type = operandType
    let dims = weightDims(problem)
    let bias: Descriptor? =
      problem.bias == nil ? nil : try .strided([problem.weights[0]], strides: [1])
    let isInnerProduct = problem.isDense && !isMatrixBlocked
    func data(_ shape: Shape, _ type: ElementType) throws(EngineError) -> Descriptor {
      if isInnerProduct { return try .strided(shape.dimensions, strides: shape.strides, type) }
      if let form { return try geometry.descriptor(shape, form, type) }
      return try .any(geometry.dims(shape), type)
    }
    // What a direction computes is float32 where nothing else is said, what it reads is of the operands'
    // type.
    let direction = problem.direction
    let result = isHalf ? type : .float32
    let src = try data(problem.src, direction == HG_BACKWARD_DATA ? result : type)
    let dst = try data(problem.dst, direction == HG_FORWARD ? result : type)
    let weights = try Descriptor.any(dims, direction == HG_BACKWARD_WEIGHTS ? .float32 : type)
    // The forward problem that the library wants to see before a backward one.
    let hintSrc = try data(problem.src, type)
    let hintWeights = try Descriptor.any(dims, type)
    let hintDst = try data(problem.dst, direction == HG_FORWARD ? result : .float32)
    let engine = library.handle
    var window = problem.geometry
    return try .make(activity) {
      isInnerProduct
        ? hg_inner_product_create(
          &$0,
          engine,
          direction,
          src.handle,
          weights.handle,
          bias?.handle,
          dst.handle,
          hintSrc.handle,
          hintWeights.handle,
          hintDst.handle,
          problem.fused.kind,
          problem.fused.alpha
        )
        : hg_convolution_create(
          &$0,
          engine,
          direction,
          src.handle,
          weights.handle,
          bias?.handle,
          dst.handle,
          hintSrc.handle,
          hintWeights.handle,
          hintDst.handle,
          &window,
          problem.fused.kind,
          problem.fused.alpha
        )
    }
  }
}
