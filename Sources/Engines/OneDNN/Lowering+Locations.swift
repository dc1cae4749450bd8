internal import COneDNN
internal import HourglassGraphs
internal import HourglassTensors

/// Where a node's result lies, and how it is brought to where it is wanted.
extension Lowering {
  /// A gapless place where a node's result lies in a form, for the library to read.
  func contiguous(
    _ id: NodeID,
    _ form: Form,
    _ type: ElementType = .float32
  ) throws(EngineError) -> BufferPlace {
    let index = resolve(id)
    if type != .float32 { return try reduced(index, form, type) }
    let found = try location(index, form)
    if found.isContiguous { return BufferPlace(buffer: found.buffer, offset: found.offset) }
    let target = makeLocation(shape(index), form)
    copy(from: found, to: target, shape(index), "copy of \(label(index))")
    locations[index].removeAll { $0.form == form && $0.type == .float32 }
    locations[index].append(target)
    return BufferPlace(buffer: target.buffer)
  }

  /// A copy of a node's result in another type, made once.
  private func reduced(
    _ index: Int,
    _ form: Form,
    _ type: ElementType
  ) throws(EngineError) -> BufferPlace {
    if let known = locations[index].first(where: { $0.form == form && $0.type == type }) {
      return BufferPlace(buffer: known.buffer)
    }
    _ = try homeForm(index)
    let target = try reordered(index, to: form, type)
    locations[index].append(target)
    return BufferPlace(buffer: target.buffer)
  }

  /// Any place where a node's result lies in a form; it is brought there if need be.
  func location(_ index: Int, _ form: Form) throws(EngineError) -> Location {
    if let known = known(index, form) { return known }
    if locations[index].isEmpty { try materialize(index, prefer: form) }
    if let known = known(index, form) { return known }
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
    let target = try reordered(index, to: form)
    locations[index].append(target)
    return target
  }

  private func known(_ index: Int, _ form: Form) -> Location? {
    locations[index].first { $0.form == form && $0.type == .float32 }
  }

  /// The form in which a node's result lies already, or would be computed.
  func homeForm(_ index: Int) throws(EngineError) -> Form {
    if locations[index].isEmpty { try materialize(index, prefer: nil) }
    return locations[index][0].form
  }

  private func reordered(
    _ index: Int,
    to form: Form,
    _ type: ElementType = .float32
  ) throws(EngineError) -> Location {
    let shape = shape(index)
    var source = locations[index][0]
    if !source.isContiguous || needsPlainBetween(source.form, form) {
      if source.form != .plain, needsPlainBetween(source.form, form) {
        source = try location(index, .plain)
      }
      if !source.isContiguous {
        let gapless = makeLocation(shape, source.form)
        copy(from: source, to: gapless, shape, "copy of \(label(index))")
        source = gapless
      }
    }
    let from: Descriptor
    let to: Descriptor
    // Opaque layouts see the tensor's dimensions in their own way, so use their own row-major form.
    if case .opaque(let entry) = form, case .opaque(let own) = source.form {
      from = opaqueLayouts[own].descriptor
      to = opaqueLayouts[entry].descriptor
    } else if case .opaque(let entry) = form {
      from = opaqueLayouts[entry].plain
      to = opaqueLayouts[entry].descriptor
    } else if case .opaque(let entry) = source.form {
      from = opaqueLayouts[entry].descriptor
      to = opaqueLayouts[entry].plain
    } else {
      from = try geometry.descriptor(shape, source.form)
      to = try geometry.descriptor(shape, form, type)
    }
    var target = type == .float32 ? makeLocation(shape, form) : source
    if type != .float32 {
      target = Location(
        form: form,
        type: type,
        buffer: makeBuffer(byteCount: to.byteCount),
        offset: 0,
        strides: [],
        isContiguous: true
      )
    }
    let library = library.handle
    let primitive = try Primitive.make("reordering \(label(index))") {
      hg_reorder_create(&$0, library, from.handle, to.handle)
    }
    emit(
      primitive,
      "reorder of \(label(index)) \(source.form) to \(form)",
      reads: [(HG_ARG_SRC, BufferPlace(buffer: source.buffer, offset: source.offset))],
      writes: [(HG_ARG_DST, BufferPlace(buffer: target.buffer))]
    )
    return target
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
    let program = ElementwiseProgram(
      extents: extents(shape, source.form),
      inputs: [
        .init(
          place: BufferPlace(buffer: source.buffer, offset: source.offset),
          strides: source.strides
        )
      ],
      outputs: [
        .init(
          place: BufferPlace(buffer: target.buffer, offset: target.offset),
          strides: target.strides
        )
      ],
      registerCount: 2,
      instructions: [
        hg_instruction(opcode: UInt16(HG_OP_COPY.rawValue), dst: 1, a: 0, b: 0, c: 0, p: 0, q: 0)
      ],
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
