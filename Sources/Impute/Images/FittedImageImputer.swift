public import HourglassTasksCommon

/// A fitted imputer of images: it fills the missing pixels of images of any size.
///
/// It is a value: nothing that is done with it changes it. What is not missing stays to the bit; size,
/// depth, color profile and EXIF data are kept, and what was filled is opaque.
public struct FittedImageImputer: Sendable {
  /// The name of the application in the header of a model file.
  public static let application = "impute-images"

  /// How it was set up.
  public let configuration: ImageImputer
  /// What every fitted model has: its header, evaluation and checkpoint.
  public let core: FittedCore

  let network: ImageInpainting

  /// What became of an image.
  package struct Filling: Sendable {
    /// The image whose missing pixels are filled.
    package let filled: Image
    /// The image with its missing pixels in gray.
    package let masked: Image
    /// The number of pixels that were filled.
    package let count: Int
  }

  /// An image whose missing pixels are filled; all others stay as they are.
  ///
  /// - Throws: `application(.otherKind)` for a gray image where images with colors were trained on,
  ///   `application(.invalidSetting)` for a mask of another size.
  public func filled(
    _ image: Image,
    mask: PixelMask,
    name: String = "the image",
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> Image {
    try await HourglassError.wrapping {
      try requireSetting(
        mask.width == image.width && mask.height == image.height,
        "the mask of \(name)",
        "\(image.width) x \(image.height) pixels",
        "\(mask.width) x \(mask.height)"
      )
      var network = network
      let task = ImageInpainting.HoledImage(image: PlanarImage(image), mask: mask, name: name)
      let result = try await network.filled([task], on: engine)[0]
      return image.replacing(mask, with: result.image)
    }
  }

  /// Fills the missing pixels of images, and further ones that are deleted to evaluate the result.
  ///
  /// - Parameters:
  ///   - images: The images.
  ///   - masks: Where the missing pixels are, as for `fit`.
  ///   - share: The share of the pixels to delete; 0 deletes none.
  ///   - split: What the images are to the model; there is no verdict on what it was trained on.
  ///   - body: Takes the name and the number of each image, and what became of it.
  /// - Returns: How near the deleted pixels come to the true ones; none where nothing was deleted.
  package func evaluation(
    of images: ImageSet,
    masks: ImageSet? = nil,
    deleting share: Float = 0,
    as split: EvaluationSplit = .given,
    seed: UInt64 = 0,
    on engine: ComputeEngine = ComputeEngine(),
    _ body: @Sendable (String, Int, Filling) throws -> Void
  ) async throws(HourglassError) -> Evaluation? {
    try await HourglassError.wrapping {
      try requireSetting((0...0.7).contains(share), "the share to delete", "0 to 0.7", share)
      let masks = PixelMasks(masks)
      var network = network
      var tally = ImageImputationTally(means: network.means)
      var start = 0
      while start < images.count {
        try Task.checkCancellation()
        let end = min(start + images.piece(from: start), images.count)
        var batch: [Image] = []
        var tasks: [ImageInpainting.HoledImage] = []
        var deleted: [PixelMask] = []
        for index in start..<end {
          let (name, image) = (images.names[index], try images.image(index))
          let mask = try masks.mask(of: image, name: name, index: index, count: images.count)
          let planes = PlanarImage(image)
          let holes = holes(share, in: planes, number: index, seed: seed, without: mask)
          batch.append(image)
          deleted.append(holes)
          tasks.append(
            ImageInpainting.HoledImage(image: planes, mask: mask.union(holes), name: name)
          )
        }
        let results = try await network.filled(tasks, on: engine)
        for place in batch.indices {
          if share > 0 { tally.add(tasks[place].image, deleted: deleted[place], results[place]) }
          try body(
            tasks[place].name,
            start + place,
            filling(batch[place], tasks[place].mask, results[place].image)
          )
        }
        start = end
      }
      return tally.evaluation(of: images.name, split: split)
    }
  }

  /// Pixels to delete, none of which is missing already.
  private func holes(
    _ share: Float,
    in planes: PlanarImage,
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

  private func filling(_ image: Image, _ mask: PixelMask, _ planes: PlanarImage) -> Filling {
    var gray = planes
    for channel in gray.planes.indices {
      gray.planes[channel] = gray.planes[channel].map { _ in 0.5 }
    }
    return Filling(
      filled: image.replacing(mask, with: planes),
      masked: image.replacing(mask, with: gray),
      count: mask.count
    )
  }
}

extension FittedImageImputer: FittedTask {
  /// What applying the model needs; no image of the data is among it.
  public var tensors: [String: Tensor] { network.translation.variables }

  /// Makes it from what a model file holds.
  public init(contents file: ModelContents) throws {
    let fields = try file.decoded(\.fields, as: FilledImageFields.self)
    let translator = try file.decoded(\.architecture, as: ImageToImageNetwork.self)
    let channels = fields.channels
    guard channels == 1 || channels == 3, fields.means.count == channels,
      fields.means.allSatisfy(\.isFinite), translator.target == .paired(channels: channels)
    else {
      throw file.damaged("images should have 1 or 3 channels with a finite mean each")
    }
    self.init(
      configuration: try file.decoded(\.configuration, as: ImageImputer.self),
      core: try FittedCore(file),
      network: ImageInpainting(
        channels: channels,
        means: fields.means,
        translation: try TiledInference(translator, from: file, inputs: channels + 1)
      )
    )
  }
}
