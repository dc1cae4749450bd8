public import HourglassEncodings
public import HourglassStatistics
public import HourglassTasksCommon

/// How alike generated items are to real ones, beside what trivial means make.
public struct SynthesisReport: Hashable, Sendable, Codable {
  /// How alike a table is to real rows, see `TableSimilarity`.
  public struct Score: Hashable, Sendable, Codable {
    /// The mean over the columns.
    public var columnShapes: Double
    /// The mean over pairs of columns.
    public var pairTrends: Double
  }

  /// Generated rows, or windows as rows, beside real ones.
  public struct Tables: Hashable, Sendable, Codable {
    /// The rows that were generated.
    public var generatedCount: Int
    /// The rows that are generated.
    public var generated: Score
    /// Rows of codes from the prior, where codes come from elsewhere.
    public var fromPrior: Score?
    /// Columns drawn on their own from real rows: perfect columns, but none goes with another; `nil` in
    /// a report without baselines.
    public var independent: Score?
    /// The rows trained on: as alike as real rows are to each other; `nil` in a report without baselines.
    public var learned: Score?
    /// The columns that are least alike.
    public var weakestColumns: [TableSimilarity.Column]
    /// The pairs that are least alike.
    public var weakestPairs: [TableSimilarity.Pair]
    /// Cells that could not stand in the table trained on.
    public var problems: [String]
    /// How near generated rows come to those trained on.
    public var privacy: DistanceToClosestRecord?
  }

  /// How probable real images are to the model, in nats an image; more is better.
  public struct Bound: Hashable, Sendable, Codable {
    /// The mean evidence lower bound.
    public var evidenceLowerBound: Double
    /// A bound that is nearer to the logarithm itself; `nil` in models of former versions.
    public var importanceWeighted: ImportanceWeighted?
    /// The mean of the logarithm of the probability by pixels on their own; `nil` in a report without
    /// baselines.
    public var independentPixels: Double?
    /// Whether the values were made zeros and ones by chance.
    public var isBinarized: Bool
    /// The values of an image.
    public var valueCount: Int
  }

  /// The mean importance-weighted bound of real images.
  ///
  ///     ln p(x) >= ln 1/K Σ p(x | zₖ) p(zₖ) / q(zₖ | x), zₖ drawn from q
  ///
  /// By how much it is above the evidence lower bound is measured on some of the images, which stand
  /// for all of them.
  ///
  /// Reference: Burda, Grosse, Salakhutdinov, 2015, arXiv:1509.00519, equation 8.
  public struct ImportanceWeighted: Hashable, Sendable, Codable {
    /// K, the codes that were drawn for an image.
    public var samples: Int
    /// The images that codes were drawn for, spread over all.
    public var imageCount: Int
    /// The mean bound where codes come from the standard normal distribution, in nats an image.
    public var bound: Double
    /// The standard error that comes from taking some of the images; `nil` for a single one.
    public var standardError: Double?
    /// The mean bound where codes come from the mixture, where the model has one.
    public var fromMixture: Double?
  }

  /// How often images that were made of a class look like it: whether the learned image that is nearest to
  /// one, by the squared difference of all pixels, is of its class.
  public struct ClassAgreement: Hashable, Sendable, Codable {
    /// The classes.
    public var classCount: Int
    /// The images that were made, as many of each class.
    public var generatedCount: Int
    /// The part of them whose nearest learned image is of their class.
    public var generated: Double
    /// The same of real images that were held out; `nil` where none was.
    public var heldOut: Double?
  }

  /// The name of the data.
  public var dataName: String
  /// What the items are.
  public var kind: DataKind
  /// What the items are to the model.
  public var rows: EvaluationSplit
  /// The real items that the model was evaluated by.
  public var itemCount: Int
  /// The numbers of a code.
  public var latent: Int
  /// The numbers of a code that tell something about an item: whose mean has a variance above 0.01.
  ///
  /// Reference: Burda, Grosse, Salakhutdinov, 2015, arXiv:1509.00519, section 5.1.
  public var activeUnits: Int
  /// The normal distributions of the mixture that codes come from; 0 for the prior.
  public var mixtureCount: Int
  /// For tables and series.
  public var tables: Tables?
  /// For images.
  public var bound: Bound?
  /// For images with classes; `nil` in models of former versions, too.
  public var classes: ClassAgreement?
  /// What else a reader should know.
  public var notes: [String]
}

extension SynthesisReport: ComparedReport {
  /// The report of the model alone.
  public var withoutBaselines: SynthesisReport {
    var report = self
    report.tables?.independent = nil
    report.tables?.learned = nil
    report.bound?.independentPixels = nil
    return report
  }
}
