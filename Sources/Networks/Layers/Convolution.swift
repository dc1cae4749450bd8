package import HourglassGraphs
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

/// Cross-correlation along time, or over height and width, or its transpose; bias and activation.
///
/// Shape: `[batch, channels, extents…]` -> `[batch, outputs, extents'…]`. Parameters:
/// `weight [outputs, channels, kernelSize…]`, of a transpose `[channels, outputs, kernelSize…]`, and
/// `bias [outputs]`. With explicit padding each extent n of a transpose becomes (n - 1) stride -
/// padding + dilation (kernelSize - 1) + 1 + outputPadding.
///
/// Reference: Dumoulin, Visin, 2016, "A guide to convolution arithmetic for deep learning",
/// arXiv:1603.07285, relationship 14.
package struct ConvolutionLayer: Layer {
  package var isTransposed: Bool
  package var outputs: Int
  package var kernel: [Int]
  package var strides: [Int]
  package var padding: ConvolutionPadding
  package var dilations: [Int]
  package var outputPadding: Int
  package var activation: Activation
  package var includesBias: Bool
  package var initialization: Initialization

  /// - Parameters:
  ///   - rank: The dimensions of space: 1 along time, 2 over height and width.
  ///   - outputs: The channels of the result.
  package init(
    isTransposed: Bool = false,
    rank: Int,
    _ outputs: Int,
    kernelSize: Int,
    stride: Int = 1,
    padding: ConvolutionPadding = .same,
    dilation: Int = 1,
    outputPadding: Int = 0,
    activation: Activation = .identity,
    includesBias: Bool = true,
    initialization: Initialization = .automatic
  ) {
    self.isTransposed = isTransposed
    self.outputs = outputs
    kernel = Array(repeating: kernelSize, count: rank)
    strides = Array(repeating: stride, count: rank)
    self.padding = padding
    dilations = Array(repeating: dilation, count: rank)
    self.outputPadding = outputPadding
    self.activation = activation
    self.includesBias = includesBias
    self.initialization = initialization
  }

  package func callAsFunction(_ x: NodeID, in builder: inout GraphBuilder) -> NodeID {
    isTransposed ? transposed(of: x, in: &builder) : convolution(of: x, in: &builder)
  }

  /// Adds the convolution with its parameters.
  private func convolution(of x: NodeID, in builder: inout GraphBuilder) -> NodeID {
    guard fits(x, operation: "convolution", in: &builder) else { return builder.failed }
    let shape = builder.shape(of: x)
    let weight = builder.parameter(
      "weight",
      Shape([outputs, shape[1]] + kernel),
      initializer(fanIn: shape[1], fanOut: outputs, outputStep: strides.reduce(1, *))
    )
    let bias = includesBias ? builder.parameter("bias", [outputs], .constant(0)) : nil
    let geometry = geometry(over: Array(shape.dimensions.dropFirst(2)))
    return activation(builder.convolution(x, weight, bias: bias, geometry), in: &builder)
  }

  /// Adds the transposed convolution with its parameters.
  private func transposed(of x: NodeID, in builder: inout GraphBuilder) -> NodeID {
    guard fits(x, operation: "transposedConvolution", in: &builder) else { return builder.failed }
    let shape = builder.shape(of: x)
    let input = Array(shape.dimensions.dropFirst(2))
    let weight = builder.parameter(
      "weight",
      Shape([shape[1], outputs] + kernel),
      initializer(fanIn: shape[1], fanOut: outputs, inputStep: strides.reduce(1, *))
    )
    let geometry: Convolution
    let spatial: [Int]
    if padding == .same {
      spatial = (0..<rank).map { input[$0] * strides[$0] }
      geometry = self.geometry(over: spatial)
    } else {
      geometry = self.geometry(over: input)
      spatial = (0..<rank).map {
        (input[$0] - 1) * strides[$0] - geometry.paddingBefore[$0] - geometry.paddingAfter[$0]
          + span($0) + outputPadding
      }
    }
    var result = builder.convolutionBackwardData(x, weight, geometry, spatial: spatial)
    if includesBias {
      let bias = builder.parameter("bias", [outputs], .constant(0))
      result = builder.sum(result, builder.channelwise(bias, rank: rank + 2))
    }
    return activation(result, in: &builder)
  }

  /// The number of dimensions of space.
  private var rank: Int { kernel.count }

  /// The number of elements that a kernel spans along an axis.
  private func span(_ axis: Int) -> Int { dilations[axis] * (kernel[axis] - 1) + 1 }

  /// Whether the form can be applied to this shape; a mistake is kept by the builder.
  private func fits(_ x: NodeID, operation: String, in builder: inout GraphBuilder) -> Bool {
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
  private func geometry(over extents: [Int]) -> Convolution {
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
  private func initializer(fanIn: Int, fanOut: Int, inputStep: Int = 1, outputStep: Int = 1)
    -> Initializer
  {
    let taps = Float(kernel.reduce(1, *))
    return initialization.initializer(
      fanIn: max(Float(fanIn) * taps / Float(inputStep), 1),
      fanOut: max(Float(fanOut) * taps / Float(outputStep), 1),
      activation: activation
    )
  }
}
