package import HourglassGraphs
internal import HourglassNetworks
public import HourglassTensors

/// A network whose training step is timed, layer for layer the same in PyTorch.
///
/// The peer is the script `torch_speed.py`; data are uniform on [0, 1), the loss is the mean
/// squared error over all values, for the variational one the nats of an item in the mean of the
/// batch, and the optimizer Adam at 0.001.
public struct ReferenceWorkload: Sendable {
  /// The name in the peer's script.
  public let name: String
  /// The number of items of a step.
  public let batch: Int
  /// The shape of an item.
  public let itemShape: Shape
  private let network: Network

  private enum Network: Sendable {
    case dense([Int], last: Activation)
    case variational
    case convolutional
    case series
    case uNet
  }

  /// All workloads in the order of the peer's script.
  public static let all: [ReferenceWorkload] = [
    ReferenceWorkload(
      name: "tabular-30",
      batch: 64,
      itemShape: [30],
      network: .dense([64, 32, 8, 32, 64, 30], last: .identity)
    ),
    ReferenceWorkload(
      name: "tabular-100",
      batch: 256,
      itemShape: [100],
      network: .dense([128, 64, 16, 64, 128, 100], last: .identity)
    ),
    ReferenceWorkload(
      name: "dense-784",
      batch: 128,
      itemShape: [784],
      network: .dense([512, 256, 32, 256, 512, 784], last: .logistic)
    ),
    ReferenceWorkload(
      name: "dense-784-large-batch",
      batch: 512,
      itemShape: [784],
      network: .dense([512, 256, 32, 256, 512, 784], last: .logistic)
    ),
    ReferenceWorkload(name: "vae-784", batch: 128, itemShape: [784], network: .variational),
    ReferenceWorkload(
      name: "conv-28",
      batch: 128,
      itemShape: [1, 28, 28],
      network: .convolutional
    ),
    ReferenceWorkload(name: "unet-32", batch: 64, itemShape: [3, 32, 32], network: .uNet),
    ReferenceWorkload(name: "series-128", batch: 128, itemShape: [1, 128], network: .series),
  ]

  /// The same network with another number of items in a step.
  package func batched(_ count: Int) -> ReferenceWorkload {
    ReferenceWorkload(name: name, batch: count, itemShape: itemShape, network: network)
  }

  /// The shape of the input "x": the batch and an item.
  public var inputShape: Shape { Shape([batch] + itemShape.dimensions) }

  /// Builds a training step: the inputs "x", "learningRate" and "step", the output "loss", and the
  /// updates of Adam.
  package func trainingGraph() throws(GraphError) -> Graph {
    var builder = GraphBuilder()
    let loss = addLoss(in: &builder)
    builder.output("loss", loss)
    let parameters = builder.parameters
    _ = Optimizer().addUpdates(minimizing: loss, parameters: parameters, in: &builder)
    return try builder.finish()
  }

  /// Builds the forward pass alone: the input "x" and the output "loss".
  package func forwardGraph() throws(GraphError) -> Graph {
    var builder = GraphBuilder()
    builder.output("loss", addLoss(in: &builder))
    return try builder.finish()
  }

  /// The multiply-adds of the forward pass of a batch, counted as the peer's script counts them.
  ///
  /// Dense and convolution layers alone count. A whole step is 6 floating-point operations for each.
  public func forwardMultiplyAdds() throws -> Int {
    try forwardGraph().forwardMultiplyAdds
  }

  private func addLoss(in builder: inout GraphBuilder) -> NodeID {
    let x = builder.input("x", inputShape)
    let y: NodeID
    switch network {
    case .variational: return variationalLoss(x, in: &builder)
    case .dense(let widths, let last): y = dense(x, widths, last: last, in: &builder)
    case .convolutional: y = convolutional(x, in: &builder)
    case .series: y = series(x, in: &builder)
    case .uNet:
      let uNet = Architecture.uNet(base: 32, depth: 2, activation: .relu)
      y = uNet.translator(x, outputChannels: 3, mode: .training, in: &builder)
    }
    return builder.mean(builder.apply(.square, builder.difference(y, x)))
  }

