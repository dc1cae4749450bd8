package import HourglassGraphs
internal import HourglassTensors

/// Zero mean and unit variance of each channel over the batch, then a learned scale and shift.
///
///     y = scale · (x - mean) / √(variance + epsilon) + shift
///
/// While training, mean and variance are those of the batch, and the running statistics follow
/// them as `running = momentum · running + (1 - momentum) · batch` with the unbiased variance; at
/// inference they are the running statistics.
///
/// Shape: `[batch, channels, …]` stays. Parameters: `scale`, `shift`; state: `runningMean`,
/// `runningVariance`; all `[channels]`. The batch needs more than one value for each channel.
///
/// Reference: Ioffe, Szegedy, 2015, "Batch Normalization", arXiv:1502.03167, algorithms 1 and 2.
package struct BatchNormalization: Layer {
  package var mode: Mode
  package var momentum: Float
  package var epsilon: Float

  package init(mode: Mode, momentum: Float = 0.9, epsilon: Float = 1e-5) {
    self.mode = mode
    self.momentum = momentum
    self.epsilon = epsilon
  }

  /// Whether a variable is a running statistic, which no gradient is followed of.
  package static func isState(_ name: String) -> Bool {
    name.hasSuffix(".runningMean") || name.hasSuffix(".runningVariance")
  }

  package func callAsFunction(_ x: NodeID, in builder: inout GraphBuilder) -> NodeID {
    let shape = builder.shape(of: x)
    guard x != builder.failed,
      builder.require(
        shape.rank >= 2 && shape[1] > 0,
        of: "batchNormalization",
        expected: "x [N, C, …]",
        found: "\(shape)"
      )
    else { return builder.failed }
    let channels = shape[1]
    let scale = builder.parameter("scale", [channels], .constant(1))
    let shift = builder.parameter("shift", [channels], .constant(0))
    let mean = builder.state("runningMean", [channels], .constant(0))
    let variance = builder.state("runningVariance", [channels], .constant(1))
    switch mode {
    case .training:
      let axes = [0] + Array(2..<shape.rank)
      follow(x, mean: mean, variance: variance, in: &builder)
      let standard = builder.standardization(x, axes: axes, epsilon: epsilon)
      return builder.scaledAndShifted(standard, scale, shift)
    case .inference:
      // One factor and one offset for each channel: y = x · factor + (shift - mean · factor).
      let deviation = builder.apply(.squareRoot, builder.affine(variance, offset: epsilon))
      let factor = builder.quotient(scale, deviation)
      let offset = builder.difference(shift, builder.product(mean, factor))
      return builder.scaledAndShifted(x, factor, offset)
    }
  }

  /// Moves the running statistics towards those of the batch.
  private func follow(
    _ x: NodeID,
    mean: NodeID,
    variance: NodeID,
    in builder: inout GraphBuilder
  ) {
    let shape = builder.shape(of: x)
    let count = shape.elementCount / shape[1]
    guard
      builder.require(
        count > 1,
        of: "batchNormalization",
        expected: "more than one value for each channel in a batch",
        found: "\(shape)"
      )
    else { return }
    let batchMean = builder.affine(builder.add(.channelSum, [x]), scale: 1 / Float(count))
    let centered = builder.difference(x, builder.channelwise(batchMean, rank: shape.rank))
    let squares = builder.add(.channelSum, [builder.apply(.square, centered)])
    let batchVariance = builder.affine(squares, scale: 1 / Float(count - 1))
    builder.update(.movingAverage(average: mean, source: batchMean, decay: momentum))
    builder.update(.movingAverage(average: variance, source: batchVariance, decay: momentum))
  }
}
