public import HourglassTasksCommon

/// Fills the missing pixels of images.
///
///     let photos = try ImageSet.load(contentsOf: "album")
///     let imputer = try await ImageImputer().fit(photos)
///     let mask = PixelMask(whitePartsOf: try Image.load(contentsOf: "scratches.png"))
///     let whole = try await imputer.filled(Image.load(contentsOf: "torn.png"), mask: mask)
///
/// In training, holes are made in patches of the images, and what was there is the target. A hole is
/// filled smoothly first; the network, a U-Net that sees the holes too, predicts what the smooth filling
/// lacks. The same settings, data and number of threads give the same bytes.
///
/// References: Pathak, Krähenbühl, Donahue, Darrell, Efros, 2016, "Context Encoders: Feature Learning
/// by Inpainting", arXiv:1604.07379, for the task; Ronneberger, Fischer, Brox, 2015, "U-Net",
/// arXiv:1505.04597, for the network.
public struct ImageImputer: Hashable, Sendable, Codable {
  /// The layers, which must translate, as a U-Net does; `nil` chooses them.
  public var architecture: Architecture?
  /// The share of the pixels of a patch that is hidden in training, drawn anew for each.
  public var hidden: Imputer.HiddenShare
  /// The budget and the steps of training.
  public var learning: TrainingSettings

  /// Makes an imputer of images; the defaults suit small images and photographs.
  public init(
    architecture: Architecture? = nil,
    hidden: Imputer.HiddenShare = Imputer.HiddenShare(least: 0.05, greatest: 0.4),
    learning: TrainingSettings = TrainingSettings()
  ) {
    self.architecture = architecture
    self.hidden = hidden
    self.learning = learning
  }
}

extension ImageImputer {
  /// Trains on images; what is missing in them is filled smoothly before.
  ///
  /// Some images are held out to evaluate the result, see `EvaluationSplit`. A checkpoint is written now and
  /// then, and at the end; it stays until the model is saved.
  ///
  /// - Parameters:
  ///   - images: The images.
  ///   - masks: Images whose white pixels are missing in those of the same names; a single image is the
  ///     mask of all. Without masks wholly transparent pixels are missing.
  /// - Throws: `interrupted` when the task is cancelled: the checkpoint is written before.
  public func fit(
    _ images: ImageSet,
    masks: ImageSet? = nil,
    session: TrainingSession = TrainingSession()
  ) async throws(HourglassError) -> FittedImageImputer {
    try await HourglassError.wrapping(checkpoint: session.checkpoint) {
      try learning.validate()
      try requireSetting(
        0 < hidden.least && hidden.least <= hidden.greatest && hidden.greatest <= 0.7,
        "the share of hidden pixels",
        "above 0 and at most 0.7",
        "\(hidden.least) to \(hidden.greatest)"
      )
      return try await ImageImputationJob(self, images, PixelMasks(masks), session).fitted()
    }
  }
}
