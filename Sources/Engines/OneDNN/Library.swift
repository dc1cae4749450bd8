internal import CHourglassOneDNN

/// The library's engine and stream; to be used from one thread.
final class Library {
  let handle: OpaquePointer

  /// What the library will generate code for.
  let level: ProcessorLevel

  init(threads: Int) throws(EngineError) {
    hg_set_threads(Int32(threads))
    var made: OpaquePointer?
    try check(hg_engine_create(&made), while: "starting the engine")
    guard let made else { throw .outOfMemory(bytes: 4096) }
    handle = made
    level = .current
  }

  deinit { hg_engine_destroy(handle) }
}

/// The instruction sets that matter to the choice of primitives.
package enum ProcessorLevel: Int, Comparable, Sendable {
  case basic, avx2, avx512, avx512bfloat16

  /// What the library generates code for on this machine.
  package static var current: ProcessorLevel {
    ProcessorLevel(rawValue: Int(hg_processor_level())) ?? .basic
  }

  package static func < (left: ProcessorLevel, right: ProcessorLevel) -> Bool {
    left.rawValue < right.rawValue
  }
}

/// Throws what the library said when a status is not success.
func check(_ status: Int32, while activity: @autoclosure () -> String) throws(EngineError) {
  guard status != 0 else { return }
  throw .library(
    call: String(cString: hg_last_call()),
    status: String(cString: hg_last_status()),
    while: activity()
  )
}

/// The type of the elements of a buffer.
enum ElementType: Hashable, Sendable {
  case float32, bfloat16

  var library: hg_type { self == .float32 ? HG_FLOAT32 : HG_BFLOAT16 }
  var byteCount: Int { self == .float32 ? 4 : 2 }
}

/// How a tensor lies in memory, in the library's words.
final class Descriptor {
  let handle: OpaquePointer

  private init(_ handle: OpaquePointer) { self.handle = handle }

  /// Takes over what a primitive says of an argument.
  init?(of primitive: Primitive, _ argument: hg_arg) {
    guard let handle = hg_primitive_desc(primitive.handle, argument) else { return nil }
    self.handle = handle
  }

  deinit { hg_desc_destroy(handle) }

  /// Explicit strides in elements.
  static func strided(
    _ dims: [Int],
    strides: [Int],
    _ type: ElementType = .float32
  ) throws(EngineError) -> Descriptor {
    var made: OpaquePointer?
    try check(
      hg_desc_create(
        &made,
        Int32(dims.count),
        dims.map(Int64.init),
        strides.map(Int64.init),
        type.library
      ),
      while: "describing a tensor of shape \(dims)"
    )
    return try wrap(made)
  }

  /// A layout that the primitive is to choose.
  static func any(_ dims: [Int], _ type: ElementType = .float32) throws(EngineError) -> Descriptor {
    var made: OpaquePointer?
    try check(
      hg_desc_create(&made, Int32(dims.count), dims.map(Int64.init), nil, type.library),
      while: "describing a tensor of shape \(dims)"
    )
    return try wrap(made)
  }

  /// Channels in blocks, for four dimensions.
  static func blocked(
    _ dims: [Int],
    by block: Int,
    _ type: ElementType = .float32
  ) throws(EngineError) -> Descriptor {
    var made: OpaquePointer?
    try check(
      hg_desc_create_blocked(&made, dims.map(Int64.init), Int32(block), type.library),
      while: "describing a tensor of shape \(dims)"
    )
    return try wrap(made)
  }

  private static func wrap(_ made: OpaquePointer?) throws(EngineError) -> Descriptor {
    guard let made else { throw .outOfMemory(bytes: 1024) }
    return Descriptor(made)
  }

  /// The size of the memory that it describes, padding included.
  var byteCount: Int { hg_desc_size(handle) }

  func isEqual(to other: Descriptor) -> Bool { hg_desc_equal(handle, other.handle) != 0 }
}

/// A primitive of the library, owned until a program takes it over.
final class Primitive {
  let handle: OpaquePointer
  private var isOwned = true

  private init(_ handle: OpaquePointer) { self.handle = handle }

  deinit { if isOwned { hg_primitive_destroy(handle) } }

  /// Gives the handle to a program, which destroys it.
  func release() -> OpaquePointer {
    isOwned = false
    return handle
  }

  /// The library's name of the implementation, as in `jit:avx2`.
  var implementation: String { String(cString: hg_primitive_implementation(handle)) }

  /// Makes a primitive by one of the shim's functions.
  static func make(
    _ activity: String,
    _ body: (inout OpaquePointer?) -> Int32
  ) throws(EngineError) -> Primitive {
    var made: OpaquePointer?
    try check(body(&made), while: activity)
    guard let made else { throw .outOfMemory(bytes: 4096) }
    return Primitive(made)
  }
}
