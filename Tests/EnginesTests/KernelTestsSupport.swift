import CHourglassOneDNN

/// Numbers in memory between two stretches of marks that must not be written to.
final class Memory {
  private static let margin = 64
  private static let mark: Float = 12345.625

  private let base: UnsafeMutablePointer<Float>
  let count: Int

  /// The first number.
  var data: UnsafeMutablePointer<Float> { base + Self.margin }

  init(_ values: [Float]) {
    count = values.count
    base = .allocate(capacity: values.count + 2 * Self.margin)
    base.initialize(repeating: Self.mark, count: values.count + 2 * Self.margin)
    for index in values.indices { data[index] = values[index] }
  }

  convenience init(count: Int, filled value: Float = -777) {
    self.init([Float](repeating: value, count: count))
  }

  deinit { base.deallocate() }

  var values: [Float] { Array(UnsafeBufferPointer(start: data, count: count)) }

  /// Whether the marks around the numbers are all there.
  var isIntact: Bool {
    (0..<Self.margin).allSatisfy {
      base[$0] == Self.mark && base[Self.margin + count + $0] == Self.mark
    }
  }
}

/// An element-wise program that is put together step by step.
final class Program {
  private let raw: UnsafeMutablePointer<hg_elementwise>
  private var kept: [Memory] = []

  init(_ extents: [Int]) {
    raw = .allocate(capacity: 1)
    raw.initialize(to: hg_elementwise())
    raw.pointee.rank = Int32(extents.count)
    withUnsafeMutableBytes(of: &raw.pointee.extents) { bytes in
      let slots = bytes.bindMemory(to: Int64.self)
      for (slot, extent) in extents.enumerated() { slots[slot] = Int64(extent) }
    }
  }

  deinit { raw.deallocate() }

  /// Adds an operand; all inputs come before the first output.
  @discardableResult
  func operand(_ memory: Memory, offset: Int = 0, strides: [Int], output: Bool = false) -> UInt16 {
    kept.append(memory)
    var operand = hg_operand()
    operand.data = memory.data + offset
    withUnsafeMutableBytes(of: &operand.strides) { bytes in
      let slots = bytes.bindMemory(to: Int64.self)
      for (slot, stride) in strides.enumerated() { slots[slot] = Int64(stride) }
    }
    let index = Int(raw.pointee.register_count)
    withUnsafeMutableBytes(of: &raw.pointee.operands) {
      $0.bindMemory(to: hg_operand.self)[index] = operand
    }
    raw.pointee.register_count += 1
    if output { raw.pointee.output_count += 1 } else { raw.pointee.input_count += 1 }
    return UInt16(index)
  }

  func temporary() -> UInt16 {
    raw.pointee.register_count += 1
    return UInt16(raw.pointee.register_count - 1)
  }

  func add(
    _ opcode: hg_opcode,
    _ dst: UInt16,
    _ a: UInt16,
    _ b: UInt16 = 0,
    _ c: UInt16 = 0,
    p: Float = 0,
    q: Float = 0
  ) {
    let index = Int(raw.pointee.instruction_count)
    let instruction = hg_instruction(
      opcode: UInt16(opcode.rawValue),
      dst: dst,
      a: a,
      b: b,
      c: c,
      p: p,
      q: q
    )
    withUnsafeMutableBytes(of: &raw.pointee.instructions) {
      $0.bindMemory(to: hg_instruction.self)[index] = instruction
    }
    raw.pointee.instruction_count += 1
  }

  func sum(_ source: UInt16, scale: Float, into memory: Memory) {
    kept.append(memory)
    let index = Int(raw.pointee.sum_count)
    withUnsafeMutableBytes(of: &raw.pointee.sums) {
      $0.bindMemory(to: hg_sum.self)[index] = hg_sum(
        source: source,
        scale: scale,
        dst: memory.data
      )
    }
    raw.pointee.sum_count += 1
  }

  func run(threads: Int32 = 1) { hg_elementwise_run(raw, threads) }
}

/// Whether a number is close enough to the exact one; infinities and NaN must be the same.
func isClose(_ got: Float, _ exact: Double, relative: Double, absolute: Double) -> Bool {
  if exact.isNaN { return got.isNaN }
  if got.isNaN { return false }
  let nearest = Float(exact)
  if got == nearest { return true }
  // Next to overflow either of the largest number and infinity will do.
  if nearest.isInfinite || got.isInfinite {
    return (got < 0) == (nearest < 0)
      && min(abs(got), abs(nearest)) >= Float.greatestFiniteMagnitude * (1 - 1e-6)
  }
  return abs(Double(got) - exact) <= relative * abs(exact) + absolute
}

/// Numbers that look random and are the same each time, between -1 and 1.
func scrambled(_ count: Int, seed: UInt64 = 1) -> [Float] {
  var state = seed &* 0x9E37_79B9_7F4A_7C15
  return (0..<count).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(Int32(truncatingIfNeeded: state >> 32)) * 0x1p-31
  }
}

/// The largest difference of numbers from exact ones.
func largestDifference(_ got: [Float], _ exact: [Double]) -> Double {
  zip(got, exact).reduce(0) { max($0, abs(Double($1.0) - $1.1)) }
}
