internal import HourglassData
public import HourglassTasksCommon

/// How well missing cells are filled, beside simpler means: measured on observed cells that were
/// deleted before anything was learned.
public struct ImputationReport: Hashable, Sendable, Codable {
  /// The errors of one method.
  public struct Score: Hashable, Sendable, Codable {
    /// The name of the method.
    public var method: String
    /// The root of the mean squared error of numbers, each on the scale from 0 to 1 of its column;
    /// `nil` where no number was deleted.
    public var error: Double?
    /// The share of categories that are right; `nil` where no category was deleted.
    public var accuracy: Double?
  }

  /// The errors in one column, in the order of the methods.
  public struct Column: Hashable, Sendable, Codable {
    /// The name of the column.
    public var name: String
    /// The number of deleted cells.
    public var cells: Int
    /// Whether it holds numbers; the scores are then errors, and else accuracies.
    public var isNumber: Bool
    /// The score of each method.
    public var scores: [Double]
  }

  /// What intervals of a level hold of the deleted cells, those of each half learned on the other one.
  public struct Intervals: Hashable, Sendable, Codable {
    /// The share of the cells that the intervals should hold.
    public var level: Double
    /// The share of the deleted numbers within their intervals; `nil` where there are none.
    public var numbers: Double?
    /// The mean width of an interval as a part of the range of its column.
    public var width: Double?
    /// The share of the deleted levels within their sets; `nil` where there are none.
    public var levels: Double?
    /// The mean number of levels of a set.
    public var setSize: Double?
  }

  /// How much each part of the result counts, averaged over the columns.
  public struct Weight: Hashable, Sendable, Codable {
    /// The name of the part.
    public var part: String
    /// Its weight.
    public var weight: Double
  }

  /// The name of the data.
  public var dataName: String
  /// The number of rows.
  public var rowCount: Int
  /// The number of cells that were deleted to be evaluated by.
  public var cellCount: Int
  /// All methods, the imputer first and the column means second; the imputer alone in a report
  /// without baselines.
  public var overall: [Score]
  /// How well intervals keep what they promise; `nil` where too little was deleted.
  public var intervals: Intervals?
  /// The learned columns.
  public var columns: [Column]
  /// The weights of the result.
  public var weights: [Weight]
  /// What else a reader should know.
  public var notes: [String]

  /// The imputer's own score.
  public var own: Score? { overall.first }
  /// The score of the column means and modes.
  public var columnMeans: Score? { overall.dropFirst().first }
}

extension ImputationReport: ComparedReport {
  /// The report of the model alone.
  public var withoutBaselines: ImputationReport {
    var report = self
    report.overall = Array(overall.prefix(1))
    for place in columns.indices {
      report.columns[place].scores = Array(columns[place].scores.prefix(1))
    }
    return report
  }
}
