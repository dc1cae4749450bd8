public import HourglassEncodings
public import HourglassStatistics
public import HourglassTasksCommon

/// How near colored images are to their true colors, beside gray and one color for all.
public struct ColorizationReport: Hashable, Sendable, Codable {
  /// How near the results of one method are to the true colors.
  public struct Score: Hashable, Sendable, Codable {
    /// What was done to the gray images.
    public var method: String
    /// The peak signal-to-noise ratio of red, green and blue in decibels, averaged over images.
    public var peakSignalToNoiseRatio: Double
    /// The mean absolute error of a and b, in units of CIE L*a*b*.
    public var abChannelError: Double
    /// The colorfulness of the results divided by that of the true images: 0 is gray, 1 is as
    /// colorful as the truth.
    public var colorfulness: Double

    /// Makes a score.
    public init(
      method: String,
      peakSignalToNoiseRatio: Double,
      abChannelError: Double,
      colorfulness: Double
    ) {
      self.method = method
      self.peakSignalToNoiseRatio = peakSignalToNoiseRatio
      self.abChannelError = abChannelError
      self.colorfulness = colorfulness
    }
  }

  /// The name of the data.
  public var dataName: String
  /// What the images are to the model.
  public var items: EvaluationSplit
  /// The number of images that were evaluated.
  public var itemCount: Int
  /// The images without colors; `nil` in a report without baselines.
  public var gray: Score?
  /// The mean a and b of the images that were trained on, everywhere; `nil` in a report without baselines.
  public var mean: Score?
  /// The network's mean colors.
  public var colored: Score
  /// The network's vivid colors.
  public var vivid: Score
  /// What was wrong with learning, in words, such as that it ended too early.
  public var warnings: [String]?

  /// Makes a report from what was measured.
  public init(
    dataName: String,
    items: EvaluationSplit,
    itemCount: Int,
    gray: Score?,
    mean: Score?,
    colored: Score,
    vivid: Score
  ) {
    self.dataName = dataName
    self.items = items
    self.itemCount = itemCount
    self.gray = gray
    self.mean = mean
    self.colored = colored
    self.vivid = vivid
  }

  /// The numbers by their names, for the header of a model.
  var metrics: [String: Double] {
    var metrics: [String: Double] = [:]
    for score in [gray, mean, colored, vivid].compactMap({ $0 }) {
      metrics["PSNR, \(score.method)"] = score.peakSignalToNoiseRatio
      metrics["ab error, \(score.method)"] = score.abChannelError
      metrics["colorfulness, \(score.method)"] = score.colorfulness
    }
    return metrics
  }
}

extension ColorizationReport: ComparedReport {
  /// The report of the model alone.
  public var withoutBaselines: ColorizationReport {
    var report = self
    report.gray = nil
    report.mean = nil
    return report
  }
}
