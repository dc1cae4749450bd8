package import HourglassGraphs
internal import HourglassTensors

/// Cross-correlation along time, bias and activation.
///
/// Shape: `[batch, channels, time]` -> `[batch, outputs, time']`. Parameters:
/// `weight [outputs, channels, kernelSize]`, `bias [outputs]`.
package struct Convolution1D: Layer {
  package var form: ConvolutionForm

  package init(
    _ outputs: Int,
    kernelSize: Int,
    stride: Int = 1,
    padding: ConvolutionPadding = .same,
    dilation: Int = 1,
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
  }

  package func callAsFunction(_ x: NodeID, in builder: inout GraphBuilder) -> NodeID {
    form.convolution(of: x, in: &builder)
  }
}

/// Cross-correlation over height and width, bias and activation.
///
/// Shape: `[batch, channels, height, width]` -> `[batch, outputs, height', width']`. Parameters:
/// `weight [outputs, channels, kernelSize, kernelSize]`, `bias [outputs]`.
package struct Convolution2D: Layer {
  package var form: ConvolutionForm

  package init(
    _ outputs: Int,
    kernelSize: Int,
    stride: Int = 1,
    padding: ConvolutionPadding = .same,
    dilation: Int = 1,
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
  }

  package func callAsFunction(_ x: NodeID, in builder: inout GraphBuilder) -> NodeID {
    form.convolution(of: x, in: &builder)
  }
}

extension ConvolutionForm {
  /// Adds the convolution with its parameters.
  func convolution(of x: NodeID, in builder: inout GraphBuilder) -> NodeID {
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
}
