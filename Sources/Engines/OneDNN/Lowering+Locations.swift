internal import CHourglassOneDNN
internal import HourglassGraphs
internal import HourglassTensors

/// Finding a node's result in the form that its reader wants.
extension Lowering {
  /// A gapless place where a node's result lies in a form, for the library to read.
  func contiguous(_ id: NodeID, _ form: Form) throws(EngineError) -> BufferPlace {
    let index = resolve(id)
    let found = try location(index, form)
    if found.isContiguous { return found.place }
    let target = makeLocation(shape(index), form)
    copy(from: found, to: target, shape(index), "copy of \(label(index))")
    // In the same position: the first one is the home, which stays what it was.
    locations[index] = locations[index].map { $0 == found ? target : $0 }
    return target.place
  }

  /// A gapless place where a node's result lies in a form and in the type that dense layers and
  /// convolutions read.
  func operand(_ id: NodeID, _ form: Form) throws(EngineError) -> BufferPlace {
    guard operandType != .float32 else { return try contiguous(id, form) }
    let index = resolve(id)
    let key = OperandCopy(node: index, form: form)
    if let known = operandCopies[key] { return known }
    if locations[index].isEmpty, halfForms[index] == nil {
      try materialize(index, prefer: form)
      if let known = operandCopies[key] { return known }
    }
    let byteCount: Int
    if case .opaque(let entry) = form {
      byteCount = opaqueLayouts[entry].descriptor.byteCount
    } else {
      byteCount = try geometry.descriptor(shape(index), form, operandType).byteCount
    }
    let target = Location(
      form: form,
      buffer: makeBuffer(byteCount: byteCount),
      offset: 0,
      strides: [],
      isContiguous: true
    )
    if let half = halfForms[index], locations[index].isEmpty, case .opaque = form {
      try widen(index, from: half)
    }
    if let home = locations[index].first {
      try reorder(home, to: target, shape(index), label(index), operandType)
    } else if let half = halfForms[index] {
      try reorderHalf(index, half, to: target, operandType)
    }
    operandCopies[key] = target.place
    return target.place
  }

  /// Brings a result that lies in the operands' type alone to float32.
  private func widen(_ index: Int, from form: Form) throws(EngineError) {
    let target = makeLocation(shape(index), form)
    try reorderHalf(index, form, to: target, .float32)
    locations[index].append(target)
  }

  /// Brings a result that lies in the operands' type to another form or type.
  private func reorderHalf(
    _ index: Int,
    _ form: Form,
    to target: Location,
    _ type: ElementType
  ) throws(EngineError) {
    guard let source = operandCopies[OperandCopy(node: index, form: form)] else { return }
    let from = try geometry.descriptor(shape(index), form, operandType)
    let to = try geometry.descriptor(shape(index), target.form, type)
    try emitReorder(
      of: label(index),
      "bfloat16 \(form) to \(type) \(target.form)",
      from,
      at: source,
      to,
      at: target.place
    )
  }

  /// Any place where a node's result lies in a form; it is brought there if need be.
  func location(_ index: Int, _ form: Form) throws(EngineError) -> Location {
    if let known = locations[index].first(where: { $0.form == form }) { return known }
    if locations[index].isEmpty, halfForms[index] == nil {
      try materialize(index, prefer: form)
    }
    if let half = halfForms[index], locations[index].isEmpty { try widen(index, from: half) }
    if let known = locations[index].first(where: { $0.form == form }) { return known }
    // One channel lies the same way first or last.
    if form == .channelsLast, shape(index).rank > 2, shape(index)[1] == 1 {
      var same = try location(index, .plain)
      if same.isContiguous {
        same.form = form
        same.strides = contiguousStrides(extents(shape(index), form))
        locations[index].append(same)
        return same
      }
    }
    var source = locations[index][0]
    if needsPlainBetween(source.form, form) { source = try location(index, .plain) }
    let target = try reordered(source, shape(index), to: form, label(index))
    locations[index].append(target)
    return target
  }

