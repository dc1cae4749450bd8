package import HourglassGraphs
internal import HourglassTensors

extension Architecture {
  /// Adds a U-Net or a plain chain from one item to another of the same extents.
  ///
  /// Shape: `[batch, channels, …]` -> `[batch, outputChannels, …]`. Scopes: `down.<level>.0`,
  /// `down.<level>.1`, `up.<level>.0` (transposed), `up.<level>.1`, `output` of a U-Net, and the
  /// number of each convolution of a chain. The last layer has no
  /// activation. Other architectures translate nothing: a mistake that the builder keeps.
  package func translator(
    _ x: NodeID,
    outputChannels: Int,
    mode: Mode,
    in builder: inout GraphBuilder
  ) -> NodeID {
    if case .plain(let width, let depth, let activation) = self {
      return chain(
        x,
        (width, depth, outputChannels),
        activation,
        in: &builder
      )
    }
    guard case .uNet(let base, let depth, let activation) = self else {
      return failure("a U-Net or a plain chain, which translate", in: &builder)
    }
    guard (0...16).contains(depth), (1...65536).contains(base) else {
      return failure("a depth of 0 to 16 and a base of 1 to 65536 channels", in: &builder)
    }
    let rank = builder.shape(of: x).rank - 2
    guard x != builder.failed, Self.hasSpace(rank, in: &builder) else { return builder.failed }
    let layers = TranslatorLayers(base: base, depth: depth, activation: activation, rank: rank)
    return layers.translation(of: x, outputChannels: outputChannels, in: &builder)
  }

  private func chain(
    _ x: NodeID,
    _ sizes: (width: Int, depth: Int, outputs: Int),
    _ activation: Activation,
    in builder: inout GraphBuilder
  ) -> NodeID {
    guard (2...256).contains(sizes.depth), (1...65536).contains(sizes.width) else {
      return failure("a depth of 2 to 256 and 1 to 65536 channels", in: &builder)
    }
    let rank = builder.shape(of: x).rank - 2
    guard x != builder.failed, Self.hasSpace(rank, in: &builder) else { return builder.failed }
    let layers = TranslatorLayers(base: sizes.width, depth: 0, activation: activation, rank: rank)
    let inner = layers.convolution(sizes.width, stride: 1, activation)
    let last = layers.convolution(sizes.outputs, stride: 1, .identity)
    let all = Array(repeating: inner, count: sizes.depth - 1) + [last]
    return Sequential(all)(x, in: &builder)
  }
}

/// The layers of a U-Net over so many dimensions of space.
private struct TranslatorLayers {
  let base: Int
  let depth: Int
  let activation: Activation
  let rank: Int

  func translation(
    of x: NodeID,
    outputChannels: Int,
    in builder: inout GraphBuilder
  ) -> NodeID {
    let space = Array(builder.shape(of: x).dimensions.dropFirst(2))
    let extents = Architecture.extents(of: space, levels: depth)
    var seen: [NodeID] = []
    var result = x
    for level in 0...depth {
      let chain = Sequential([
        convolution(base << level, stride: level == 0 ? 1 : 2, activation),
        convolution(base << level, stride: 1, activation),
      ])
      result = add(chain, to: result, scope: "down.\(level)", in: &builder)
      seen.append(result)
    }
    for level in (0..<depth).reversed() {
      let channels = base << level
      let upper = Architecture.up(channels, to: extents[level], activation)
      result = add(upper, to: result, scope: "up.\(level).0", in: &builder)
      result = builder.concatenation([result, seen[level]], axis: 1)
      let merge = convolution(channels, stride: 1, activation)
      result = add(merge, to: result, scope: "up.\(level).1", in: &builder)
    }
    let last = convolution(outputChannels, stride: 1, .identity)
    return add(last, to: result, scope: "output", in: &builder)
  }

  private func add(
    _ layer: any Layer,
    to x: NodeID,
    scope: String,
    in builder: inout GraphBuilder
  ) -> NodeID {
    builder.scoped(scope) { layer(x, in: &$0) }
  }

  /// A convolution of 3 that makes ⌈n / stride⌉ of n.
  func convolution(_ outputs: Int, stride: Int, _ activation: Activation) -> any Layer {
    rank == 1
      ? Convolution1D(
        outputs,
        kernelSize: 3,
        stride: stride,
        padding: .explicit(1),
        activation: activation
      )
      : Convolution2D(
        outputs,
        kernelSize: 3,
        stride: stride,
        padding: .explicit(1),
        activation: activation
      )
  }
}
