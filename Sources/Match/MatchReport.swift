public import HourglassEncodings
internal import HourglassSystem
public import HourglassTasksCommon
internal import HourglassTensors

/// How many items are found again from distorted copies, by signatures and by simpler means.
///
/// The copies are distorted as in learning, by other draws.
public struct MatchReport: Hashable, Sendable, Codable {
  /// The name of the data.
  public var dataName: String
  /// What the items are.
  public var kind: DataKind
  /// The number of items that a copy was searched among.
  public var itemCount: Int
  /// The number of their signatures; more than items for sounds.
  public var rowCount: Int
  /// The number of copies.
  public var copyCount: Int
  /// The number of numbers of a signature.
  public var dimensions: Int
  /// The number of values that a signature is made of.
  public var valueCount: Int
  /// The part of the copies whose nearest signature is one of their item's.
  public var signatures: Double
  /// The same by principal components, as many as a signature has numbers; `nil` in a report without
  /// baselines.
  public var principalComponents: Double?
  /// The same by the values themselves; `nil` in a report without baselines.
  public var rawValues: Double?
  /// What else a reader should know, such as that learning ended too early.
  public var notes: [String]
}

extension MatchReport: CustomStringConvertible {
  /// The report as a small table and a sentence, for people.
  public var description: String {
    var lines = [
      "found again from \(copyCount) distorted copies, among \(itemCount) \(kind.nouns.many) of "
        + dataName + (kind == .sounds ? " (\(rowCount) signatures)" : "")
    ]
    let rows: [(name: String, numbers: Int, recall: Double?)] = [
      ("signatures", dimensions, signatures),
      ("PCA of the same size", dimensions, principalComponents),
      ("the values themselves", valueCount, rawValues),
    ]
    for case (let name, let numbers, let recall?) in rows {
      let blanks = String(repeating: " ", count: 22 - name.count)
      let size = NumberText.grouped(numbers)
      let pad = String(repeating: " ", count: max(0, 6 - size.count))
      lines.append("  \(name)\(blanks) \(pad)\(size) numbers  \(Self.percent(recall))")
    }
    if let verdict { lines.append(verdict) }
    return (lines + notes).joined(separator: "\n")
  }

  /// One sentence: whether the signatures beat the baselines; `nil` in a report without baselines.
  public var verdict: String? {
    guard let principalComponents, let rawValues else { return nil }
    let classical = max(principalComponents, rawValues)
    if signatures > classical + 0.005 {
      return "The signatures beat the baselines: they find "
        + "\(Self.percent(signatures)), simpler means \(Self.percent(classical)) at best."
    }
    if signatures >= classical - 0.005 {
      return "Simpler means find as many: these items are easily told apart."
    }
    return "Simpler means find more: learn longer, or with more dimensions."
  }

  static func percent(_ part: Double) -> String {
    NumberText.fixed(100 * part, places: 1) + " %"
  }
}

extension MatchReport: ComparedReport {
  /// The report of the model alone.
  public var withoutBaselines: MatchReport {
    var report = self
    report.principalComponents = nil
    report.rawValues = nil
    return report
  }
}
