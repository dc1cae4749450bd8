package import HourglassGraphs
internal import HourglassTensors

/// Zero mean and unit variance of each item, then a learned scale and shift of each channel.
///
/// Shape: `[batch, channels, …]` stays. Parameters: `scale`, `shift`, both `[channels]`.
///
/// Reference: Ba, Kiros, Hinton, 2016, "Layer Normalization", arXiv:1607.06450, equation 3.
package struct LayerNormalization: Layer {
  package var epsilon: Float

  package init(epsilon: Float = 1e-5) {
    self.epsilon = epsilon
  }

  package func callAsFunction(_ x: NodeID, in builder: inout GraphBuilder) -> NodeID {
    GroupNormalization(groups: 1, epsilon: epsilon)(x, in: &builder)
  }
}

/// Zero mean and unit variance of each group of channels of each item, then a learned scale and
/// shift of each channel.
///
/// Shape: `[batch, channels, …]` stays; `groups` divides `channels`. Parameters: `scale`, `shift`,
/// both `[channels]`.
///
/// Reference: Wu, He, 2018, "Group Normalization", arXiv:1803.08494, equations 1, 2 and 7.
package struct GroupNormalization: Layer {
  package var groups: Int
  package var epsilon: Float

  package init(groups: Int, epsilon: Float = 1e-5) {
    self.groups = groups
    self.epsilon = epsilon
  }

  package func callAsFunction(_ x: NodeID, in builder: inout GraphBuilder) -> NodeID {
    let shape = builder.shape(of: x)
    guard x != builder.failed,
      builder.require(
        shape.rank >= 2 && shape[1] > 0 && groups > 0 && shape[1] % groups == 0,
        of: "groupNormalization",
        expected: "x [N, C, …] with channels that \(groups) groups divide",
        found: "\(shape)"
      )
    else { return builder.failed }
    let channels = shape[1]
    let scale = builder.parameter("scale", [channels], .constant(1))
    let shift = builder.parameter("shift", [channels], .constant(0))
    let width = shape.dimensions.dropFirst().reduce(1, *) / groups
    let grouped = builder.reshape(x, [shape[0], groups, width])
    let standard = builder.standardization(grouped, axes: [2], epsilon: epsilon)
    return builder.scaledAndShifted(builder.reshape(standard, shape), scale, shift)
  }
}
