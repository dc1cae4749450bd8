internal import HourglassAutoencoders

/// Which rows are learnt from, which decide when learning ends, and which judge the result.
///
/// From 1,000 rows on there are three parts: a twentieth, at most 2,000 rows, is kept away from
/// learning altogether and is for the report alone; another twentieth, at most 1,000 rows, chooses
/// the best epoch. Below 1,000 rows a part of its own for the report would cost more than it tells:
/// one tenth serves both, and the report says so. Below 10 rows nothing is held out.
struct RowSplit: Hashable, Sendable {
  /// The rows that the trainer sees, which holds out some of them by `validation`.
  let seen: [Int]
  /// The rows whose gradients are followed.
  let training: [Int]
  /// The rows that judge the result.
  let report: [Int]
  /// What the rows of the report are.
  let reportRows: JudgedItems
  /// How the trainer parts the rows that it sees.
  let validation: ValidationSplit

  private static let reportPurpose: UInt32 = 0x7265_706f

  init(count: Int, seed: UInt64) {
    var seen = Array(0..<count)
    var report: [Int] = []
    if count >= 1_000 {
      validation = ValidationSplit(fraction: 0.05, maximumCount: 1_000)
      Permutation.shuffle(&seen, seed: seed, purpose: Self.reportPurpose, number: 0)
      let reportCount = min(count / 20, 2_000)
      report = seen.prefix(reportCount).sorted()
      seen = seen.dropFirst(reportCount).sorted()
    } else {
      validation = ValidationSplit(fraction: 0.1, maximumCount: 1_000)
    }
    let parts = validation.indices(of: seen.count, seed: seed)
    training = parts.training.map { seen[$0] }
    if !report.isEmpty {
      reportRows = .heldOut
    } else if parts.validation.isEmpty {
      report = seen
      reportRows = .learntFrom
    } else {
      report = parts.validation.map { seen[$0] }
      reportRows = .heldOutAndUsedForStopping
    }
    self.seen = seen
    self.report = report
  }
}
