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
  /// - Parameter saturation: What the colours are multiplied by: 0 is grey, 1 what was learnt.
  public func coloured(
    _ picture: Picture,
    saturation: Float = 1,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> Picture {
    do {
      try requireSaturation(saturation)
      var network = network
      return try await network.coloured([picture], saturation: saturation, on: engine)[0]
        .picture(like: picture)
    } catch {
      throw HourglassError(error)
    }
  }

  /// Colours pictures, and judges those that come in colour by their true ones.
  ///
  /// - Parameters:
  ///   - images: The pictures; colours are taken away before the network sees them.
  ///   - saturation: What the colours are multiplied by.
  ///   - body: Takes the name and the number of each picture, the picture and what became of it.
  /// - Returns: The report; none where all pictures are grey.
  public func trial(
    of images: ImageSet,
    saturation: Float = 1,
    on engine: ComputeEngine = ComputeEngine(),
    _ body: @Sendable (String, Int, Picture, Picture) throws -> Void
  ) async throws(HourglassError) -> ColorizationReport? {
    do {
      try requireSaturation(saturation)
      var network = network
      var tally = ColorizationTally(means: network.means)
      var judged = 0
      var start = 0
      while start < images.count {
        try Task.checkCancellation()
        let end = min(start + images.piece(from: start), images.count)
        let pictures = try (start..<end).map { try images.picture($0) }
        let results = try await network.coloured(pictures, saturation: saturation, on: engine)
        for (offset, (picture, result)) in zip(pictures, results).enumerated() {
          if picture.channels >= 3 {
            tally.add(picture, result)
            judged += 1
          }
          let index = start + offset
          try body(images.names[index], index, picture, result.picture(like: picture))
        }
        start = end
      }
      return judged > 0 ? tally.report(dataName: images.name, items: .given) : nil
    } catch {
      throw HourglassError(error)
    }
  }

  private func requireSaturation(_ saturation: Float) throws(ApplicationError) {
    try requireSetting((0...10).contains(saturation), "the saturation", "0 to 10", saturation)
  }
}

extension FittedColorizer: FittedApplication {
  /// What applying the model needs; no image of the data is among it.
  public var tensors: [String: Tensor] { network.translation.variables }

  /// Makes it from what a model file holds.
  public init(contents file: ModelContents) throws {
    let fields = try file.decoded(\.fields, as: ColouredFields.self)
    let translator = try file.decoded(\.architecture, as: Translator.self)
    guard translator.target == .paired(channels: 2), fields.meanA.isFinite, fields.meanB.isFinite
    else {
      throw file.damaged("the network should give two planes of colours, and means be finite")
    }
    self.init(
      configuration: try file.decoded(\.configuration, as: Colorizer.self),
      header: file.header,
      report: try file.report(as: ColorizationReport.self),
      checkpoint: nil,
      network: Colouring(
        translation: try TiledTranslation(translator, from: file, inputs: 1),
        means: [fields.meanA, fields.meanB]
      )
    )
  }
}
