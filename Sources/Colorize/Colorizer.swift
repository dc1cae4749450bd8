public import HourglassTasksCommon

/// Gives gray images the colors that images like them have.
///
///     let photos = try ImageSet.load(contentsOf: "holidays")
///     let colorizer = try await Colorizer().fit(photos)
///     let colored = try await colorizer.colored(Image.load(contentsOf: "grandmother.png"))
///
/// A network sees the lightness and predicts the a and b channels of color; the lightness of the result
/// is that of the gray image. What is `nil` is chosen from the data. The same settings, data and
/// number of threads give the same bytes.
///
/// The network learns the mean of the colors that a place could have, which is nearest to the truth
/// on average and paler than it, and how likely each color is: from that come vivid colors, and
/// several samples. Hints give the colors of some pixels.
///
///     try await colorizer.colored(
///       photo,
///       colors: .vivid,
///       hints: [ColorHint(x: 120, y: 80, red: 178, green: 34, blue: 34)]
///     )
///
/// References: Zhang, Isola, Efros, 2016, "Colorful Image Colorization", arXiv:1603.08511, for the
/// task; Ronneberger, Fischer, Brox, 2015, "U-Net", arXiv:1505.04597, for the network.
public struct Colorizer: Hashable, Sendable, Codable {
  /// The layers, which must translate, as a U-Net does; `nil` chooses them by the size of the images.
  public var architecture: Architecture?
  /// The budget and the steps of training.
  public var learning: TrainingSettings

  /// Makes a colorizer; the defaults suit small images and photographs.
  public init(
    architecture: Architecture? = nil,
    learning: TrainingSettings = TrainingSettings()
  ) {
    self.architecture = architecture
    self.learning = learning
  }
}

extension Colorizer {
  /// Trains on images in color; gray ones among them are left out.
  ///
  /// Some images are held out to evaluate the result, see `EvaluationSplit`. A checkpoint is written now and
  /// then, and at the end; it stays until the model is saved.
  ///
  /// - Throws: `application(.noColors)` where all images are gray; `interrupted` when the task is
  ///   cancelled: the checkpoint is written before.
  public func fit(
    _ images: ImageSet,
    session: TrainingSession = TrainingSession()
  ) async throws(HourglassError) -> FittedColorizer {
    try await HourglassError.wrapping(checkpoint: session.checkpoint) {
      try learning.validate()
      return try await ColorizationJob(self, images, session).fitted()
    }
  }
}