  private func dense(
    _ x: NodeID,
    _ widths: [Int],
    last: Activation,
    in builder: inout GraphBuilder
  ) -> NodeID {
    let layers: [any Layer] = widths.indices.map {
      Dense(widths[$0], activation: $0 == widths.count - 1 ? last : .relu)
    }
    return Sequential(layers)(x, in: &builder)
  }

  /// 784-400-(20, 20)-400-784 with Bernoulli likelihood.
  private func variationalLoss(_ x: NodeID, in builder: inout GraphBuilder) -> NodeID {
    let statistics = builder.scoped("encoder") {
      Sequential([Dense(400, activation: .relu), Dense(40)])(x, in: &$0)
    }
    let mean = builder.slice(statistics, axis: 1, 0..<20)
    let logVariance = builder.slice(statistics, axis: 1, 20..<40)
    let noise = builder.random(.normal, [batch, 20])
    let deviation = builder.apply(.exponential, builder.affine(logVariance, scale: 0.5))
    let z = builder.sum(mean, builder.product(deviation, noise))
    let logits = builder.scoped("decoder") {
      Sequential([Dense(400, activation: .relu), Dense(784)])(z, in: &$0)
    }
    let nats = Likelihood.bernoulli.negativeLogLikelihood(
      parameters: logits,
      target: x,
      in: &builder
    )
    let divergence = gaussianKullbackLeibler(mean: mean, logVariance: logVariance, in: &builder)
    return builder.mean(builder.sum(nats, divergence))
  }

  /// 1x28x28 -> 32x14x14 -> 64x7x7 -> 16 -> back.
  private func convolutional(_ x: NodeID, in builder: inout GraphBuilder) -> NodeID {
    Sequential([
      halving(32, rank: 2, kernel: 3, .relu),
      halving(64, rank: 2, kernel: 3, .relu),
      Flatten(),
      Dense(16),
      Dense(64 * 49, activation: .relu),
      Reshape([64, 7, 7]),
      doubling(32, rank: 2, kernel: 4, .relu),
      doubling(1, rank: 2, kernel: 4, .logistic),
    ])(x, in: &builder)
  }

  /// 1x128 -> 32x64 -> 64x32 -> 8 -> back.
  private func series(_ x: NodeID, in builder: inout GraphBuilder) -> NodeID {
    Sequential([
      halving(32, rank: 1, kernel: 7, .relu),
      halving(64, rank: 1, kernel: 5, .relu),
      Flatten(),
      Dense(8),
      Dense(64 * 32, activation: .relu),
      Reshape([64, 32]),
      doubling(32, rank: 1, kernel: 4, .relu),
      doubling(1, rank: 1, kernel: 4, .identity),
    ])(x, in: &builder)
  }
}

/// A convolution that halves the extents.
private func halving(
  _ channels: Int,
  rank: Int,
  kernel: Int,
  _ activation: Activation,
  isTransposed: Bool = false
) -> ConvolutionLayer {
  ConvolutionLayer(
    isTransposed: isTransposed,
    rank: rank,
    channels,
    kernelSize: kernel,
    stride: 2,
    padding: .explicit((kernel - 1) / 2),
    activation: activation
  )
}

/// A transposed convolution that doubles the extents.
private func doubling(
  _ channels: Int,
  rank: Int,
  kernel: Int,
  _ activation: Activation
) -> ConvolutionLayer {
  halving(channels, rank: rank, kernel: kernel, activation, isTransposed: true)
}

extension Graph {
  /// The multiply-adds of the dense, convolution and transposed convolution layers of a graph
  /// without gradients.
  fileprivate var forwardMultiplyAdds: Int {
    nodes.reduce(0) { total, node in
      let shapes = node.inputs.map { self[$0].shape }
      switch node.operation {
      case .dense:
        return total + shapes[0].elementCount * shapes[1][0]
      case .convolution:
        return total + node.shape.elementCount * shapes[1].dimensions.dropFirst().reduce(1, *)
      case .convolutionBackwardData:
        return total + shapes[0].elementCount * shapes[1].dimensions.dropFirst().reduce(1, *)
      default: return total
      }
    }
  }
}
