public import HourglassEncodings
public import HourglassStatistics
public import HourglassTasksCommon

/// How near denoised items are to the clean ones, beside the noisy ones and classical filters.
public struct DenoisingReport: Hashable, Sendable, Codable {
  /// How near the results of one method are to the clean items.
  public struct Score: Hashable, Sendable, Codable {
    /// What was done to the noisy items.
    public var method: String
    /// The peak signal-to-noise ratio in decibels, averaged over images; none for other kinds.
    public var peakSignalToNoiseRatio: Double?
    /// The structural similarity, averaged over images; none for other kinds.
    public var structuralSimilarity: Double?
    /// The scale-invariant signal-to-noise ratio in decibels, averaged over sounds; none for other kinds.
    public var signalToNoiseRatio: Double?
    /// The distance of the logarithms of power spectra in decibels, averaged over sounds; none for
    /// other kinds.
    public var logSpectralDistance: Double?
    /// The root of the mean squared error, of values of images from 0 to 1, of sounds with a root
    /// mean square of 1, and of others scaled to a standard deviation of 1.
    public var error: Double

    /// Makes a score.
    public init(
      method: String,
      peakSignalToNoiseRatio: Double? = nil,
      structuralSimilarity: Double? = nil,
      signalToNoiseRatio: Double? = nil,
      logSpectralDistance: Double? = nil,
      error: Double
    ) {
      self.method = method
      self.peakSignalToNoiseRatio = peakSignalToNoiseRatio
      self.structuralSimilarity = structuralSimilarity
      self.signalToNoiseRatio = signalToNoiseRatio
      self.logSpectralDistance = logSpectralDistance
      self.error = error
    }
  }

  /// The name of the data.
  public var dataName: String
  /// What the items are.
  public var kind: DataKind
  /// What the items are to the model.
  public var items: EvaluationSplit
  /// The number of items that were evaluated.
  public var itemCount: Int
  /// The noise that was added, as it is written in a command line; none where the items came with
  /// noise of their own.
  public var noise: String?
  /// The noisy items as they are.
  public var noisy: Score
  /// The simpler means; none in a report without baselines.
  public var classical: [Score]
  /// The network.
  public var denoised: Score
  /// What else a reader should know, such as that learning ended too early.
  public var notes: [String]

  /// Makes a report from what was measured.
  public init(
    dataName: String,
    kind: DataKind,
    items: EvaluationSplit,
    itemCount: Int,
    noise: String?,
    noisy: Score,
    classical: [Score],
    denoised: Score,
    notes: [String] = []
  ) {
    self.dataName = dataName
    self.kind = kind
    self.items = items
    self.itemCount = itemCount
    self.noise = noise
    self.noisy = noisy
    self.classical = classical
    self.denoised = denoised
    self.notes = notes
  }

  /// The numbers by their names, for the header of a model.
  var metrics: [String: Double] {
    var metrics: [String: Double] = [:]
    for score in [noisy, denoised] + classical {
      metrics["error, \(score.method)"] = score.error
      if let ratio = score.peakSignalToNoiseRatio { metrics["PSNR, \(score.method)"] = ratio }
      if let ratio = score.signalToNoiseRatio { metrics["SI-SNR, \(score.method)"] = ratio }
    }
    return metrics
  }
}

extension DenoisingReport: ComparedReport {
  /// The report of the model alone.
  public var withoutBaselines: DenoisingReport {
    var report = self
    report.classical = []
    return report
  }
}
