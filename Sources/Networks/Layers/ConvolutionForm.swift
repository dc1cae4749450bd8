internal import HourglassGraphs
internal import HourglassTensors

/// The zeros around the input of a convolution.
package enum ConvolutionPadding: Hashable, Sendable {
  /// As many as give ⌈n / stride⌉ results for n elements, the odd one after the last; for a
  /// transposed convolution as many as give n · stride results.
  case same
  /// The same number before and after, in each dimension of space.
  case explicit(Int)
  /// A number before and after for each dimension of space.
  case asymmetric(before: [Int], after: [Int])
}

/// What convolutions and transposed convolutions in one and two dimensions of space share.
package struct ConvolutionForm: Hashable, Sendable {
  package var outputs: Int
  package var kernel: [Int]
  package var strides: [Int]
  package var padding: ConvolutionPadding
  package var dilations: [Int]
  package var activation: Activation
  package var includesBias: Bool
  package var initialization: Initialization

  /// The number of dimensions of space.
  var rank: Int { kernel.count }

  /// The number of elements that a kernel spans along an axis.
  func span(_ axis: Int) -> Int { dilations[axis] * (kernel[axis] - 1) + 1 }

  /// Whether the form can be applied to this shape; a mistake is kept by the builder.
  func fits(_ x: NodeID, operation: String, in builder: inout GraphBuilder) -> Bool {
    let shape = builder.shape(of: x)
    var hasPadding = true
    switch padding {
    case .same: break
    case .explicit(let count): hasPadding = count >= 0
    case .asymmetric(let before, let after):
      hasPadding =
        before.count == rank && after.count == rank && (before + after).allSatisfy { $0 >= 0 }
    }
    return x != builder.failed
      && builder.require(
        shape.rank == rank + 2 && shape[1] > 0 && widthRange.contains(outputs) && hasPadding
          && [kernel, strides, dilations].allSatisfy { $0.allSatisfy { $0 > 0 } },
        of: operation,
        expected: "x [N, C, …] with \(rank) dimensions of space, positive outputs, kernel, "
          + "strides and dilations, and no negative padding",
        found: "\(shape), \(outputs) outputs, kernel \(kernel), strides \(strides), "
          + "dilations \(dilations), padding \(padding)"
      )
  }

  /// The geometry over an input with these extents, whose result `same` padding makes
  /// ⌈n / stride⌉ long.
  func geometry(over extents: [Int]) -> Convolution {
    var geometry = Convolution(
      strides: strides,
      paddingBefore: Array(repeating: 0, count: rank),
      paddingAfter: Array(repeating: 0, count: rank),
      dilations: dilations
    )
    for axis in 0..<rank {
      switch padding {
      case .same:
        let count = (extents[axis] + strides[axis] - 1) / strides[axis]
        let total = max((count - 1) * strides[axis] + span(axis) - extents[axis], 0)
        geometry.paddingBefore[axis] = total / 2
        geometry.paddingAfter[axis] = total - total / 2
      case .explicit(let count):
        geometry.paddingBefore[axis] = count
        geometry.paddingAfter[axis] = count
      case .asymmetric(let before, let after):
        geometry.paddingBefore[axis] = before[axis]
        geometry.paddingAfter[axis] = after[axis]
      }
    }
    return geometry
  }

  /// The start of the weights; `fanIn` counts the terms of one result.
  func initializer(fanIn: Int, fanOut: Int, inputStep: Int = 1, outputStep: Int = 1) -> Initializer
  {
    let taps = Float(kernel.reduce(1, *))
    return initialization.initializer(
      fanIn: max(Float(fanIn) * taps / Float(inputStep), 1),
      fanOut: max(Float(fanOut) * taps / Float(outputStep), 1),
      activation: activation
    )
  }
}
