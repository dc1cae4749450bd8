internal import HourglassAutoencoders
public import HourglassDatasets
public import HourglassEngines
public import HourglassModelFiles
public import HourglassTensors

/// A colorizer that was learnt: it gives images of any size their colours.
///
/// It is a value: nothing that is done with it changes it. The lightness L of CIE L*a*b* of each
/// pixel of the result is that of the pixel that was given, up to the rounding of its samples to 8 or
/// 16 bits; where sRGB has no such colour, the colour gives way and not the lightness. Depth, alpha
/// and EXIF data are kept; the color profile of an image in colour is kept, that of a grey one is not.
public struct FittedColorizer: Sendable {
  /// The name of the application in the header of a model file.
  public static let application = "colorize"

  /// How it was set up.
  public let configuration: Colorizer
  /// What a model file says beside its tensors: settings, fields, architecture, provenance.
  public let header: ModelHeader
  /// How well it does on images that were held out, measured when it was learnt.
  public let report: ColorizationReport?
  /// Where the state of learning is kept until the model is saved.
  public let checkpoint: String?

  let network: Colouring

  init(
    configuration: Colorizer,
    header: ModelHeader,
    report: ColorizationReport?,
    checkpoint: String?,
    network: Colouring
  ) {
    self.configuration = configuration
    self.header = header
    self.report = report
    self.checkpoint = checkpoint
    self.network = network
  }

