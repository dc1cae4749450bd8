internal import CHourglassOneDNN
package import HourglassGraphs
package import HourglassTensors

/// A graph compiled to primitives of oneDNN and fused loops, with all its memory.
///
/// After the first run nothing is allocated here. It is to be used from the thread that made it.
package final class OneDNNPlan: Plan {
  package let graph: Graph
  /// The bytes of the arena that holds every tensor of the plan.
  package let arenaByteCount: Int
  /// One line for each step, for the profile.
  package let stepLabels: [String]
  /// Whether a step is a layer's own primitive: no reorder and no loop of ours.
  package let isProduct: [Bool]
  /// The threads that the plan computes with.
  package let threads: Int
  /// Whether products are computed in bfloat16.
  package let isHalf: Bool

  private let library: Library
  private let program: OpaquePointer
  private let arena: UnsafeMutableRawPointer
  private let inputs: [Int: BufferPlace]
  private let outputs: [Int: BufferPlace]
  private let variables: [Int: (place: BufferPlace, toPlain: Transfer?)]
  private let offsets: [Int]

  /// Brings a variable between row-major order and the layout in which the plan keeps it.
  private struct Transfer {
    let descriptor: Descriptor
    let plain: Descriptor
  }

  /// Work below this many multiply-adds a step is done by one thread: waking another costs more.
  package static let singleThreadLimit = 4_000_000

  /// Work below this many multiply-adds a step gains nothing from bfloat16.
  package static let halfLimit = 50_000_000

  /// Whether products are computed in bfloat16.
  ///
  /// With automatic precision they are where the processor has the format, the network is large enough, and
  /// it is being trained: the model is then applied in single precision.
  private static func isHalf(
    _ precision: ComputePrecision,
    _ graph: Graph,
    _ level: ProcessorLevel
  ) -> Bool {
    switch precision {
    case .float32: false
    case .bfloat16: true
    case .automatic:
      level >= .avx512bfloat16 && !graph.updates.isEmpty && graph.multiplyAdds >= halfLimit
    }
  }

  /// Compiles a graph; below `singleThreadLimit` multiply-adds a step one thread is used.
  package init(
    _ graph: Graph,
    seed: UInt64,
    threads: Int,
    precision: ComputePrecision = .float32,
    singleThreadLimit: Int = OneDNNPlan.singleThreadLimit
  ) throws(EngineError) {
    self.graph = graph
    let threads = graph.multiplyAdds < singleThreadLimit ? 1 : max(threads, 1)
    self.threads = threads
    library = try Library(threads: threads)
    let isHalf = Self.isHalf(precision, graph, library.level)
    if isHalf, library.level < .avx512 {
      throw .unsupportedPrecision(
        "bfloat16",
        reason: "it needs a processor with AVX-512, which this one lacks"
      )
    }
    let lowering = Lowering(
      graph,
      library: library,
      parts: max(threads, 2),
      operandType: isHalf ? .bfloat16 : .float32
    )
    try lowering.lower()
    let memory = MemoryPlan(buffers: lowering.buffers, steps: lowering.steps)
    guard let arena = hg_allocate(memory.byteCount) else {
      throw .outOfMemory(bytes: memory.byteCount)
    }
    self.arena = arena
    arena.initializeMemory(as: UInt8.self, repeating: 0, count: memory.byteCount)
    arenaByteCount = memory.byteCount
    offsets = memory.offsets
    stepLabels = lowering.steps.map(\.label)
    isProduct = lowering.steps.map(\.isProduct)
    self.isHalf = isHalf
    outputs = lowering.outputPlaces
    inputs = Dictionary(
      uniqueKeysWithValues: graph.inputs.compactMap { _, node in
        lowering.locations[node.index].first.map {
          (node.index, BufferPlace(buffer: $0.buffer, offset: $0.offset))
        }
      }
    )
    var variables: [Int: (place: BufferPlace, toPlain: Transfer?)] = [:]
    for (_, node) in graph.variables + graph.fixedTensors {
      // A fixed tensor that nothing reads has no place.
      guard let home = lowering.locations[node.index].first else { continue }
      var transfer: Transfer?
      if case .opaque(let entry) = home.form {
        let layout = lowering.opaqueLayouts[entry]
        transfer = Transfer(descriptor: layout.descriptor, plain: layout.plain)
      }
      variables[node.index] = (BufferPlace(buffer: home.buffer, offset: home.offset), transfer)
    }
    self.variables = variables
    var made: OpaquePointer?
    let status = hg_program_create(&made, library.handle, Int32(threads))
    guard status == 0, let made else {
      hg_free(arena)
      throw .outOfMemory(bytes: 4096)
    }
    program = made
    for (index, buffer) in lowering.buffers.enumerated() {
      if let value = buffer.initialValue { pointer(BufferPlace(buffer: index))[0] = value }
    }
    for step in lowering.steps { try add(step, seed: seed) }
    for (variable, node) in graph.variables + graph.fixedTensors
    where variables[node.index] != nil {
      setValue(
        variable.initializer.tensor(name: variable.name, shape: graph[node].shape, seed: seed),
        ofVariable: node
      )
    }
  }

  deinit {
    hg_program_destroy(program)
    hg_free(arena)
  }

  // MARK: Plan

  package func withInput(_ node: NodeID, _ body: (inout MutableSpan<Float>) -> Void) {
    // An input that no result depends on has no memory; writing to it changes nothing.
    let count = graph[node].shape.elementCount
    guard let place = inputs[node.index] else {
      var ignored = [Float](repeating: 0, count: count)
      var span = ignored.mutableSpan
      return body(&span)
    }
    var span = MutableSpan(_unsafeStart: pointer(place), count: count)
    body(&span)
  }

  package func run(step: UInt64) throws(EngineError) {
    try check(hg_program_run(program, step), while: "running the network")
  }

  package func withOutput(_ node: NodeID, _ body: (Span<Float>) -> Void) {
    guard let place = outputs[graph.resolved(node)] else {
      preconditionFailure("%\(node.index) is not a result of the graph")
    }
    body(Span(_unsafeStart: pointer(place), count: graph[node].shape.elementCount))
  }

  package func value(ofVariable node: NodeID) -> Tensor {
    let shape = graph[node].shape
    guard let (place, transfer) = variables[node.index] else {
      preconditionFailure("%\(node.index) is not a variable")
    }
    var scalars = [Float](repeating: 0, count: shape.elementCount)
    scalars.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return }
      if let transfer {
        reorder(from: transfer.descriptor, pointer(place), to: transfer.plain, start)
      } else {
        start.update(from: pointer(place), count: buffer.count)
      }
    }
    return Tensor(scalars, shape: shape)
  }

  package func setValue(_ value: Tensor, ofVariable node: NodeID) {
    guard let (place, transfer) = variables[node.index] else {
      preconditionFailure("%\(node.index) is not a variable")
    }
    precondition(value.shape == graph[node].shape, "a variable keeps its shape")
    var scalars = value.scalars
    scalars.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return }
      if let transfer {
        reorder(from: transfer.plain, start, to: transfer.descriptor, pointer(place))
      } else {
        pointer(place).update(from: start, count: buffer.count)
      }
    }
  }

  private func reorder(
    from: Descriptor,
    _ source: UnsafeMutablePointer<Float>,
    to: Descriptor,
    _ target: UnsafeMutablePointer<Float>
  ) {
    let status = hg_reorder_now(library.handle, from.handle, source, to.handle, target)
    precondition(status == 0, "a layout that the library chose can be reordered")
  }

  // MARK: Profile

  /// Switches the measuring of each step on or off.
  package func profile(_ isOn: Bool) { hg_program_profile(program, isOn ? 1 : 0) }

  /// The seconds that each step took since the profile was switched on.
  package var stepSeconds: [Double] {
    (0..<hg_program_count(program)).map { hg_program_seconds(program, $0) }
  }

  // MARK: Building the program

  private func pointer(_ place: BufferPlace) -> UnsafeMutablePointer<Float> {
    (arena + offsets[place.buffer]).assumingMemoryBound(to: Float.self) + place.offset
  }

  private func add(_ step: Step, seed: UInt64) throws(EngineError) {
    let status: Int32
    switch step.body {
    case .primitive(let primitive, let arguments):
      var pointers = [UnsafeMutableRawPointer?](repeating: nil, count: Int(HG_ARG_COUNT.rawValue))
      for (argument, place) in arguments {
        pointers[Int(argument.rawValue)] = UnsafeMutableRawPointer(pointer(place))
      }
      status = hg_program_add_primitive(program, primitive.release(), pointers)
    case .elementwise(let elementwise): status = add(elementwise)
    case .reduce(let kind, let source, let target, let outer, let middle, let inner, let scale):
      status = hg_program_add_reduce(
        program,
        kind,
        pointer(source),
        pointer(target),
        Int64(outer),
        Int64(middle),
        Int64(inner),
        scale
      )
    case .random(let kind, let stream, let target, let count):
      status = hg_program_add_random(program, kind, seed, stream, pointer(target), Int64(count))
    case .standardize(let source, let target, let mean, let variance, let extents, let epsilon):
      status = hg_program_add_standardize(
        program,
        pointer(source),
        pointer(target),
        pointer(mean),
        pointer(variance),
        Int64(extents[0]),
        Int64(extents[1]),
        Int64(extents[2]),
        epsilon
      )
    case .standardizeBackward(
      let result,
      let variance,
      let gradient,
      let target,
      let extents,
      let epsilon
    ):
      status = hg_program_add_standardize_backward(
        program,
        pointer(result),
        pointer(variance),
        pointer(gradient),
        pointer(target),
        Int64(extents[0]),
        Int64(extents[1]),
        Int64(extents[2]),
        epsilon
      )
    case .gather(let table, let indices, let target, let extents):
      status = hg_program_add_gather(
        program,
        pointer(table),
        pointer(indices),
        pointer(target),
        Int64(extents[0]),
        Int64(extents[1]),
        Int64(extents[2])
      )
    case .scatter(let source, let indices, let target, let extents):
      status = hg_program_add_scatter(
        program,
        pointer(source),
        pointer(indices),
        pointer(target),
        Int64(extents[0]),
        Int64(extents[1]),
        Int64(extents[2])
      )
    case .adam(let adam):
      status = hg_program_add_adam(
        program,
        pointer(adam.parameter),
        pointer(adam.gradient),
        pointer(adam.firstMoment),
        pointer(adam.secondMoment),
        Int64(adam.count),
        pointer(adam.learningRate),
        pointer(adam.step),
        adam.gradientScale.map { pointer($0) },
        adam.beta1,
        adam.beta2,
        adam.epsilon,
        adam.weightDecay
      )
    case .gradientDescent(let descent):
      status = hg_program_add_sgd(
        program,
        pointer(descent.parameter),
        pointer(descent.gradient),
        descent.velocity.map { pointer($0) },
        Int64(descent.count),
        pointer(descent.learningRate),
        descent.gradientScale.map { pointer($0) },
        descent.momentum,
        descent.isNesterov ? 1 : 0,
        descent.weightDecay
      )
    case .movingAverage(let average, let source, let count, let decay, let limit):
      status = hg_program_add_moving_average(
        program,
        pointer(average),
        pointer(source),
        Int64(count),
        decay,
        limit.map { pointer($0) }
      )
    case .copy(let source, let target, let byteCount):
      status = hg_program_add_copy(program, pointer(source), pointer(target), byteCount)
    }
    try check(status, while: "compiling \(step.label)")
  }

  private func add(_ elementwise: ElementwiseProgram) -> Int32 {
    let operands = elementwise.inputs + elementwise.outputs
    var status = hg_program_add_elementwise(
      program,
      Int32(elementwise.extents.count),
      elementwise.extents.map(Int64.init),
      Int32(elementwise.inputs.count),
      Int32(elementwise.outputs.count),
      Int32(elementwise.registerCount)
    )
    for (index, operand) in operands.enumerated() where status == 0 {
      status = hg_program_add_operand(
        program,
        Int32(index),
        pointer(operand.place),
        operand.strides.map(Int64.init),
        operand.isHalf ? 1 : 0
      )
    }
    for instruction in elementwise.instructions where status == 0 {
      status = hg_program_add_instruction(program, instruction)
    }
    for sum in elementwise.sums where status == 0 {
      status = hg_program_add_sum(
        program,
        hg_sum(source: UInt16(sum.register), scale: sum.scale, dst: pointer(sum.target))
      )
    }
    return status
  }
}
