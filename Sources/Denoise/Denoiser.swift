public import HourglassTasksCommon

/// Takes noise off images of any size, off sounds, off tables of numbers and off time series.
///
///     let photos = try Dataset.load(contentsOf: "clean-photos")
///     let denoiser = try await Denoiser(noise: .gaussian(standardDeviation: 25 / 255)).fit(photos)
///     let clean = try await denoiser.denoised(Image.load(contentsOf: "noisy.png"))
///
/// It is trained on clean data to which it adds the noise, anew at every step, with the clean values as
/// targets; or, by `learned`, on noisy images alone. What is `nil` is chosen from the data. The same
/// settings, data and number of threads give the same bytes.
///
/// References: Zhang, Zuo, Chen, Meng, Zhang, 2016, "Beyond a Gaussian Denoiser", arXiv:1608.03981,
/// for images; Erdogan, Hershey, Watanabe, Le Roux, 2015, "Phase-sensitive and recognition-boosted
/// speech separation using deep recurrent neural networks", doi:10.1109/ICASSP.2015.7178061, for
/// sounds; Vincent, Larochelle, Bengio, Manzagol, 2008, "Extracting and composing robust features
/// with denoising autoencoders", doi:10.1145/1390156.1390294, for tables.
public struct Denoiser: Hashable, Sendable, Codable {
  /// What is trained on.
  public enum LearnedItems: String, Hashable, Sendable, Codable, CaseIterable {
    /// Clean items, to which the noise is added.
    case clean
    /// Noisy images, of which no clean ones exist. Without a `noise` the network learns to predict pixels
    /// from those beside them, which noise that strikes each pixel by itself cannot help; with a noise that
    /// is normal, of counts or of grain it is trained on the images with more of that noise, and does better.
    ///
    /// References: Huang et al., 2021, "Neighbor2Neighbor: Self-Supervised Denoising from Single Noisy
    /// Images", arXiv:2101.02824; Pang, Zheng, Quan, Ji, 2021, "Recorrupted-to-Recorrupted: Unsupervised Deep
    /// Learning for Image Denoising", doi:10.1109/CVPR46437.2021.00208.
    case noisy
  }

  /// The noise that is to be taken off; `nil` takes normal noise of an unknown level up to 55/255 for
  /// images, white noise of an unknown level from 5 dB above to 20 dB below for sounds, and of a standard
  /// deviation of 0.3 for tables and series, whose values are scaled to a standard deviation of 1.
  public var noise: Noise?
  /// Whether the items that are trained on are clean; `nil` is `clean`.
  public var learned: LearnedItems?
  /// The layers; for images, sounds and series they must translate, as a U-Net or a plain chain does, and
  /// for a table encode.
  public var architecture: Architecture?
  /// The budget and the steps of training.
  public var learning: TrainingSettings

  /// Makes a denoiser; the defaults suit photographs and most tables and series.
  public init(
    noise: Noise? = nil,
    learned: LearnedItems? = nil,
    architecture: Architecture? = nil,
    learning: TrainingSettings = TrainingSettings()
  ) {
    self.noise = noise
    self.learned = learned
    self.architecture = architecture
    self.learning = learning
  }
}

extension Denoiser {
  /// The noise, chosen by the kind of data.
  func noise(for kind: DataKind) -> Noise {
    if let noise { return noise }
    switch kind {
    case .images: return .unknown
    case .sounds: return .unknownOfSounds
    case .table, .series: return .gaussian(standardDeviation: 0.3)
    }
  }
}
