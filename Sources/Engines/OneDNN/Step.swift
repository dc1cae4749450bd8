internal import CHourglassOneDNN

/// A place in a buffer.
struct BufferPlace: Hashable {
  var buffer: Int
  /// In elements of 4 bytes.
  var offset: Int = 0
}

/// Memory that steps read and write; placed when all steps are known.
struct Buffer {
  var byteCount: Int
  /// Kept between runs: variables, inputs, constants, results.
  var isPersistent: Bool
  /// What fills it before the first run.
  var initialValue: Float?
}

/// One entry of a program, before its memory has been placed.
struct Step {
  enum Body {
    case primitive(Primitive, [(argument: hg_arg, place: BufferPlace)])
    case elementwise(ElementwiseProgram)
    case reduce(
      hg_reduction,
      source: BufferPlace,
      target: BufferPlace,
      outer: Int,
      middle: Int,
      inner: Int,
      scale: Float
    )
    case random(hg_random, stream: UInt32, target: BufferPlace, count: Int)
    case standardize(
      source: BufferPlace,
      target: BufferPlace,
      mean: BufferPlace,
      variance: BufferPlace,
      extents: [Int],
      epsilon: Float
    )
    case standardizeBackward(
      result: BufferPlace,
      variance: BufferPlace,
      gradient: BufferPlace,
      target: BufferPlace,
      extents: [Int],
      epsilon: Float
    )
    case gather(table: BufferPlace, indices: BufferPlace, target: BufferPlace, extents: [Int])
    case scatter(source: BufferPlace, indices: BufferPlace, target: BufferPlace, extents: [Int])
    case adam(AdamStep)
    case gradientDescent(GradientDescentStep)
    case movingAverage(
      average: BufferPlace,
      source: BufferPlace,
      count: Int,
      decay: Float,
      limit: BufferPlace?
    )
    case copy(source: BufferPlace, target: BufferPlace, byteCount: Int)
  }

  var body: Body
  /// For the printer and the profile.
  var label: String
  var reads: [Int]
  var writes: [Int]

  /// Whether it is a layer's own primitive: no reorder and no loop of ours.
  var isProduct: Bool {
    if case .primitive = body { !label.hasPrefix("reorder") } else { false }
  }
}

/// The operands of an Adam update.
struct AdamStep {
  var parameter: BufferPlace
  var gradient: BufferPlace
  var firstMoment: BufferPlace
  var secondMoment: BufferPlace
  var learningRate: BufferPlace
  var step: BufferPlace
  var gradientScale: BufferPlace?
  var count: Int
  var beta1: Float
  var beta2: Float
  var epsilon: Float
  var weightDecay: Float
}

/// The operands of a step of gradient descent.
struct GradientDescentStep {
  var parameter: BufferPlace
  var gradient: BufferPlace
  var velocity: BufferPlace?
  var learningRate: BufferPlace
  var gradientScale: BufferPlace?
  var count: Int
  var momentum: Float
  var isNesterov: Bool
  var weightDecay: Float
}

/// A chain of element-wise functions run in one pass over memory.
///
/// Registers are numbered: inputs first, then outputs, then temporaries.
struct ElementwiseProgram {
  struct Operand {
    var place: BufferPlace
    var strides: [Int]
    /// Whether the elements are bfloat16, without gaps.
    var isHalf = false
  }

  struct Sum {
    var register: Int
    var target: BufferPlace
    var scale: Float
  }

  var extents: [Int]
  var inputs: [Operand]
  var outputs: [Operand]
  var registerCount: Int
  var instructions: [hg_instruction]
  var sums: [Sum]

  /// Merges neighboring dimensions along which every operand is contiguous, and drops those of
  /// extent 1, so that the innermost loop is as long as it can be.
  func collapsed() -> ElementwiseProgram {
    var operands = inputs + outputs
    var extents = extents
    for axis in extents.indices.reversed() where extents[axis] == 1 {
      extents.remove(at: axis)
      for index in operands.indices { operands[index].strides.remove(at: axis) }
    }
    var axis = extents.count - 2
    while axis >= 0 {
      let merges = operands.allSatisfy {
        $0.strides[axis] == $0.strides[axis + 1] * extents[axis + 1]
      }
      if merges {
        extents[axis] *= extents[axis + 1]
        extents.remove(at: axis + 1)
        for index in operands.indices { operands[index].strides.remove(at: axis) }
      }
      axis -= 1
    }
    let isSimple = operands.enumerated().allSatisfy { index, operand in
      operand.strides.last == 1 || (operand.strides.last == 0 && index < inputs.count)
    }
    if extents.isEmpty || !isSimple {
      extents.append(1)
      for index in operands.indices { operands[index].strides.append(index < inputs.count ? 0 : 1) }
    }
    var result = self
    result.extents = extents
    result.inputs = Array(operands.prefix(inputs.count))
    result.outputs = Array(operands.dropFirst(inputs.count))
    return result
  }
}
