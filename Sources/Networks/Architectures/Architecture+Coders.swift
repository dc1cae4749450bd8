package import HourglassGraphs
package import HourglassTensors

extension Architecture {
  /// Adds the layers from the data to the bottleneck, each under its number as its scope.
  ///
  /// Shape: `[batch, item…]` -> `[batch, width]`, where the width is that of the last layer. The
  /// last layer has its activation. A U-Net has no encoder: a mistake that the builder keeps.
  package func encoder(_ x: NodeID, mode: Mode, in builder: inout GraphBuilder) -> NodeID {
    switch self {
    case .dense(let hidden, let activation):
      let layers: [any Layer] = hidden.map { Dense($0, activation: activation) }
      return Sequential(layers)(builder.flatten(x), in: &builder)
    case .convolutional(let channels, let hidden, let activation):
      let rank = builder.shape(of: x).rank - 2
      guard x != builder.failed, Self.hasSpace(rank, in: &builder) else { return builder.failed }
      var layers: [any Layer] = channels.map { Self.down($0, rank: rank, activation) }
      layers.append(Flatten())
      layers += hidden.map { Dense($0, activation: activation) as any Layer }
      return Sequential(layers)(x, in: &builder)
    case .layers(let layers): return layers(x, mode: mode, in: &builder)
    case .patches(let coding, let hidden, let activation):
      let values = builder.scoped(Self.patchScope) { coding(x, in: &$0) }
      let layers: [any Layer] = hidden.map { Dense($0, activation: activation) }
      return Sequential(layers)(values, in: &builder)
    case .uNet, .normalizedUNet, .plain:
      return failure("an encoder", in: &builder)
    }
  }

  /// The scope of the variables of a coding of patches.
  package static var patchScope: String { "patches" }

  /// The items that are encoded at a time; `nil` is chosen by their size.
  package var encodingBatch: Int? {
    if case .patches = self { PatchCoding.batch } else { nil }
  }

  /// Adds the layers from the bottleneck to the parameters of a likelihood, each under its number
  /// as its scope.
  ///
  /// Shape: `[batch, width]` -> `[batch, P · features]`, `[batch, P · channels, time]` or
  /// `[batch, P · channels, height, width]`, where P is `outputsPerValue`: first all first
  /// parameters, then all second ones. The last layer has no activation. A U-Net has no decoder: a
  /// mistake that the builder keeps.
  package func decoder(
    _ z: NodeID,
    itemShape: Shape,
    outputsPerValue: Int,
    mode: Mode,
    in builder: inout GraphBuilder
  ) -> NodeID {
    guard z != builder.failed,
      builder.require(
        (1...3).contains(itemShape.rank) && itemShape.elementCount > 0 && outputsPerValue > 0,
        of: "decoder",
        expected: "items [F], [C, T] or [C, H, W] and positive outputs for each value",
        found: "\(itemShape) and \(outputsPerValue)"
      )
    else { return builder.failed }
    let output = [itemShape[0] * outputsPerValue] + itemShape.dimensions.dropFirst()
    switch self {
    case .dense(let hidden, let activation), .patches(_, let hidden, let activation):
      var layers: [any Layer] = hidden.reversed().map { Dense($0, activation: activation) }
      layers.append(Dense(output.reduce(1, *)))
      layers.append(Reshape(output))
      return Sequential(layers)(z, in: &builder)
    case .layers(let layers):
      let result = layers(z, mode: mode, in: &builder)
      let wanted = Shape([builder.shape(of: z)[0]] + output)
      guard result != builder.failed, builder.shape(of: result) != wanted else { return result }
      let last: [any Layer] = [Dense(output.reduce(1, *)), Reshape(output)]
      return builder.scoped("output") { Sequential(last)($0.flatten(result), in: &$0) }
    case .convolutional(let channels, let hidden, let activation):
      guard Self.hasSpace(itemShape.rank - 1, in: &builder) else { return builder.failed }
      let extents = Self.extents(of: Array(output.dropFirst()), levels: channels.count)
      var layers: [any Layer] = hidden.reversed().map { Dense($0, activation: activation) }
      let deepest = [channels.last ?? output[0]] + extents[channels.count]
      guard widthRange.contains(deepest[0]) else {
        return failure("positive numbers of channels", in: &builder)
      }
      layers.append(
        Dense(deepest.reduce(1, *), activation: channels.isEmpty ? .identity : activation)
      )
      layers.append(Reshape(deepest))
      for level in channels.indices.reversed() {
        let outputs = level == 0 ? output[0] : channels[level - 1]
        layers.append(Self.up(outputs, to: extents[level], level == 0 ? .identity : activation))
      }
      return Sequential(layers)(z, in: &builder)
    case .uNet, .normalizedUNet, .plain:
      return failure("a decoder", in: &builder)
    }
  }

  /// The extents in space at each level of halving, from those of the data on: ⌈n / 2⌉ each time.
  static func extents(of space: [Int], levels: Int) -> [[Int]] {
    (0..<levels).reduce(into: [space]) { all, level in
      all.append(all[level].map { ($0 + 1) / 2 })
    }
  }

  /// A convolution that makes ⌈n / 2⌉ of n.
  static func down(_ outputs: Int, rank: Int, _ activation: Activation) -> any Layer {
    ConvolutionLayer(
      rank: rank == 1 ? 1 : 2,
      outputs,
      kernelSize: rank == 1 ? 5 : 3,
      stride: 2,
      padding: .explicit(rank == 1 ? 2 : 1),
      activation: activation
    )
  }

  /// A transposed convolution that makes n of ⌈n / 2⌉, whether n is even or odd.
  ///
  /// With kernel 4, stride 2 and 1 before, m elements become 2m with 1 after, 2m - 1 with 2 after.
  static func up(_ outputs: Int, to extents: [Int], _ activation: Activation) -> any Layer {
    let padding = ConvolutionPadding.asymmetric(
      before: extents.map { _ in 1 },
      after: extents.map { $0 % 2 == 0 ? 1 : 2 }
    )
    return ConvolutionLayer(
      isTransposed: true,
      rank: extents.count == 1 ? 1 : 2,
      outputs,
      kernelSize: 4,
      stride: 2,
      padding: padding,
      activation: activation
    )
  }

  /// Whether there are one or two dimensions of space.
  static func hasSpace(_ rank: Int, in builder: inout GraphBuilder) -> Bool {
    builder.require(
      (1...2).contains(rank),
      of: "convolutional architecture",
      expected: "items [C, T] or [C, H, W]",
      found: "\(rank) dimensions of space"
    )
  }

  /// Keeps the mistake of asking an architecture for what it lacks.
  func failure(_ wanted: String, in builder: inout GraphBuilder) -> NodeID {
    _ = builder.require(false, of: "architecture", expected: wanted, found: "\(self)")
    return builder.failed
  }
}