  /// The form in which a node's result lies already, or would be computed.
  func homeForm(_ index: Int) throws(EngineError) -> Form {
    if locations[index].isEmpty, halfForms[index] == nil {
      try materialize(index, prefer: nil)
    }
    return locations[index].first?.form ?? halfForms[index] ?? .plain
  }

  /// A new place where a tensor lies in another form.
  func reordered(
    _ source: Location,
    _ shape: Shape,
    to form: Form,
    _ label: String
  ) throws(EngineError) -> Location {
    let target = makeLocation(shape, form)
    try reorder(source, to: target, shape, label)
    return target
  }

  /// Brings a tensor from one place to another of any form and type.
  func reorder(
    _ source: Location,
    to target: Location,
    _ shape: Shape,
    _ label: String,
    _ type: ElementType = .float32
  ) throws(EngineError) {
    if source.form == target.form, type == .float32 {
      return copy(from: source, to: target, shape, label)
    }
    var source = source
    // A layout of the library's own describes the plain one in single precision.
    var isToHalf = false
    if case .opaque = source.form, type != .float32 { isToHalf = target.form.isOurs }
    if needsPlainBetween(source.form, target.form) || isToHalf {
      source = try reordered(source, shape, to: .plain, label)
    }
    if !source.isContiguous {
      let gapless = makeLocation(shape, source.form)
      copy(from: source, to: gapless, shape, "copy of \(label)")
      source = gapless
    }
    let from: Descriptor
    let to: Descriptor
    // Opaque layouts see the tensor's dimensions in their own way, so use their own row-major form.
    if case .opaque(let entry) = target.form, case .opaque(let own) = source.form {
      from = opaqueLayouts[own].descriptor
      to = opaqueLayouts[entry].descriptor
    } else if case .opaque(let entry) = target.form {
      from = opaqueLayouts[entry].plain
      to = opaqueLayouts[entry].descriptor
    } else if case .opaque(let entry) = source.form {
      from = opaqueLayouts[entry].descriptor
      to = opaqueLayouts[entry].plain
    } else {
      from = try geometry.descriptor(shape, source.form)
      to = try geometry.descriptor(shape, target.form, type)
    }
    try emitReorder(
      of: label,
      "\(source.form) to \(target.form)",
      from,
      at: source.place,
      to,
      at: target.place
    )
  }

  /// Emits the step that brings values from one layout to another.
  private func emitReorder(
    of label: String,
    _ change: String,
    _ from: Descriptor,
    at source: BufferPlace,
    _ to: Descriptor,
    at target: BufferPlace
  ) throws(EngineError) {
    let library = library.handle
    let primitive = try Primitive.make("reordering \(label)") {
      hg_reorder_create(&$0, library, from.handle, to.handle)
    }
    emit(
      primitive,
      "reorder of \(label) \(change)",
      reads: [(HG_ARG_SRC, source)],
      writes: [(HG_ARG_DST, target)]
    )
  }

  private func needsPlainBetween(_ source: Form, _ target: Form) -> Bool {
    if case .opaque(let from) = source, case .opaque(let to) = target {
      return !opaqueLayouts[from].plain.isEqual(to: opaqueLayouts[to].plain)
    }
    if case .opaque = target { return source != .plain }
    if case .opaque = source { return target != .plain }
    return false
  }

  /// Copies between two places of one form.
  func copy(from source: Location, to target: Location, _ shape: Shape, _ label: String) {
    copy(
      from: source,
      strides: source.strides,
      to: target,
      extents: extents(shape, source.form),
      label
    )
  }

  /// Copies to a place from one that is read with strides of its own.
  func copy(
    from source: Location,
    strides: [Int],
    to target: Location,
    extents: [Int],
    _ label: String
  ) {
    let program = ElementwiseProgram(
      extents: extents,
      inputs: [.init(place: source.place, strides: strides)],
      outputs: [.init(place: target.place, strides: target.strides)],
      registerCount: 2,
      instructions: [.copy(0, to: 1)],
      sums: []
    )
    emit(
      .elementwise(program.collapsed()),
      label,
      reads: [source.buffer],
      writes: [target.buffer]
    )
  }
}