  /// A picture in the colours that it might have; those that it has are not looked at.
  ///
  /// - Parameters:
  ///   - colours: Which of the colours that a place could have it is given.
  ///   - saturation: What the colours are multiplied by: 0 is grey, 1 what was learnt.
  ///   - hints: Colours that are known; they spread to what is like their places.
  public func coloured(
    _ picture: Picture,
    colours: ColourChoice = .mean,
    saturation: Float = 1,
    hints: [ColourHint] = [],
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> Picture {
    do {
      try requireSaturation(saturation)
      try Self.require(hints, in: picture)
      var network = network
      let distribution = try await network.distributions(of: [picture], on: engine)[0]
      return network.colours(
        colours,
        of: picture,
        distribution,
        saturation: saturation,
        hints: hints.isEmpty ? nil : HintSpreading(hints, over: picture)
      ).picture(like: picture)
    } catch {
      throw HourglassError(error)
    }
  }

  /// Several colourings of a picture that are all likely, and differ.
  ///
  /// A sample depends on the picture, the seed and its number alone: of more samples the first are the
  /// same.
  ///
  /// - Parameters:
  ///   - count: The number of colourings, from 1 to 1,000.
  ///   - seed: From it come the draws.
  ///   - saturation: What the colours are multiplied by.
  ///   - hints: Colours that are known; they are the same in all samples.
  public func samples(
    of picture: Picture,
    count: Int,
    seed: UInt64 = 0,
    saturation: Float = 1,
    hints: [ColourHint] = [],
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> [Picture] {
    var samples: [Picture] = []
    try await drawSamples(
      of: picture,
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
    of picture: Picture,
    count: Int,
    seed: UInt64,
    saturation: Float,
    hints: [ColourHint],
    on engine: ComputeEngine,
    _ body: (Picture) throws -> Void
  ) async throws(HourglassError) {
    do {
      try requireSetting((1...1_000).contains(count), "the number of samples", "1 to 1000", count)
      try requireSaturation(saturation)
      try Self.require(hints, in: picture)
      var network = network
      let distribution = try await network.distributions(of: [picture], on: engine)[0]
      let spreading = hints.isEmpty ? nil : HintSpreading(hints, over: picture)
      for number in 1...count {
        try Task.checkCancellation()
        try body(
          Colouring.colours(
            of: picture,
            distribution.drawn(number, seed: seed),
            saturation: saturation,
            hints: spreading
          ).picture(like: picture)
        )
      }
    } catch {
      throw HourglassError(error)
    }
  }

  /// Colours pictures, and judges those that come in colour by their true ones.
  ///
  /// - Parameters:
  ///   - images: The pictures; colours are taken away before the network sees them.
  ///   - colours: Which colours `body` is given; the report tells of both.
  ///   - saturation: What the colours are multiplied by.
  ///   - hints: Colours that are known; each picture must have their places.
  ///   - body: Takes the name and the number of each picture, the picture and what became of it.
  /// - Returns: The report; none where all pictures are grey.
  public func trial(
    of images: ImageSet,
    colours: ColourChoice = .mean,
    saturation: Float = 1,
    hints: [ColourHint] = [],
    on engine: ComputeEngine = ComputeEngine(),
    _ body: @Sendable (String, Int, Picture, Picture) throws -> Void
  ) async throws(HourglassError) -> ColorizationReport? {
    do {
      try requireSaturation(saturation)
      var network = network
      var tally = ColorizationTally(means: network.means)
      var start = 0
      while start < images.count {
        try Task.checkCancellation()
        let end = min(start + images.piece(from: start), images.count)
        let batch = try (start..<end).map { try images.picture($0) }
        for picture in batch { try Self.require(hints, in: picture) }
        let distributions = try await network.distributions(of: batch, on: engine)
        for (offset, picture) in batch.enumerated() {
          let spreading = hints.isEmpty ? nil : HintSpreading(hints, over: picture)
          func result(_ choice: ColourChoice) -> PicturePlanes {
            network.colours(
              choice,
              of: picture,
              distributions[offset],
              saturation: saturation,
              hints: spreading
            )
          }
          let chosen = result(colours)
          if picture.channels >= 3 {
            tally.add(
              picture,
              coloured: colours == .mean ? chosen : result(.mean),
              vivid: colours == .vivid ? chosen : result(.vivid)
            )
          }
          let index = start + offset
          try body(images.names[index], index, picture, chosen.picture(like: picture))
        }
        start = end
      }
      return tally.count > 0 ? tally.report(dataName: images.name, items: .given) : nil
    } catch {
      throw HourglassError(error)
    }
  }

  private func requireSaturation(_ saturation: Float) throws(ApplicationError) {
    try requireSetting((0...10).contains(saturation), "the saturation", "0 to 10", saturation)
  }

  private static func require(
    _ hints: [ColourHint],
    in picture: Picture
  ) throws(ApplicationError) {
    for hint in hints {
      try requireSetting(
        (0..<picture.width).contains(hint.x) && (0..<picture.height).contains(hint.y),
        "the place of a hint",
        "from 0,0 to \(picture.width - 1),\(picture.height - 1) in a picture of "
          + "\(picture.width) x \(picture.height) pixels",
        "\(hint.x),\(hint.y)"
      )
    }
  }
}

extension FittedColorizer: FittedApplication {
  /// What applying the model needs; no image of the data is among it.
  public var tensors: [String: Tensor] { network.translation.variables }

  /// Makes it from what a model file holds.
  public init(contents file: ModelContents) throws {
    let translator = try file.decoded(\.architecture, as: Translator.self)
    guard translator.target == .mixture(ColourAnchors.mixture),
      file.tensors.keys.contains(where: { $0.hasSuffix("logits.weight") })
    else {
      throw file.damaged(
        "its network does not tell how likely colours are in the way of this version"
      )
    }
    let fields = try file.decoded(\.fields, as: ColouredFields.self)
    guard fields.meanA.isFinite, fields.meanB.isFinite, (0...100).contains(fields.vividness.factor)
    else {
      throw file.damaged("the means of colours and their strength should be finite")
    }
    self.init(
      configuration: try file.decoded(\.configuration, as: Colorizer.self),
      header: file.header,
      report: try file.report(as: ColorizationReport.self),
      checkpoint: nil,
      network: Colouring(
        translation: try TiledTranslation(translator, from: file, inputs: 1),
        means: [fields.meanA, fields.meanB],
        vividness: fields.vividness
      )
    )
  }
}
