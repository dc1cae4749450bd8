package import HourglassGraphs
internal import HourglassTensors

/// The transpose of a convolution along time, bias and activation.
///
/// Shape: `[batch, channels, time]` -> `[batch, outputs, time']` with time' = (time - 1) stride -
/// padding + dilation (kernelSize - 1) + 1 + outputPadding. Parameters:
/// `weight [channels, outputs, kernelSize]`, `bias [outputs]`.
///
/// Reference: Dumoulin, Visin, 2016, "A guide to convolution arithmetic for deep learning",
/// arXiv:1603.07285, relationship 14.
package struct TransposedConvolution1D: Layer {
  package var form: ConvolutionForm
  package var outputPadding: Int

  package init(
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
    form = ConvolutionForm(
      outputs: outputs,
      kernel: [kernelSize],
      strides: [stride],
      padding: padding,
      dilations: [dilation],
      activation: activation,
      includesBias: includesBias,
      initialization: initialization
    )
    self.outputPadding = outputPadding
  }

  package func callAsFunction(_ x: NodeID, in builder: inout GraphBuilder) -> NodeID {
    form.transposedConvolution(of: x, outputPadding: outputPadding, in: &builder)
  }
}

/// The transpose of a convolution over height and width, bias and activation.
///
/// Shape: `[batch, channels, height, width]` -> `[batch, outputs, height', width']`, where each
/// extent follows the formula of `TransposedConvolution1D`. Parameters:
/// `weight [channels, outputs, kernelSize, kernelSize]`, `bias [outputs]`.
package struct TransposedConvolution2D: Layer {
  package var form: ConvolutionForm
  package var outputPadding: Int

  package init(
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
    form = ConvolutionForm(
      outputs: outputs,
      kernel: [kernelSize, kernelSize],
      strides: [stride, stride],
      padding: padding,
      dilations: [dilation, dilation],
      activation: activation,
      includesBias: includesBias,
      initialization: initialization
    )
    self.outputPadding = outputPadding
  }

  package func callAsFunction(_ x: NodeID, in builder: inout GraphBuilder) -> NodeID {
    form.transposedConvolution(of: x, outputPadding: outputPadding, in: &builder)
  }
}

extension ConvolutionForm {
  /// Adds the transposed convolution with its parameters.
  func transposedConvolution(
    of x: NodeID,
    outputPadding: Int,
    in builder: inout GraphBuilder
  ) -> NodeID {
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
}
