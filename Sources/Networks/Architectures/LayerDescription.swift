internal import HourglassGraphs
internal import HourglassTensors

/// One layer of an architecture of one's own, as a value: `Architecture.layers` puts them one after another.
///
/// Shapes are those of items, without the batch: `[features]`, `[channels, time]` or
/// `[channels, height, width]`. A layer that does not fit what comes before it is a `GraphError` that names
/// its place and both shapes.
public enum LayerDescription: Hashable, Sendable, Codable {
  /// A fully connected layer, `[…]` -> `[outputs]`; images and series are flattened before.
  case dense(_ outputs: Int, activation: Activation = .relu)
  /// A convolution with zeros around, `[channels, n…]` -> `[outputs, ⌈n / stride⌉…]`.
  case convolution(
    _ outputs: Int,
    kernelSize: Int = 3,
    stride: Int = 1,
    activation: Activation = .relu
  )
  /// The transpose of a convolution, `[channels, n…]` -> `[outputs, n · stride…]`. A kernel that is a multiple of
  /// the stride leaves no checkerboard.
  ///
  /// Reference: Odena, Dumoulin, Olah, 2016, doi:10.23915/distill.00003.
  case transposedConvolution(
    _ outputs: Int,
    kernelSize: Int = 4,
    stride: Int = 2,
    activation: Activation = .relu
  )
  /// The largest element of each window, `[channels, n…]` -> `[channels, ⌊n / window⌋…]`.
  case maximumPooling(_ window: Int = 2)
  /// The mean element of each window, `[channels, n…]` -> `[channels, ⌊n / window⌋…]`.
  case averagePooling(_ window: Int = 2)
  /// Each element so many times in each dimension of space, `[channels, n…]` -> `[channels, n · factor…]`.
  case upsampling(_ factor: Int = 2)
  /// Zero mean and unit variance of each channel over the batch, then a learned scale and shift; the shape
  /// stays.
  ///
  /// Reference: Ioffe, Szegedy, 2015, "Batch Normalization", arXiv:1502.03167.
  case batchNormalization
  /// The same over each item and not over the batch; the shape stays.
  ///
  /// Reference: Ba, Kiros, Hinton, 2016, "Layer Normalization", arXiv:1607.06450.
  case layerNormalization
  /// A random part of the elements is 0 in training; the shape stays. The rate is at least 0 and below 1.
  ///
  /// Reference: Srivastava et al., 2014, "Dropout", JMLR 15.
  case dropout(_ rate: Float)
  /// A function of each element; the shape stays.
  case activation(Activation)
  /// The same elements under another shape, in row-major order.
  case reshape(_ item: [Int])
}

extension LayerDescription {
  /// The layer for items with so many dimensions of space.
  func layer(space: Int, mode: Mode) -> any Layer {
    switch self {
    case .dense(let outputs, let activation):
      return FlatDense(dense: Dense(outputs, activation: activation))
    case .convolution(let outputs, let kernel, let stride, let activation),
      .transposedConvolution(let outputs, let kernel, let stride, let activation):
      var isTransposed = false
      if case .transposedConvolution = self { isTransposed = true }
      return ConvolutionLayer(
        isTransposed: isTransposed,
        rank: space == 1 ? 1 : 2,
        outputs,
        kernelSize: kernel,
        stride: stride,
        activation: activation
      )
    case .maximumPooling(let window): return PoolingLayer(.maximum, window)
    case .averagePooling(let window): return PoolingLayer(.average, window)
    case .upsampling(let factor): return Upsampling(.factor(factor))
    case .batchNormalization: return BatchNormalization(mode: mode)
    case .layerNormalization: return LayerNormalization()
    case .dropout(let rate): return Dropout(rate: rate, mode: mode)
    case .activation(let activation): return activation
    case .reshape(let item): return Reshape(item)
    }
  }
}

/// A fully connected layer of items of any shape.
private struct FlatDense: Layer {
  let dense: Dense

  func callAsFunction(_ x: NodeID, in builder: inout GraphBuilder) -> NodeID {
    dense(builder.flatten(x), in: &builder)
  }
}

extension [LayerDescription] {
  /// Adds the layers, each under its number as its scope.
  func callAsFunction(_ x: NodeID, mode: Mode, in builder: inout GraphBuilder) -> NodeID {
    var result = x
    for (index, description) in enumerated() {
      let space = builder.shape(of: result).rank - 2
      let layer = description.layer(space: space, mode: mode)
      let input = result
      result = builder.scoped(String(index)) { layer(input, in: &$0) }
    }
    return result
  }
}
