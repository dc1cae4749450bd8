import CHourglassOneDNN
import Foundation
import Testing

/// One opcode against the same function in double precision.
struct OpcodeCase: CustomTestStringConvertible, Sendable {
  let name: String
  let opcode: UInt32
  var p: Float = 0
  var q: Float = 0
  var relative = 4e-7
  var absolute = 1e-44
  let exact: @Sendable (_ x: Double, _ y: Double, _ z: Double) -> Double

  var testDescription: String { name }

  init(
    _ name: String,
    _ opcode: hg_opcode,
    p: Float = 0,
    q: Float = 0,
    relative: Double = 4e-7,
    absolute: Double = 1e-44,
    exact: @escaping @Sendable (_ x: Double, _ y: Double, _ z: Double) -> Double
  ) {
    self.name = name
    self.opcode = opcode.rawValue
    self.p = p
    self.q = q
    self.relative = relative
    self.absolute = absolute
    self.exact = exact
  }
}

private func sign(_ x: Double) -> Double { x > 0 ? 1 : x < 0 ? -1 : x }
private func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
private func cumulative(_ x: Double) -> Double { 0.5 * erfc(-x * 0.5.squareRoot()) }
private func siluSlope(_ x: Double) -> Double {
  logistic(x) * (1 + x * logistic(-x))
}
private func geluSlope(_ x: Double) -> Double {
  cumulative(x) + x * exp(-0.5 * x * x) / (2 * Double.pi).squareRoot()
}

private let leak = Double(Float(0.1))

private let unary: [OpcodeCase] = [
  OpcodeCase("copy", HG_OP_COPY, relative: 0) { x, _, _ in x },
  OpcodeCase("affine", HG_OP_AFFINE, p: 1.5, q: -0.25, absolute: 1e-7) { x, _, _ in
    1.5 * x - 0.25
  },
  OpcodeCase("abs", HG_OP_ABS, relative: 0) { x, _, _ in abs(x) },
  OpcodeCase("sqrt", HG_OP_SQRT, relative: 1e-7) { x, _, _ in x.squareRoot() },
  OpcodeCase("exp", HG_OP_EXP, absolute: 2e-45) { x, _, _ in exp(x) },
  OpcodeCase("log", HG_OP_LOG, relative: 2e-7) { x, _, _ in log(x) },
  OpcodeCase("reciprocal", HG_OP_RECIPROCAL, relative: 1e-7) { x, _, _ in 1 / x },
  OpcodeCase("square", HG_OP_SQUARE, relative: 1e-7) { x, _, _ in x * x },
  OpcodeCase("sign", HG_OP_SIGN, relative: 0) { x, _, _ in sign(x) },
  OpcodeCase("floor", HG_OP_FLOOR, relative: 0) { x, _, _ in x.rounded(.down) },
  OpcodeCase("relu", HG_OP_RELU, relative: 0) { x, _, _ in x < 0 ? 0 : x },
  OpcodeCase("leaky relu", HG_OP_LEAKY_RELU, p: 0.1, relative: 1e-7) { x, _, _ in
    x > 0 ? x : leak * x
  },
  OpcodeCase("elu", HG_OP_ELU, p: 0.1) { x, _, _ in x > 0 ? x : leak * expm1(x) },
  // The relative error in the lower tail is that of x * x.
  OpcodeCase("gelu", HG_OP_GELU, relative: 6e-7, absolute: 1e-10) { x, _, _ in x * cumulative(x) },
  OpcodeCase("silu", HG_OP_SILU, absolute: 1e-42) { x, _, _ in x / (1 + exp(-x)) },
  OpcodeCase("tanh", HG_OP_TANH) { x, _, _ in tanh(x) },
  OpcodeCase("logistic", HG_OP_LOGISTIC, absolute: 2e-45) { x, _, _ in logistic(x) },
  OpcodeCase("softplus", HG_OP_SOFTPLUS, absolute: 2e-45) { x, _, _ in
    x > 700 ? x : log1p(exp(x))
  },
  OpcodeCase("clip", HG_OP_CLIP, p: -0.5, q: 2, relative: 0) { x, _, _ in
    x < -0.5 ? -0.5 : x > 2 ? 2 : x
  },
]

