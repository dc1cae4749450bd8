internal import HourglassEvaluation
internal import HourglassTasksCommon

/// How well scores separate positives from negatives, as the program itself counts it.
public enum RankingScores {
  /// The area under the receiver operating characteristic; `nil` without positives or negatives.
  public static func areaUnderROC(_ scores: [Double], positives: [Bool]) -> Double? {
    RankMetrics.areaUnderROC(scores: scores, positives: positives)
  }

  /// The average precision; `nil` without positives.
  public static func averagePrecision(_ scores: [Double], positives: [Bool]) -> Double? {
    RankMetrics.averagePrecision(scores: scores, positives: positives)
  }
}

/// The program that is measured.
public enum MeasuredProgram {
  /// Its version.
  public static var version: String { ProgramVersion.current }
}
