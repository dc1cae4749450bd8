internal import COneDNN
internal import HourglassGraphs
internal import HourglassTensors

/// Turns a graph into steps over buffers: chooses layouts, fuses, inserts reorders.
///
/// Nodes are visited in order. Primitives of the library are emitted at once and keep the layout
/// that the library likes; element-wise nodes wait until somebody needs their result and are then
/// run together in one pass over memory (`Lowering+Elementwise.swift`). A tensor may come to lie in
/// several layouts; each is made once.
final class Lowering {
  let graph: Graph
  let library: Library
  let geometry: Geometry
  let isMatrixBlocked: Bool
  /// The type in which dense layers and convolutions read their operands; results are float32.
  let operandType: ElementType

  var steps: [Step] = []
  var buffers: [Buffer] = []
  /// Where each node's result lies, the first its home.
  var locations: [[Location]]
  /// The number of places that read a node.
  private(set) var uses: [Int]
  private(set) var isLive: [Bool]
  /// The number that every element of a node is, where that is known.
  private(set) var uniform: [Float?]
  /// Layouts of the library's own, each with the row-major layout of the same tensor.
  private(set) var opaqueLayouts: [(descriptor: Descriptor, plain: Descriptor)] = []
  /// For a dense or convolution node, the activation that is computed with it.
  private(set) var fusedActivation: [Int: Int] = [:]
  /// For the gradient of weights, the gradient of the bias that is computed with it.
  private(set) var fusedBias: [Int: Int] = [:]
  /// Memory that a forward primitive leaves for its backward one.
  var workspaces: [Int: BufferPlace] = [:]
  /// For a node that one other node reads, that one.
  private(set) var onlyReader: [Int: Int] = [:]
  /// Sums that are computed as a part of the sum that reads them.
  var deferredSums = Set<Int>()
  /// Where the caller finds a result.
  var outputPlaces: [Int: BufferPlace] = [:]
  private var constants: [Float: Int] = [:]

  init(_ graph: Graph, library: Library, parts: Int, operandType: ElementType = .float32) {
    self.graph = graph
    self.library = library
    // Without AVX-512 the blocked 1x1 convolution beats the inner product.
    isMatrixBlocked = library.level == .avx2
    self.operandType = operandType
    geometry = Geometry(parts: isMatrixBlocked ? parts : 1)
    locations = Array(repeating: [], count: graph.nodes.count)
    isLive = graph.liveNodes()
    uses = Array(repeating: 0, count: graph.nodes.count)
    uniform = Array(repeating: nil, count: graph.nodes.count)
    countUses()
    findUniformNodes()
    findFusions()
  }

  /// The node that a node merely passes on.
  func resolve(_ id: NodeID) -> Int {
    var index = id.index
    while case .stopGradient = graph.nodes[index].operation {
      index = graph.nodes[index].inputs[0].index
    }
    return index
  }

  func shape(_ index: Int) -> Shape { graph.nodes[index].shape }

  // MARK: Analysis

  private func countUses() {
    for (index, node) in graph.nodes.enumerated() where isLive[index] {
      if case .stopGradient = node.operation { continue }
      for input in node.inputs {
        uses[resolve(input)] += 1
        onlyReader[resolve(input)] = index
      }
    }
    for output in graph.outputs { uses[resolve(output.node)] += 1 }
    for update in graph.updates {
      for node in update.read + update.changed { uses[resolve(node)] += 1 }
    }
  }

  private func findUniformNodes() {
    for (index, node) in graph.nodes.enumerated() where isLive[index] {
      let inputs = node.inputs.map { uniform[$0.index] }
      switch node.operation {
      case .constant(let value): uniform[index] = value
      case .broadcast, .reshape, .stopGradient, .slice: uniform[index] = inputs[0]
      case .unary(.affine(let scale, let offset)):
        uniform[index] = inputs[0].map { scale * $0 + offset }
      case .binary(let function):
        guard let a = inputs[0], let b = inputs[1] else { continue }
        switch function {
        case .add: uniform[index] = a + b
        case .subtract: uniform[index] = a - b
        case .multiply: uniform[index] = a * b
        case .divide: uniform[index] = a / b
        default: break
        }
      default: break
      }
    }
  }

  private func findFusions() {
    var weightGradients: [NodeID: Int] = [:]
    for (index, node) in graph.nodes.enumerated() where isLive[index] {
      switch node.operation {
      case .denseBackwardWeights, .convolutionBackwardWeights:
        if weightGradients[node.inputs[1]] == nil { weightGradients[node.inputs[1]] = index }
      case .channelSum:
        if let partner = weightGradients[node.inputs[0]], fusedBias[partner] == nil {
          fusedBias[partner] = index
        }
      case .unary(let function):
        let producer = node.inputs[0].index
        guard uses[producer] == 1, function.fused != nil else { continue }
        switch graph.nodes[producer].operation {
        case .dense, .convolution: fusedActivation[producer] = index
        default: break
        }
      default: break
      }
    }
  }

  // MARK: Buffers and steps

