internal import HourglassAutoencoders
public import HourglassDatasets
public import HourglassEngines
public import HourglassModelFiles
public import HourglassTensors

/// An imputer of images that has learnt: it fills the missing pixels of images of any size.
///
/// It is a value: nothing that is done with it changes it. What is not missing stays to the bit; size,
/// depth, color profile and EXIF data are kept, and what was filled is opaque.
public struct FittedImageImputer: Sendable {
  /// The name of the application in the header of a model file.
  public static let application = "impute-images"

  /// How it was set up.
  public let configuration: ImageImputer
  /// What a model file says beside its tensors: settings, fields, architecture, provenance.
  public let header: ModelHeader
  /// How well it fills deleted pixels of images that were held out, measured when it was learnt.
  public let report: ImageImputationReport?
  /// Where the state of learning is kept until the model is saved.
  public let checkpoint: String?

  let network: PictureInpainting

  init(
    configuration: ImageImputer,
    header: ModelHeader,
    report: ImageImputationReport?,
    checkpoint: String?,
    network: PictureInpainting
  ) {
    self.configuration = configuration
    self.header = header
    self.report = report
    self.checkpoint = checkpoint
    self.network = network
  }

  /// What became of a picture.
  public struct Filling: Sendable {
    /// The picture whose missing pixels are filled.
    public let filled: Picture
    /// The picture with its missing pixels in grey.
    public let masked: Picture
    /// The number of pixels that were filled.
    public let count: Int
  }

  /// A picture whose missing pixels are filled; all others stay as they are.
  ///
  /// - Throws: `application(.otherKind)` for a grey picture where images with colours were learnt from,
  ///   `application(.invalidSetting)` for a mask of another size.
  public func filled(
    _ picture: Picture,
    mask: PixelMask,
    name: String = "the picture",
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> Picture {
    do {
      try requireSetting(
        mask.width == picture.width && mask.height == picture.height,
        "the mask of \(name)",
        "\(picture.width) x \(picture.height) pixels",
        "\(mask.width) x \(mask.height)"
      )
      var network = network
      let task = PictureInpainting.HoledImage(image: PicturePlanes(picture), mask: mask, name: name)
      let result = try await network.filled([task], on: engine)[0]
      return picture.replacing(mask, with: result.picture)
    } catch {
      throw HourglassError(error)
    }
  }

  /// Fills the missing pixels of images, and further ones that are deleted to judge the result.
  ///
  /// - Parameters:
  ///   - images: The images.
  ///   - masks: Where the missing pixels are.
  ///   - share: The share of the pixels to delete; 0 deletes none.
  ///   - body: Takes the name and the number of each image, and what became of it.
  /// - Returns: How near the deleted pixels come to the true ones; none where nothing was deleted.
  public func trial(
    of images: ImageSet,
    masks: PixelMasks = .transparent,
    deleting share: Float = 0,
    seed: UInt64 = 0,
    on engine: ComputeEngine = ComputeEngine(),
    _ body: @Sendable (String, Int, Filling) throws -> Void
  ) async throws(HourglassError) -> ImageImputationReport? {
    do {
      try requireSetting((0...0.7).contains(share), "the share to delete", "0 to 0.7", share)
      var network = network
      var tally = ImageImputationTally(means: network.means)
      var start = 0
      while start < images.count {
        try Task.checkCancellation()
        let end = min(start + images.piece(from: start), images.count)
        var batch: [Picture] = []
        var tasks: [PictureInpainting.HoledImage] = []
        var deleted: [PixelMask] = []
        for index in start..<end {
          let (name, picture) = (images.names[index], try images.picture(index))
          let mask = try masks.mask(of: picture, name: name, index: index, count: images.count)
          let planes = PicturePlanes(picture)
          let holes = holes(share, in: planes, number: index, seed: seed, without: mask)
          batch.append(picture)
          deleted.append(holes)
          tasks.append(
            PictureInpainting.HoledImage(image: planes, mask: mask.union(holes), name: name)
          )
        }
        let results = try await network.filled(tasks, on: engine)
        for place in batch.indices {
          if share > 0 { tally.add(tasks[place].image, deleted: deleted[place], results[place]) }
          try body(
            tasks[place].name,
            start + place,
            filling(batch[place], tasks[place].mask, results[place].picture)
          )
        }
        start = end
      }
      return tally.report(dataName: images.name, items: .given)
    } catch {
      throw HourglassError(error)
    }
  }

  /// Pixels to delete, none of which is missing already.
  private func holes(
    _ share: Float,
    in planes: PicturePlanes,
    number: Int,
    seed: UInt64,
    without mask: PixelMask
  ) -> PixelMask {
    guard share > 0 else {
      let none = [Bool](repeating: false, count: planes.area)
      return PixelMask(width: planes.width, height: planes.height, missing: none)
    }
    let hidden = Imputer.HiddenShare(least: share, greatest: share)
    let made = ImageHoles(seed: seed).mask(of: planes, number: number, hidden: hidden)
    return PixelMask(
      width: made.width,
      height: made.height,
      missing: zip(made.missing, mask.missing).map { $0 && !$1 }
    )
  }

  private func filling(_ picture: Picture, _ mask: PixelMask, _ planes: PicturePlanes) -> Filling {
    var grey = planes
    for channel in grey.planes.indices {
      grey.planes[channel] = grey.planes[channel].map { _ in 0.5 }
    }
    return Filling(
      filled: picture.replacing(mask, with: planes),
      masked: picture.replacing(mask, with: grey),
      count: mask.count
    )
  }
}

extension FittedImageImputer: FittedApplication {
  /// What applying the model needs; no image of the data is among it.
  public var tensors: [String: Tensor] { network.translation.variables }

  /// Makes it from what a model file holds.
  public init(contents file: ModelContents) throws {
    let fields = try file.decoded(\.fields, as: FilledImageFields.self)
    let translator = try file.decoded(\.architecture, as: Translator.self)
    let channels = fields.channels
    guard channels == 1 || channels == 3, fields.means.count == channels,
      fields.means.allSatisfy(\.isFinite), translator.target == .paired(channels: channels)
    else {
      throw file.damaged("images should have 1 or 3 channels with a finite mean each")
    }
    self.init(
      configuration: try file.decoded(\.configuration, as: ImageImputer.self),
      header: file.header,
      report: try file.report(as: ImageImputationReport.self),
      checkpoint: nil,
      network: PictureInpainting(
        channels: channels,
        means: fields.means,
        translation: try TiledTranslation(translator, from: file, inputs: channels + 1)
      )
    )
  }
}
