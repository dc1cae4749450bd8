package import HourglassGraphs
internal import HourglassTensors

extension Architecture {
  /// Adds a U-Net or a plain chain from one item to another of the same extents.
  ///
  /// Shape: `[batch, channels, …]` -> `[batch, outputChannels, …]`. A normalized convolution has the
  /// scopes `convolution` and `normalization` below its own. Scopes: `down.<level>.0`,
  /// `down.<level>.1`, `up.<level>.0` (transposed), `up.<level>.1`, `output` of a U-Net, and the
  /// number of each convolution of a chain. The last layer has no
  /// activation. Other architectures translate nothing: a mistake that the builder keeps.
  package func translator(
    _ x: NodeID,
    outputChannels: Int,
    mode: Mode,
    in builder: inout GraphBuilder
  ) -> NodeID {
    translation(x, outputChannels: outputChannels, mode: mode, in: &builder).output
  }

  /// The same, with what the last layer sees, `[batch, channels, …]`: further layers may see it too.
  package func translation(
    _ x: NodeID,
    outputChannels: Int,
    mode: Mode,
    in builder: inout GraphBuilder
  ) -> (output: NodeID, features: NodeID) {
    if case .plain(let width, let depth, let activation) = self {
      return chain(
        x,
        (width, depth, outputChannels),
        activation,
        in: &builder
      )
    }
    let (base, depth, activation): (Int, Int, Activation)
    var normalization: Mode?
    switch self {
    case .uNet(let width, let levels, let function):
      (base, depth, activation) = (width, levels, function)
    case .normalizedUNet(let width, let levels, let function):
      (base, depth, activation) = (width, levels, function)
      normalization = mode
    case .dense, .convolutional, .layers, .patches, .plain:
      return failed("a U-Net or a plain chain, which translate", in: &builder)
    }
    guard (0...16).contains(depth), (1...65536).contains(base) else {
      return failed("a depth of 0 to 16 and a base of 1 to 65536 channels", in: &builder)
    }
    let rank = builder.shape(of: x).rank - 2
    guard x != builder.failed, Self.hasSpace(rank, in: &builder) else {
      return (builder.failed, builder.failed)
    }
    let layers = TranslatorLayers(
      base: base,
      depth: depth,
      activation: activation,
      rank: rank,
      normalization: normalization
    )
    return layers.translation(of: x, outputChannels: outputChannels, in: &builder)
  }

  private func chain(
    _ x: NodeID,
    _ sizes: (width: Int, depth: Int, outputs: Int),
    _ activation: Activation,
    in builder: inout GraphBuilder
  ) -> (output: NodeID, features: NodeID) {
    guard (2...256).contains(sizes.depth), (1...65536).contains(sizes.width) else {
      return failed("a depth of 2 to 256 and 1 to 65536 channels", in: &builder)
    }
    let rank = builder.shape(of: x).rank - 2
    guard x != builder.failed, Self.hasSpace(rank, in: &builder) else {
      return (builder.failed, builder.failed)
    }
    let layers = TranslatorLayers(base: sizes.width, depth: 0, activation: activation, rank: rank)
    let inner = layers.convolution(sizes.width, stride: 1, activation)
    let last = layers.convolution(sizes.outputs, stride: 1, .identity)
    let features = Sequential(Array(repeating: inner, count: sizes.depth - 1))(x, in: &builder)
    let output = layers.add(last, to: features, scope: "\(sizes.depth - 1)", in: &builder)
    return (output, features)
  }

  private func failed(
    _ expected: String,
    in builder: inout GraphBuilder
  ) -> (output: NodeID, features: NodeID) {
    let node = failure(expected, in: &builder)
    return (node, node)
  }
}

/// The layers of a U-Net over so many dimensions of space.
private struct TranslatorLayers {
  let base: Int
  let depth: Int
  let activation: Activation
  let rank: Int
  /// What convolutions are normalized for; `nil` where they are not.
  var normalization: Mode?

  func translation(
    of x: NodeID,
    outputChannels: Int,
    in builder: inout GraphBuilder
  ) -> (output: NodeID, features: NodeID) {
    let space = Array(builder.shape(of: x).dimensions.dropFirst(2))
    let extents = Architecture.extents(of: space, levels: depth)
    var seen: [NodeID] = []
    var result = x
    for level in 0...depth {
      let chain = Sequential([
        inner(base << level, stride: level == 0 ? 1 : 2),
        inner(base << level, stride: 1),
      ])
      result = add(chain, to: result, scope: "down.\(level)", in: &builder)
      seen.append(result)
    }
    for level in (0..<depth).reversed() {
      let channels = base << level
      let upper = Architecture.up(channels, to: extents[level], activation)
      result = add(upper, to: result, scope: "up.\(level).0", in: &builder)
      result = builder.concatenation([result, seen[level]], axis: 1)
      result = add(inner(channels, stride: 1), to: result, scope: "up.\(level).1", in: &builder)
    }
    // What is normalized has one size whatever the target's is: results start at 0, not at chance.
    let start = normalization == nil ? Initialization.automatic : .constant(0)
    let last = convolution(outputChannels, stride: 1, .identity, start)
    return (add(last, to: result, scope: "output", in: &builder), result)
  }

  func add(
    _ layer: any Layer,
    to x: NodeID,
    scope: String,
    in builder: inout GraphBuilder
  ) -> NodeID {
    builder.scoped(scope) { layer(x, in: &$0) }
  }

  /// A convolution of 3 with its activation, and what is between them.
  private func inner(_ outputs: Int, stride: Int) -> any Layer {
    guard let normalization else { return convolution(outputs, stride: stride, activation) }
    return NormalizedConvolution(
      convolution: convolution(outputs, stride: stride, .identity),
      normalization: BatchNormalization(mode: normalization),
      activation: activation
    )
  }

  /// A convolution of 3 that makes ⌈n / stride⌉ of n.
  func convolution(
    _ outputs: Int,
    stride: Int,
    _ activation: Activation,
    _ initialization: Initialization = .automatic
  ) -> any Layer {
    ConvolutionLayer(
      rank: rank == 1 ? 1 : 2,
      outputs,
      kernelSize: 3,
      stride: stride,
      padding: .explicit(1),
      activation: activation,
      initialization: initialization
    )
  }
}

/// A convolution, its normalization over the batch, and an activation.
private struct NormalizedConvolution: Layer {
  let convolution: any Layer
  let normalization: BatchNormalization
  let activation: Activation

  func callAsFunction(_ x: NodeID, in builder: inout GraphBuilder) -> NodeID {
    let values = builder.scoped("convolution") { convolution(x, in: &$0) }
    let normal = builder.scoped("normalization") { normalization(values, in: &$0) }
    return activation(normal, in: &builder)
  }

  static func == (left: NormalizedConvolution, right: NormalizedConvolution) -> Bool {
    AnyHashable(left.convolution) == AnyHashable(right.convolution)
      && left.normalization == right.normalization && left.activation == right.activation
  }

  func hash(into hasher: inout Hasher) {
    convolution.hash(into: &hasher)
    hasher.combine(normalization)
    hasher.combine(activation)
  }
}
