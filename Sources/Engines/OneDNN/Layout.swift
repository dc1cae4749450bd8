internal import CHourglassOneDNN
internal import HourglassTensors

/// How the elements of a tensor are ordered in memory.
enum Form: Hashable, Sendable {
  /// Row-major order.
  case plain
  /// Channels last: `[batch, height, width, channels]`.
  case channelsLast
  /// Channels in blocks: `[batch, channels / block, height, width, block]`, padded with zeros.
  case blocked(Int)
  /// A layout of the library's own, by its place in the table of the lowering; for weights.
  case opaque(Int)

  /// Whether it is a form with extents and strides that we know.
  var isOurs: Bool {
    if case .opaque = self { false } else { true }
  }
}

/// A part of a buffer seen as a tensor.
struct Location: Hashable {
  var form: Form
  var buffer: Int
  /// The first element.
  var offset: Int
  /// The distance in elements between neighbors of each physical dimension; empty for `opaque`.
  var strides: [Int]
  /// Whether the elements fill their range of the buffer without gaps.
  var isContiguous: Bool

  /// Where the elements begin.
  var place: BufferPlace { BufferPlace(buffer: buffer, offset: offset) }
}

/// How tensors of a shape are shown to the library and to the loops.
///
/// The library sees four dimensions: `[N, C, H, W]` as it is, `[N, C, T]` with a height of 1, and a
/// matrix `[N, F]` as `parts` images with F channels and N / parts places, so that a dense layer
/// is a convolution with a 1x1 kernel. Other ranks are a row of numbers.
struct Geometry {
  /// In how many images the rows of a matrix are cut at least; 1 cuts none.
  let parts: Int

  /// The rows of an image from which on a matrix is cut further: what the second-level cache holds.
  private static let rowsPerPart = 128

  /// The parts of a matrix with this number of rows.
  private func parts(ofRows rows: Int) -> Int {
    guard parts > 1 else { return 1 }
    let many = max(parts, rows / Self.rowsPerPart / parts * parts)
    return rows % many == 0 ? many : rows % parts == 0 ? parts : 1
  }

  /// The four dimensions that the library sees.
  func dims(_ shape: Shape) -> [Int] {
    switch shape.rank {
    case 2:
      let parts = parts(ofRows: shape[0])
      return [parts, shape[1], shape[0] / parts, 1]
    case 3: return [shape[0], shape[1], 1, shape[2]]
    case 4: return shape.dimensions
    default: return [1, 1, 1, shape.elementCount]
    }
  }

  /// The strides of the four dimensions for a form that is not opaque and not blocked.
  func strides(_ shape: Shape, _ form: Form) -> [Int] {
    let dims = dims(shape)
    let (c, h, w) = (dims[1], dims[2], dims[3])
    // A matrix in row-major order has its features innermost.
    let isChannelsLast = form == .channelsLast || shape.rank == 2
    return isChannelsLast ? [c * h * w, 1, w * c, c] : [c * h * w, h * w, w, 1]
  }

  /// The physical dimensions, outermost first, of a form that is not opaque.
  func extents(_ shape: Shape, _ form: Form) -> [Int] {
    switch form {
    case .plain: return shape.dimensions
    case .channelsLast:
      let dims = dims(shape)
      return [dims[0], dims[2], dims[3], dims[1]]
    case .blocked(let block):
      let dims = dims(shape)
      return [dims[0], (dims[1] + block - 1) / block, dims[2] * dims[3], block]
    case .opaque: preconditionFailure("an opaque layout has no extents")
    }
  }

  /// Whether the form holds more elements than the shape has.
  func isPadded(_ shape: Shape, _ form: Form) -> Bool {
    if case .blocked(let block) = form { return dims(shape)[1] % block != 0 }
    return false
  }

  /// A description for the library.
  func descriptor(
    _ shape: Shape,
    _ form: Form,
    _ type: ElementType = .float32
  ) throws(EngineError) -> Descriptor {
    switch form {
    case .plain, .channelsLast:
      return try .strided(dims(shape), strides: strides(shape, form), type)
    case .blocked(let block): return try .blocked(dims(shape), by: block, type)
    case .opaque: preconditionFailure("an opaque layout is described by its table")
    }
  }

  /// The form of a description that the library chose, if it is one of ours.
  func form(
    of descriptor: Descriptor,
    _ shape: Shape,
    _ type: ElementType = .float32
  ) throws(EngineError) -> Form? {
    let candidates: [Form] = [.blocked(8), .blocked(16), .plain, .channelsLast]
    for form in candidates {
      if try self.descriptor(shape, form, type).isEqual(to: descriptor) { return form }
    }
    return nil
  }
}

/// Row-major strides of physical extents.
func contiguousStrides(_ extents: [Int]) -> [Int] {
  var strides = [Int](repeating: 1, count: extents.count)
  for axis in stride(from: extents.count - 2, through: 0, by: -1) {
    strides[axis] = strides[axis + 1] * Swift.max(extents[axis + 1], 1)
  }
  return strides
}
