public import HourglassAutoencoders
public import HourglassData
internal import HourglassEncodings
package import HourglassModelFiles
public import HourglassNetworks
public import HourglassTasksCommon

/// Finds the rows of a table, the images, or the times of a series that are unlike those it was trained
/// from.
///
///     let normal = try Dataset.load(contentsOf: "normal.csv")
///     let detector = try await AnomalyDetector(falseAlarmRate: 0.01).fit(normal)
///     for finding in try await detector.findings(in: week) where finding.isAnomaly {
///       print(finding.item, finding.score, finding.pValue, finding.reasons)
///     }
///
/// The score of a row of a table adds up several weighed parts: distances to rows that are kept, in several
/// scalings of the columns, how far the row is from the hull of its nearest rows and in the tails of its
/// columns, and what a denoising autoencoder fails to reconstruct and how it encodes it (`TableScorer`).
/// The score of an image or a time of a series is the reconstruction error, each value in units of its
/// usual error, and the squared distance to the nearest of some items that were trained on, each divided
/// by its median; the former counts a third. All are sums over columns, so that the score is the sum of
/// what the columns add to it. From which score on an item counts as an anomaly is a matter apart: see
/// `ConformalCalibration`.
///
/// Training items should be normal: what occurs among them counts as normal. Where anomalies may be
/// among them, set `learned`: the fifth of the items that is farthest from others is then neither kept
/// nor trained on, and distances are those to neighbors so far that few anomalies hide each other.
///
/// Reference: Vincent et al., 2010, "Stacked Denoising Autoencoders", JMLR 11; Sugiyama, Borgwardt,
/// 2013, "Rapid Distance-Based Outlier Detection via Sampling", NIPS, for the distance to the
/// nearest row of a sample; Bandaragoda et al., 2018, "Isolation-based anomaly detection using
/// nearest-neighbor ensembles", doi:10.1111/coin.12156, for many small samples.
public struct AnomalyDetector: Hashable, Sendable, Codable {
  /// What is trained on.
  public enum LearnedItems: String, Hashable, Sendable, Codable, CaseIterable {
    /// Normal items alone.
    case normal
    /// Items with anomalies among them, which are scored afterwards, or others like them.
    case mixed
  }

  /// The part of normal items that may be taken for anomalies, above 0 and below 1.
  public var falseAlarmRate: Double
  /// Whether anomalies may be among the items trained on; `nil` is `normal`.
  public var learned: LearnedItems?
  /// The number of latent dimensions; `nil` chooses it by the data.
  public var latent: Int?
  /// The layers between the items and the latent vector, mirrored on the way back; `nil` chooses them.
  public var architecture: Architecture?
  /// What is done to an item before the network sees it in training.
  public var corruption: Corruption
  /// The number of rows that the model keeps to measure distances to.
  ///
  /// With 0 the score is the reconstruction error alone; `nil` keeps up to 20,000 rows of a table, and
  /// 2,048 images or windows.
  public var references: Int?
  /// The budget and the steps of training.
  ///
  /// Nothing is held out to stop early: the noise keeps the network from memorizing rows, and
  /// the rows held out are for the false alarms.
  public var learning: TrainingSettings

  /// Makes a detector; the defaults suit most data.
  public init(
    falseAlarmRate: Double = 0.01,
    learned: LearnedItems? = nil,
    latent: Int? = nil,
    architecture: Architecture? = nil,
    corruption: Corruption = .hiding(lower: 0, upper: 0.2, standardDeviation: 0.2),
    references: Int? = nil,
    learning: TrainingSettings = TrainingSettings()
  ) {
    self.falseAlarmRate = falseAlarmRate
    self.learned = learned
    self.latent = latent
    self.architecture = architecture
    self.corruption = corruption
    self.references = references
    self.learning = learning
  }
}

