package import HourglassAutoencoders
internal import HourglassData
package import HourglassStatistics

/// Which rows are trained on, which decide when training ends, and which evaluate the result.
///
/// From 1,000 rows on there are three parts: a twentieth, at most 2,000 rows, is kept away from
/// training altogether and is for the report alone; another twentieth, at most 1,000 rows, chooses
/// the best epoch. Below 1,000 rows a part of its own for the report would cost too many training rows:
/// one tenth serves both, and the report says so. Below 10 rows nothing is held out.
package struct RowSplit: Hashable, Sendable {
  /// The rows that the trainer sees, which holds out some of them by `validation`.
  package let seen: [Int]
  /// The rows whose gradients are followed.
  package let training: [Int]
  /// The rows that evaluate the result.
  package let report: [Int]
  /// What the rows of the report are.
  package let reportRows: EvaluationSplit
  /// How the trainer parts the rows that it sees.
  package let validation: ValidationSplit

  /// The rows that do not evaluate the result: all that a model without epochs may be fitted to.
  package var withoutReport: [Int] {
    switch reportRows {
    case .heldOut: seen
    default: training
    }
  }

  private static let reportPurpose: UInt32 = 0x7265_706f

  package init(count: Int, seed: UInt64) {
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
      reportRows = .trainedOn
    } else {
      report = parts.validation.map { seen[$0] }
      reportRows = .heldOutAndUsedForStopping
    }
    self.seen = seen
    self.report = report
  }

  /// Parts items of which some belong together, such as the windows of a stretch of time: those that
  /// evaluate the result are whole groups, and what overlaps with one of them is left out of training.
  ///
  /// A tenth of the groups, at most 2,000 items, evaluate: some from everywhere or, where too much would
  /// overlap with them, the last ones. Where there are fewer than ten groups, or everything overlaps,
  /// items are parted as if each stood for itself.
  package init(_ items: RawItems, seed: UInt64) {
    guard let groups = items.groups, groups.count >= 10 else {
      self.init(count: items.count, seed: seed)
      return
    }
    var order = Array(groups.indices)
    Permutation.shuffle(&order, seed: seed, purpose: Self.reportPurpose, number: 0)
    var (seen, report) = Self.parts(of: items, groups, evaluators: order)
    if seen.count < items.count / 2 {
      (seen, report) = Self.parts(of: items, groups, evaluators: groups.indices.reversed())
    }
    guard !seen.isEmpty else {
      self.init(count: items.count, seed: seed)
      return
    }
    let validation = ValidationSplit(fraction: 0.05, maximumCount: 1_000)
    let training = validation.indices(of: seen.count, seed: seed).training.map { seen[$0] }
    self.init(seen: seen, training: training, report: report, validation: validation)
  }

  /// The items of the first groups of an order, and those that overlap with none of them.
  private static func parts(
    of items: RawItems,
    _ groups: [Range<Int>],
    evaluators order: [Int]
  ) -> (seen: [Int], report: [Int]) {
    var chosen: [Int] = []
    var evaluated = 0
    for group in order.prefix(max(groups.count / 10, 1)) {
      if !chosen.isEmpty, evaluated + groups[group].count > 2_000 { break }
      chosen.append(group)
      evaluated += groups[group].count
    }
    let report = chosen.sorted().flatMap { Array(groups[$0]) }
    // Items ascend in time, so that one overlaps with a evaluate if it does with the nearest on a side.
    var (seen, next): ([Int], Int) = ([], 0)
    for item in 0..<items.count {
      while next < report.count, report[next] < item { next += 1 }
      if next < report.count, report[next] == item || items.overlaps(item, report[next]) {
        continue
      }
      if next > 0, items.overlaps(item, report[next - 1]) { continue }
      seen.append(item)
    }
    return (seen, report)
  }

  private init(seen: [Int], training: [Int], report: [Int], validation: ValidationSplit) {
    self.seen = seen
    self.training = training
    self.report = report
    self.validation = validation
    reportRows = .heldOut
  }
}
