public import HourglassTasksCommon

/// A fitted colorizer: it gives images of any size their colors.
///
/// It is a value: nothing that is done with it changes it. The lightness L of CIE L*a*b* of each
/// pixel of the result is that of the pixel that was given, up to the rounding of its samples to 8 or
/// 16 bits; where sRGB has no such color, the color gives way and not the lightness. Depth, alpha
/// and EXIF data are kept; the color profile of an image in color is kept, that of a gray one is not.
public struct FittedColorizer: Sendable {
  /// The name of the application in the header of a model file.
  public static let application = "colorize"

  /// How it was set up.
  public let configuration: Colorizer
  /// What every fitted model has: its header, evaluation and checkpoint.
  public let core: FittedCore

  let network: ColorizationModel

  /// An image in the colors that it might have; those that it has are not looked at.
  ///
  /// - Parameters:
  ///   - colors: Which of the colors that a place could have it is given.
  ///   - saturation: What the colors are multiplied by: 0 is gray, 1 leaves them as predicted.
  ///   - hints: Colors that are known; they spread to what is like their places.
  public func colored(
    _ image: Image,
    colors: ColorChoice = .mean,
    saturation: Float = 1,
    hints: [ColorHint] = [],
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> Image {
    try await HourglassError.wrapping {
      try requireSaturation(saturation)
      try Self.require(hints, in: image)
      var network = network
      let distribution = try await network.distributions(of: [image], on: engine)[0]
      return network.colors(
        colors,
        of: network.original(image),
        distribution,
        saturation: saturation,
        hints: hints.isEmpty ? nil : HintSpreading(hints, over: image)
      ).colors.image(like: image)
    }
  }

  /// Several colorings of an image that are all likely, and differ.
  ///
  /// A sample depends on the image, the seed and its number alone: of more samples the first are the
  /// same.
  ///
  /// - Parameters:
  ///   - count: The number of colorings, from 1 to 1,000.
  ///   - seed: From it come the draws.
  ///   - saturation: What the colors are multiplied by.
  ///   - hints: Colors that are known; they are the same in all samples.
  public func samples(
    of image: Image,
    count: Int,
    seed: UInt64 = 0,
    saturation: Float = 1,
    hints: [ColorHint] = [],
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> [Image] {
    var samples: [Image] = []
    try await drawSamples(
      of: image,
      count: count,
      seed: seed,
      saturation: saturation,
      hints: hints,
      on: engine
    ) { samples.append($0) }
    return samples
  }

  /// The same, each of which is given before the next one is drawn.
  package func drawSamples(
    of image: Image,
    count: Int,
    seed: UInt64,
    saturation: Float,
    hints: [ColorHint],
    on engine: ComputeEngine,
    _ body: (Image) throws -> Void
  ) async throws(HourglassError) {
    try await HourglassError.wrapping {
      try requireSetting((1...1_000).contains(count), "the number of samples", "1 to 1000", count)
      try requireSaturation(saturation)
      try Self.require(hints, in: image)
      var network = network
      let distribution = try await network.distributions(of: [image], on: engine)[0]
      let spreading = hints.isEmpty ? nil : HintSpreading(hints, over: image)
      let original = network.original(image)
      for number in 1...count {
        try Task.checkCancellation()
        try body(
          original.colored(
            distribution.drawn(number, seed: seed),
            saturation: saturation,
            hints: spreading
          ).colors.image(like: image)
        )
      }
    }
  }

  /// Colors images, and evaluates those that come in color by their true ones.
  ///
  /// - Parameters:
  ///   - images: The images; colors are taken away before the network sees them.
  ///   - colors: Which colors `body` is given; the evaluation has both.
  ///   - saturation: What the colors are multiplied by.
  ///   - hints: Colors that are known; each image must have their places.
  ///   - body: Takes the name and the number of each image, the image and what became of it.
  /// - Returns: The evaluation; none where all images are gray.
  public func evaluation(
    of images: ImageSet,
    colors: ColorChoice = .mean,
    saturation: Float = 1,
    hints: [ColorHint] = [],
    on engine: ComputeEngine = ComputeEngine(),
    _ body: @Sendable (String, Int, Image, Image) throws -> Void
  ) async throws(HourglassError) -> Evaluation? {
    try await HourglassError.wrapping {
      try requireSaturation(saturation)
      var network = network
      var tally = ColorizationTally(means: network.means)
      var start = 0
      while start < images.count {
        try Task.checkCancellation()
        let end = min(start + images.piece(from: start), images.count)
        let batch = try (start..<end).map { try images.image($0) }
        for image in batch { try Self.require(hints, in: image) }
        let distributions = try await network.distributions(of: batch, on: engine)
        for (offset, image) in batch.enumerated() {
          let spreading = hints.isEmpty ? nil : HintSpreading(hints, over: image)
          let original = network.original(image)
          func result(_ choice: ColorChoice) -> ColoredPlanes {
            network.colors(
              choice,
              of: original,
              distributions[offset],
              saturation: saturation,
              hints: spreading
            )
          }
          let chosen = result(colors)
          if image.channels >= 3 {
            tally.add(
              original,
              colored: colors == .mean ? chosen : result(.mean),
              vivid: colors == .vivid ? chosen : result(.vivid)
            )
          }
          let index = start + offset
          try body(images.names[index], index, image, chosen.colors.image(like: image))
        }
        start = end
      }
      return tally.count > 0 ? tally.evaluation(of: images.name, split: .given) : nil
    }
  }

  private func requireSaturation(_ saturation: Float) throws(TaskError) {
    try requireSetting((0...10).contains(saturation), "the saturation", "0 to 10", saturation)
  }

  private static func require(
    _ hints: [ColorHint],
    in image: Image
  ) throws(TaskError) {
    for hint in hints {
      try requireSetting(
        (0..<image.width).contains(hint.x) && (0..<image.height).contains(hint.y),
        "the place of a hint",
        "from 0,0 to \(image.width - 1),\(image.height - 1) in an image of "
          + "\(image.width) x \(image.height) pixels",
        "\(hint.x),\(hint.y)"
      )
    }
  }
}

extension FittedColorizer: FittedTask {
  /// What applying the model needs; no image of the data is among it.
  public var tensors: [String: Tensor] { network.translation.variables }

  /// Makes it from what a model file holds.
  public init(contents file: ModelContents) throws {
    var translator = try file.decoded(\.architecture, as: ImageToImageNetwork.self)
    translator.head = ColorDistributionTargets.loss
    guard translator.target == .paired(channels: 2),
      file.tensors.keys.contains(where: { $0.hasSuffix("logits.weight") })
    else {
      throw file.damaged(
        "its network has no color distribution that this version can read"
      )
    }
    let fields = try file.decoded(\.fields, as: ColoredFields.self)
    guard fields.meanA.isFinite, fields.meanB.isFinite, (0...100).contains(fields.vividness.factor)
    else {
      throw file.damaged("the means of colors and their strength should be finite")
    }
    self.init(
      configuration: try file.decoded(\.configuration, as: Colorizer.self),
      core: try FittedCore(file),
      network: ColorizationModel(
        translation: try TiledInference(translator, from: file, inputs: 1),
        means: [fields.meanA, fields.meanB],
        vividness: fields.vividness
      )
    )
  }
}
