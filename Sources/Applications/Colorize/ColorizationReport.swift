/// How near coloured images are to their true colours, beside grey and one colour for all.
public struct ColorizationReport: Hashable, Sendable, Codable {
  /// How near the results of one method are to the true colours.
  public struct Score: Hashable, Sendable, Codable {
    /// What was done to the grey images.
    public var method: String
    /// The peak signal-to-noise ratio of red, green and blue in decibels, averaged over images.
    public var peakSignalToNoiseRatio: Double
    /// The mean absolute error of a and b, in units of CIE L*a*b*.
    public var opponentError: Double
    /// The colourfulness of the results divided by that of the true images: 0 is grey, 1 is as
    /// colourful as the truth.
    public var colourfulness: Double

    /// Makes a score.
    public init(
      method: String,
      peakSignalToNoiseRatio: Double,
      opponentError: Double,
      colourfulness: Double
    ) {
      self.method = method
      self.peakSignalToNoiseRatio = peakSignalToNoiseRatio
      self.opponentError = opponentError
      self.colourfulness = colourfulness
    }
  }

  /// The name of the data.
  public var dataName: String
  /// What the images are to the model.
  public var items: JudgedItems
  /// The number of images that were judged.
  public var itemCount: Int
  /// The images without colours; `nil` in a report without rivals.
  public var grey: Score?
  /// The mean a and b of the images that were learnt from, everywhere; `nil` in a report without rivals.
  public var mean: Score?
  /// The network's mean colours.
  public var coloured: Score
  /// The network's vivid colours.
  public var vivid: Score
  /// What was wrong with learning, in words, such as that it ended too early.
  public var warnings: [String]?

  /// Makes a report from what was measured.
  public init(
    dataName: String,
    items: JudgedItems,
    itemCount: Int,
    grey: Score?,
    mean: Score?,
    coloured: Score,
    vivid: Score
  ) {
    self.dataName = dataName
    self.items = items
    self.itemCount = itemCount
    self.grey = grey
    self.mean = mean
    self.coloured = coloured
    self.vivid = vivid
  }

  /// The numbers by their names, for the header of a model.
  var metrics: [String: Double] {
    var metrics: [String: Double] = [:]
    for score in [grey, mean, coloured, vivid].compactMap({ $0 }) {
      metrics["PSNR, \(score.method)"] = score.peakSignalToNoiseRatio
      metrics["ab error, \(score.method)"] = score.opponentError
      metrics["colourfulness, \(score.method)"] = score.colourfulness
    }
    return metrics
  }
}

extension ColorizationReport: RefereedReport {
  /// The report of the model alone.
  public var withoutRivals: ColorizationReport {
    var report = self
    report.grey = nil
    report.mean = nil
    return report
  }
}
