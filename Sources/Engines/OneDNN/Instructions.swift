internal import CHourglassOneDNN
internal import HourglassGraphs

/// The instruction of an element-wise operation with its operands in registers.
func instruction(_ operation: Operation, to target: Int, _ operands: [Int]) -> hg_instruction {
  var result = hg_instruction(
    opcode: 0,
    dst: UInt16(target),
    a: UInt16(operands[0]),
    b: UInt16(operands.count > 1 ? operands[1] : 0),
    c: 0,
    p: 0,
    q: 0
  )
  let opcode: hg_opcode
  switch operation {
  case .unary(let function):
    opcode = function.opcode
    (result.p, result.q) = function.constants
  case .unaryBackward(let function):
    opcode = function.backwardOpcode
    (result.p, result.q) = function.constants
  case .binary(let function): opcode = function.opcode
  default: opcode = HG_OP_COPY
  }
  result.opcode = UInt16(opcode.rawValue)
  return result
}

extension hg_instruction {
  /// Copies a register.
  static func copy(_ source: Int, to target: Int) -> hg_instruction {
    hg_instruction(
      opcode: UInt16(HG_OP_COPY.rawValue),
      dst: UInt16(target),
      a: UInt16(source),
      b: 0,
      c: 0,
      p: 0,
      q: 0
    )
  }
}

extension UnaryFunction {
  fileprivate var opcode: hg_opcode {
    switch self {
    case .affine: HG_OP_AFFINE
    case .absolute: HG_OP_ABS
    case .squareRoot: HG_OP_SQRT
    case .exponential: HG_OP_EXP
    case .logarithm: HG_OP_LOG
    case .reciprocal: HG_OP_RECIPROCAL
    case .square: HG_OP_SQUARE
    case .sign: HG_OP_SIGN
    case .floor: HG_OP_FLOOR
    case .relu: HG_OP_RELU
    case .leakyRelu: HG_OP_LEAKY_RELU
    case .elu: HG_OP_ELU
    case .gelu: HG_OP_GELU
    case .silu: HG_OP_SILU
    case .tanh: HG_OP_TANH
    case .logistic: HG_OP_LOGISTIC
    case .softplus: HG_OP_SOFTPLUS
    case .clip: HG_OP_CLIP
    }
  }

  fileprivate var backwardOpcode: hg_opcode {
    switch self {
    case .absolute: HG_OP_ABS_BACKWARD
    case .squareRoot: HG_OP_SQRT_BACKWARD
    case .exponential: HG_OP_EXP_BACKWARD
    case .logarithm: HG_OP_LOG_BACKWARD
    case .reciprocal: HG_OP_RECIPROCAL_BACKWARD
    case .square: HG_OP_SQUARE_BACKWARD
    case .relu: HG_OP_RELU_BACKWARD
    case .leakyRelu: HG_OP_LEAKY_RELU_BACKWARD
    case .elu: HG_OP_ELU_BACKWARD
    case .gelu: HG_OP_GELU_BACKWARD
    case .silu: HG_OP_SILU_BACKWARD
    case .tanh: HG_OP_TANH_BACKWARD
    case .logistic: HG_OP_LOGISTIC_BACKWARD
    case .softplus: HG_OP_SOFTPLUS_BACKWARD
    case .clip: HG_OP_CLIP_BACKWARD
    // Their gradients are built from other operations (`Operation+Gradient.swift`).
    case .affine, .sign, .floor: preconditionFailure("\(self) has no backward operation")
    }
  }

  fileprivate var constants: (Float, Float) {
    switch self {
    case .affine(let scale, let offset): (scale, offset)
    case .leakyRelu(let slope): (slope, 0)
    case .elu(let alpha): (alpha, 0)
    case .clip(let lower, let upper): (lower, upper)
    default: (0, 0)
    }
  }

  /// Whether f(0) = 0.
  var keepsZero: Bool {
    switch self {
    case .affine(_, let offset): offset == 0
    case .absolute, .squareRoot, .square, .sign, .floor, .relu, .leakyRelu, .elu, .gelu, .silu,
      .tanh:
      true
    case .clip(let lower, let upper): lower <= 0 && upper >= 0
    case .exponential, .logarithm, .reciprocal, .logistic, .softplus: false
    }
  }

  /// Whether a zero gradient of the result gives a zero gradient where the saved value is 0.
  var backwardKeepsZero: Bool {
    switch self {
    case .squareRoot, .logarithm: false
    default: true
    }
  }
}

extension BinaryFunction {
  fileprivate var opcode: hg_opcode {
    switch self {
    case .add: HG_OP_ADD
    case .subtract: HG_OP_SUBTRACT
    case .multiply: HG_OP_MULTIPLY
    case .divide: HG_OP_DIVIDE
    case .maximum: HG_OP_MAXIMUM
    case .minimum: HG_OP_MINIMUM
    case .greater: HG_OP_GREATER
    case .equal: HG_OP_EQUAL
    }
  }
}