private let binary: [OpcodeCase] = [
  OpcodeCase("add", HG_OP_ADD, relative: 1e-7) { x, y, _ in x + y },
  OpcodeCase("subtract", HG_OP_SUBTRACT, relative: 1e-7) { x, y, _ in x - y },
  OpcodeCase("multiply", HG_OP_MULTIPLY, relative: 1e-7) { x, y, _ in x * y },
  OpcodeCase("divide", HG_OP_DIVIDE, relative: 1e-7) { x, y, _ in x / y },
  OpcodeCase("maximum", HG_OP_MAXIMUM, relative: 0) { x, y, _ in
    x.isNaN || y.isNaN ? .nan : max(x, y)
  },
  OpcodeCase("minimum", HG_OP_MINIMUM, relative: 0) { x, y, _ in
    x.isNaN || y.isNaN ? .nan : min(x, y)
  },
  OpcodeCase("greater", HG_OP_GREATER, relative: 0) { x, y, _ in x > y ? 1 : 0 },
  OpcodeCase("equal", HG_OP_EQUAL, relative: 0) { x, y, _ in x == y ? 1 : 0 },
  OpcodeCase("abs backward", HG_OP_ABS_BACKWARD, relative: 0) { x, y, _ in sign(x) * y },
  OpcodeCase("sqrt backward", HG_OP_SQRT_BACKWARD, relative: 2e-7) { x, y, _ in y / (2 * x) },
  OpcodeCase("exp backward", HG_OP_EXP_BACKWARD, relative: 1e-7) { x, y, _ in y * x },
  OpcodeCase("log backward", HG_OP_LOG_BACKWARD, relative: 1e-7) { x, y, _ in y / x },
  OpcodeCase("reciprocal backward", HG_OP_RECIPROCAL_BACKWARD) { x, y, _ in -y * (x * x) },
  OpcodeCase("square backward", HG_OP_SQUARE_BACKWARD, relative: 2e-7) { x, y, _ in 2 * x * y },
  OpcodeCase("relu backward", HG_OP_RELU_BACKWARD, relative: 0) { x, y, _ in x > 0 ? y : 0 },
  OpcodeCase("leaky relu backward", HG_OP_LEAKY_RELU_BACKWARD, p: 0.1, relative: 1e-7) { x, y, _ in
    x > 0 ? y : leak * y
  },
  OpcodeCase("elu backward", HG_OP_ELU_BACKWARD, p: 0.1, absolute: 1e-42) { x, y, _ in
    x > 0 ? y : leak * exp(x) * y
  },
  OpcodeCase("gelu backward", HG_OP_GELU_BACKWARD, absolute: 2e-7) { x, y, _ in geluSlope(x) * y },
  OpcodeCase("silu backward", HG_OP_SILU_BACKWARD, absolute: 2e-7) { x, y, _ in siluSlope(x) * y },
  OpcodeCase("tanh backward", HG_OP_TANH_BACKWARD, absolute: 2e-7) { x, y, _ in y * (1 - x * x) },
  OpcodeCase("logistic backward", HG_OP_LOGISTIC_BACKWARD) { x, y, _ in y * x * (1 - x) },
  OpcodeCase("softplus backward", HG_OP_SOFTPLUS_BACKWARD, absolute: 1e-42) { x, y, _ in
    logistic(x) * y
  },
  OpcodeCase("clip backward", HG_OP_CLIP_BACKWARD, p: -0.5, q: 2, relative: 0) { x, y, _ in
    x >= -0.5 && x <= 2 ? y : 0
  },
]

private let ternary: [OpcodeCase] = [
  OpcodeCase("multiply add", HG_OP_MULTIPLY_ADD, absolute: 3e-7) { x, y, z in x * y + z },
  OpcodeCase("select", HG_OP_SELECT, relative: 0) { x, y, z in x != 0 ? y : z },
]

