public import HourglassEncodings
public import HourglassStatistics

/// How much of some rows is left after reducing and reconstructing them, beside what simpler means keep.
public struct ReductionReport: Hashable, Sendable, Codable {
  /// How well one method reconstructs the rows.
  public struct Score: Hashable, Sendable, Codable {
    /// The squared error of one value on average, in the scale that `ReductionReport` tells of.
    public var errorPerValue: Double
    /// The squared error summed over the values of a row, averaged over rows, as Hinton and
    /// Salakhutdinov, 2006, report it.
    public var errorPerRow: Double
    /// 1 less the error divided by that of the column means: 1 where nothing is lost, 0 where no
    /// more is kept than the means, below 0 where even less is.
    public var varianceKept: Double

    /// Makes a score.
    public init(errorPerValue: Double, errorPerRow: Double, varianceKept: Double) {
      self.errorPerValue = errorPerValue
      self.errorPerRow = errorPerRow
      self.varianceKept = varianceKept
    }
  }

  /// How well codes keep the neighbors that items have among each other.
  public struct Neighbors: Hashable, Sendable, Codable {
    /// How well the codes of one method keep them.
    public struct Score: Hashable, Sendable, Codable {
      /// Whether items that are near by their codes are so in the data: 1 where all are, about 1/2
      /// for codes at random.
      ///
      /// Reference: Venna, Kaski, 2001, doi:10.1007/3-540-44668-0_68, equation 1.
      public var trustworthiness: Double
      /// The share, from 0 to 1, of the nearest items in the data that are among as many nearest by
      /// their codes.
      public var kept: Double

      /// Makes a score.
      public init(trustworthiness: Double, kept: Double) {
        self.trustworthiness = trustworthiness
        self.kept = kept
      }
    }

    /// The number of nearest items that are neighbors of an item.
    public var count: Int
    /// The number of items that were compared with each other, at most 2,000 of those evaluated.
    public var itemCount: Int
    /// The autoencoder.
    public var autoencoder: Score
    /// Principal components of the same size; `nil` in a report without baselines.
    public var principalComponents: Score?

    /// Makes it from what was measured.
    public init(count: Int, itemCount: Int, autoencoder: Score, principalComponents: Score?) {
      self.count = count
      self.itemCount = itemCount
      self.autoencoder = autoencoder
      self.principalComponents = principalComponents
    }
  }

  /// The name of the data.
  public var dataName: String
  /// What the rows are to the model.
  public var rows: EvaluationSplit
  /// The number of rows that were evaluated.
  public var rowCount: Int
  /// The number of numbers that each row is reduced to.
  public var dimensions: Int
  /// The number of values of a row as it is encoded: one for each number, one for each level of a
  /// category.
  public var valueCount: Int
  /// What the rows are; errors of images are those of values from 0 to 1, and all others those of
  /// columns, bands or channels brought to mean 0 and standard deviation 1 on what was trained on.
  public var kind: DataKind
  /// The number of kinds of patches that images were coded by; `nil` where values are the items' own.
  ///
  /// Errors are then those of what images say of these, each value with mean 0 and standard deviation 1 in
  /// learning.
  public var patchKinds: Int?
  /// The autoencoder.
  public var autoencoder: Score
  /// Principal components, as many as the autoencoder's code has numbers, of the rows trained on;
  /// `nil` in a report without baselines.
  public var principalComponents: Score?
  /// The mean of each column over the rows trained on, for every row the same; `nil` in a report
  /// without baselines.
  public var columnMeans: Score?
  /// How well neighbors are kept; `nil` where there are too few rows to tell.
  public var neighbors: Neighbors?
  /// What else a reader should know, such as columns that never vary.
  public var notes: [String]

  /// Makes a report from what was measured.
  public init(
    dataName: String,
    rows: EvaluationSplit,
    rowCount: Int,
    dimensions: Int,
    valueCount: Int,
    kind: DataKind,
    autoencoder: Score,
    principalComponents: Score?,
    columnMeans: Score?,
    neighbors: Neighbors? = nil,
    notes: [String] = []
  ) {
    self.dataName = dataName
    self.rows = rows
    self.rowCount = rowCount
    self.dimensions = dimensions
    self.valueCount = valueCount
    self.kind = kind
    self.autoencoder = autoencoder
    self.principalComponents = principalComponents
    self.columnMeans = columnMeans
    self.neighbors = neighbors
    self.notes = notes
  }
}

extension ReductionReport: ComparedReport {
  /// The report of the model alone.
  public var withoutBaselines: ReductionReport {
    var report = self
    report.principalComponents = nil
    report.columnMeans = nil
    report.neighbors?.principalComponents = nil
    return report
  }
}

extension ReductionReport {
  /// The errors by their names, for a model file.
  package var metrics: [String: Double] {
    [
      "error per value, autoencoder": autoencoder.errorPerValue,
      "error per value, column means": columnMeans?.errorPerValue,
      "error per value, PCA of the same size": principalComponents?.errorPerValue,
    ].compactMapValues { $0 }
  }
}