extension AnomalyDetector {
  /// Checks the settings that no other room checks.
  func validate() throws(TaskError) {
    try requireFalseAlarmRate(falseAlarmRate)
    try requireSetting(
      (1...1 << 16).contains(latent ?? 1),
      "the number of latent dimensions",
      "1 to 65536",
      latent ?? 1
    )
    try requireSetting(
      (0...1 << 20).contains(references ?? 0),
      "the number of rows to measure distances to",
      "0 to 1048576",
      references ?? 0
    )
    try learning.validate()
  }

  /// The network for items of an encoding, with everything chosen.
  func autoencoder(for encoding: ItemEncoding) -> Autoencoder {
    let width = encoding.valueCount
    return Autoencoder(
      encoder: architecture
        ?? Defaults.detectionArchitecture(width: width, kind: encoding.kind),
      bottleneck: .deterministic(
        latent: latent ?? Defaults.detectionLatent(width: width, kind: encoding.kind)
      ),
      objective: .distance(.squaredError),
      corruption: corruption,
      fields: encoding.layout
    )
  }
}

/// Throws unless a false-alarm rate lies between 0 and 1.
func requireFalseAlarmRate(_ rate: Double) throws(TaskError) {
  try requireSetting(rate > 0 && rate < 1, "the false-alarm rate", "above 0 and below 1", rate)
}

extension Defaults {
  /// Two layers as `denseArchitecture` has them, and for images and windows at most 256 wide: a
  /// detector should reconstruct what is common and no more.
  static func detectionArchitecture(width: Int, kind: DataKind) -> Architecture {
    let hidden = kind == .table ? min(max(4 * width, 64), 256) : 256
    return .dense(hidden: [hidden, hidden / 2], activation: .silu)
  }

  /// Half the values of a row of a table, from 1 to 32; an eighth of a window or image, from 4 to 32.
  static func detectionLatent(width: Int, kind: DataKind) -> Int {
    kind == .table ? min(max(width / 2, 1), 32) : min(max(width / 8, 4), 32)
  }

  /// The number of steps: a quarter of those of a reduction, whose quality rests on the network
  /// alone, and fewer where an item has more than 64 values, down to 300.
  static func detectionSteps(width: Int) -> Int { min(max(3_000 * 64 / max(width, 1), 300), 3_000) }

  /// At least 64 items a step where an item has more than 512 values: reading the weights then costs
  /// more than using them.
  static func detectionBatchSize(width: Int, learningCount: Int) -> Int {
    max(batchSize(learningCount: learningCount), width > 512 ? 64 : 1)
  }

  /// Up to 20,000 rows of a table to measure distances to, and 2,048 images or windows; fewer where they are
  /// so wide that they would be more than 2²² and 2²¹ numbers.
  static func references(width: Int, kind: DataKind) -> Int {
    let (most, numbers) = kind == .table ? (20_000, 1 << 22) : (2_048, 1 << 21)
    return max(min(most, numbers / max(width, 1)), 16)
  }
}

extension AnomalyDetector {
  /// Trains on a table, images of one size, or windows of a time series.
  ///
  /// A fifth of the items is held out, on which the false-alarm rate is evaluated.
  ///
  /// - Throws: `interrupted` when the task is cancelled, after a checkpoint; `dataset` or
  ///   `application` for data in which nothing varies or that are of no such kind.
  public func fit(
    _ data: Dataset,
    session: TrainingSession = TrainingSession()
  ) async throws(HourglassError) -> FittedAnomalyDetector {
    try await HourglassError.wrapping(checkpoint: session.checkpoint) {
      try await DetectionJob(self, data.learnable, session).fitted()
    }
  }

  /// Trains on the rows of a table.
  public func fit(
    _ table: Table,
    session: TrainingSession = TrainingSession()
  ) async throws(HourglassError) -> FittedAnomalyDetector {
    try await fit(.table(table), session: session)
  }

  /// The header of a checkpoint of training on some data; for a store of one's own.
  package func header(for data: Dataset) throws(HourglassError) -> ModelHeader {
    try HourglassError.wrapping {
      try DetectionJob(self, data, TrainingSession()).header
    }
  }
}