@Suite("Kernel opcodes")
struct KernelTestsOpcodes {
  /// Zeros, the ends of the range, and numbers around which the functions change their course.
  static let edges: [Float] = [
    0, -0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, 0x1p-132, -0x1p-132,
    .leastNormalMagnitude, -.leastNormalMagnitude, 1e-20, -1e-20, 0.5, -0.5, 1, -1, 1.0000001,
    0.99999994, 2, -2, 0.41421356, 0.70710677, 9.01, -9.01, 10, -10, 16.6, -16.6, 87.3, -87.3,
    88.7, -88.7, 88.73, -88.73, 89, -89, 100, -100, 103, -103, 103.9, -103.9, 104.1, -104.1, 200,
    -200, 1e4, -1e4, 1e19, -1e19, 1e38, -1e38, .greatestFiniteMagnitude, -.greatestFiniteMagnitude,
    .infinity, -.infinity, .nan,
  ]

  /// Edges, numbers from -20 to 20, and of all magnitudes.
  static var wide: [Float] {
    var values = edges
    for step in -4000...4000 { values.append(Float(step) * 0.005 + 0.0001) }
    for step in -1500...1280 {
      let magnitude = Float(pow(2, Double(step) * 0.1) * 1.0379)
      values += [magnitude, -magnitude]
    }
    return values
  }

  @Test("One operand", arguments: unary)
  func oneOperand(item: OpcodeCase) {
    let inputs = Self.wide
    let output = Memory(count: inputs.count)
    let program = Program([inputs.count])
    let x = program.operand(Memory(inputs), strides: [1])
    let result = program.operand(output, strides: [1], output: true)
    program.add(hg_opcode(item.opcode), result, x, p: item.p, q: item.q)
    program.run()
    check(item, output, inputs) { item.exact(Double(inputs[$0]), 0, 0) }
  }

  @Test("Two operands", arguments: binary)
  func twoOperands(item: OpcodeCase) {
    var first: [Float] = []
    var second: [Float] = []
    for x in Self.edges {
      for y in [1, -1, 0, 0.3, -2.5, 1e-20, .infinity, .nan] as [Float] {
        // Zero times infinity, where the exact factor is neither, is not looked at.
        if (y == 0 && abs(x) > 1e15) || (y.isInfinite && abs(x) > 16) { continue }
        first.append(x)
        second.append(y)
      }
    }
    for x in Self.wide where abs(x) < 1e15 {
      first.append(x)
      second.append(x.significandWidth % 2 == 0 ? 0.7 : -1.3)
    }
    let output = Memory(count: first.count)
    let program = Program([first.count])
    let x = program.operand(Memory(first), strides: [1])
    let y = program.operand(Memory(second), strides: [1])
    let result = program.operand(output, strides: [1], output: true)
    program.add(hg_opcode(item.opcode), result, x, y, p: item.p, q: item.q)
    program.run()
    check(item, output, first) { item.exact(Double(first[$0]), Double(second[$0]), 0) }
  }

  @Test("Three operands", arguments: ternary)
  func threeOperands(item: OpcodeCase) {
    let first = scrambled(1000, seed: 1).enumerated().map { $0.offset % 3 == 0 ? 0 : $0.element }
    let second = scrambled(1000, seed: 2)
    let third = scrambled(1000, seed: 3)
    let output = Memory(count: 1000)
    let program = Program([1000])
    let x = program.operand(Memory(first), strides: [1])
    let y = program.operand(Memory(second), strides: [1])
    let z = program.operand(Memory(third), strides: [1])
    let result = program.operand(output, strides: [1], output: true)
    program.add(hg_opcode(item.opcode), result, x, y, z)
    program.run()
    check(item, output, first) {
      item.exact(Double(first[$0]), Double(second[$0]), Double(third[$0]))
    }
  }

  private func check(
    _ item: OpcodeCase,
    _ output: Memory,
    _ inputs: [Float],
    exact: (Int) -> Double
  ) {
    var failures = 0
    for (index, got) in output.values.enumerated() {
      let wanted = exact(index)
      if isClose(got, wanted, relative: item.relative, absolute: item.absolute) { continue }
      failures += 1
      if failures <= 5 {
        Issue.record("\(item.name)(\(inputs[index])) is \(got), not \(wanted)")
      }
    }
    #expect(failures == 0)
    #expect(output.isIntact)
  }
}
