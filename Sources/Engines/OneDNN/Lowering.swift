internal import CHourglassOneDNN
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
  let analysis: GraphAnalysis

  var steps: [Step] = []
  var buffers: [Buffer] = []
  /// Where each node's result lies, the first its home.
  var locations: [[Location]]
  /// Layouts of the library's own, each with the row-major layout of the same tensor.
  private(set) var opaqueLayouts: [(descriptor: Descriptor, plain: Descriptor)] = []
  /// Copies of results in the operands' type, where that is not float32, by node and form.
  var operandCopies: [OperandCopy: BufferPlace] = [:]
  /// The forms of results that lie in the operands' type alone.
  var halfForms: [Int: Form] = [:]
  /// Memory that a forward primitive leaves for its backward one.
  var workspaces: [Int: BufferPlace] = [:]
  /// Sums that are computed as a part of the sum that reads them.
  var deferredSums = Set<Int>()
  /// Where the caller finds a result.
  var outputPlaces: [Int: BufferPlace] = [:]
  /// The memory of variables and inputs, which changes while nothing is computed from it.
  private(set) var homes = Set<Int>()
  /// Numbers that never change, by their bits.
  private var constants: [UInt32: Int] = [:]

  init(
    _ graph: Graph,
    library: Library,
    parts: Int,
    operandType: ElementType = .float32
  ) {
    self.graph = graph
    self.library = library
    // Without AVX-512 the blocked 1x1 convolution beats the inner product.
    isMatrixBlocked = library.level == .avx2
    self.operandType = operandType
    geometry = Geometry(parts: isMatrixBlocked ? parts : 1)
    locations = Array(repeating: [], count: graph.nodes.count)
    analysis = GraphAnalysis(graph)
  }

  /// The node that a node merely passes on.
  func resolve(_ id: NodeID) -> Int { graph.resolved(id) }

  func shape(_ index: Int) -> Shape { graph.nodes[index].shape }

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
    if let known = constants[value.bitPattern] { return BufferPlace(buffer: known) }
    let buffer = makeBuffer(byteCount: 4, isPersistent: true, initialValue: value)
    constants[value.bitPattern] = buffer
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

  /// Makes the memory of a variable or an input.
  func makeHome(_ index: Int, _ form: Form) {
    let location = makeLocation(shape(index), form, isPersistent: true)
    homes.insert(location.buffer)
    locations[index].append(location)
  }

  /// Whether a node's result is to lie in the operands' type alone.
  func isHalf(_ index: Int) -> Bool {
    operandType != .float32 && analysis.operandsAlone.contains(index)
  }

  /// Makes a gapless place in the operands' type for a node's result and notes it.
  func placeHalf(_ index: Int, _ form: Form) throws(EngineError) -> BufferPlace {
    let descriptor = try geometry.descriptor(shape(index), form, operandType)
    let place = BufferPlace(buffer: makeBuffer(byteCount: descriptor.byteCount))
    operandCopies[OperandCopy(node: index, form: form)] = place
    halfForms[index] = form
    return place
  }

  /// Makes a gapless place for a node's result and notes it.
  func place(_ index: Int, _ form: Form) -> BufferPlace {
    let location = makeLocation(shape(index), form)
    locations[index].append(location)
    return BufferPlace(buffer: location.buffer)
  }
}

/// A result in a form, for the table of copies in another type.
struct OperandCopy: Hashable {
  let node: Int
  let form: Form
}