  func makeBuffer(
    byteCount: Int,
    isPersistent: Bool = false,
    initialValue: Float? = nil
  ) -> Int {
    buffers.append(
      Buffer(byteCount: byteCount, isPersistent: isPersistent, initialValue: initialValue)
    )
    return buffers.count - 1
  }

  /// One number that never changes.
  func constantPlace(_ value: Float) -> BufferPlace {
    if let known = constants[value] { return BufferPlace(buffer: known) }
    let buffer = makeBuffer(byteCount: 4, isPersistent: true, initialValue: value)
    constants[value] = buffer
    return BufferPlace(buffer: buffer)
  }

  func emit(_ body: Step.Body, _ label: String, reads: [Int], writes: [Int]) {
    steps.append(Step(body: body, label: label, reads: reads, writes: writes))
  }

  /// Emits a primitive with its scratch memory.
  func emit(
    _ primitive: Primitive,
    _ label: String,
    reads: [(hg_arg, BufferPlace)],
    writes: [(hg_arg, BufferPlace)]
  ) {
    var arguments = (reads + writes).map { (argument: $0.0, place: $0.1) }
    var written = writes.map(\.1.buffer)
    if let scratchpad = Descriptor(of: primitive, HG_ARG_SCRATCHPAD) {
      let buffer = makeBuffer(byteCount: scratchpad.byteCount)
      arguments.append((HG_ARG_SCRATCHPAD, BufferPlace(buffer: buffer)))
      written.append(buffer)
    }
    emit(
      .primitive(primitive, arguments),
      "\(label) [\(primitive.implementation)]",
      reads: reads.map(\.1.buffer),
      writes: written
    )
  }

  func label(_ index: Int) -> String {
    let node = graph.nodes[index]
    return node.scope.isEmpty ? node.operation.name : "\(node.scope) \(node.operation.name)"
  }

  // MARK: Forms

  /// The place of a layout of the library's own in the table.
  func opaqueForm(_ descriptor: Descriptor, plain: Descriptor) -> Form {
    if let known = opaqueLayouts.firstIndex(where: { $0.descriptor.isEqual(to: descriptor) }) {
      return .opaque(known)
    }
    opaqueLayouts.append((descriptor, plain))
    return .opaque(opaqueLayouts.count - 1)
  }

  /// The form of an activation that a primitive wants; a new entry of the table if it is unknown.
  func activationForm(
    _ descriptor: Descriptor,
    _ shape: Shape,
    _ type: ElementType
  ) throws(EngineError) -> Form {
    if let form = try geometry.form(of: descriptor, shape, type) { return form }
    return opaqueForm(descriptor, plain: try geometry.descriptor(shape, .plain))
  }

  /// The form of weights that a primitive wants.
  func weightForm(_ descriptor: Descriptor, plain: Descriptor) -> Form {
    descriptor.isEqual(to: plain) ? .plain : opaqueForm(descriptor, plain: plain)
  }

  func descriptor(_ shape: Shape, _ form: Form) throws(EngineError) -> Descriptor {
    if case .opaque(let index) = form { return opaqueLayouts[index].descriptor }
    return try geometry.descriptor(shape, form)
  }

  func extents(_ shape: Shape, _ form: Form) -> [Int] {
    if case .opaque(let index) = form { return [opaqueLayouts[index].descriptor.byteCount / 4] }
    return geometry.extents(shape, form)
  }

  func isPadded(_ shape: Shape, _ form: Form) -> Bool {
    if case .opaque(let index) = form {
      return opaqueLayouts[index].descriptor.byteCount != 4 * shape.elementCount
    }
    return geometry.isPadded(shape, form)
  }

  /// A new gapless place for a tensor.
  func makeLocation(_ shape: Shape, _ form: Form, isPersistent: Bool = false) -> Location {
    let extents = extents(shape, form)
    let count = extents.reduce(1, *)
    let buffer = makeBuffer(byteCount: 4 * Swift.max(count, 1), isPersistent: isPersistent)
    return Location(
      form: form,
      buffer: buffer,
      offset: 0,
      strides: contiguousStrides(extents),
      isContiguous: true
    )
  }

  /// Makes a gapless place for a node's result and notes it.
  func place(_ index: Int, _ form: Form) -> BufferPlace {
    let location = makeLocation(shape(index), form)
    locations[index].append(location)
    return BufferPlace(buffer: location.buffer)
  }
}

extension UnaryFunction {
  /// The activation that the library can compute together with a dense layer or convolution.
  var fused: (kind: hg_fused, alpha: Float)? {
    switch self {
    case .relu: (HG_FUSE_RELU, 0)
    case .leakyRelu(let slope): (HG_FUSE_RELU, slope)
    case .elu(let alpha): (HG_FUSE_ELU, alpha)
    case .tanh: (HG_FUSE_TANH, 0)
    case .logistic: (HG_FUSE_LOGISTIC, 0)
    case .gelu: (HG_FUSE_GELU, 0)
    case .silu: (HG_FUSE_SILU, 0)
    default: nil
    }
  }
}
