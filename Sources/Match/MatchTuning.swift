public import HourglassData
internal import HourglassEncodings
internal import HourglassEngines
public import HourglassTasksCommon
internal import HourglassTensors

/// How many items are found again by the number of numbers of a signature.
public struct MatchTuning: Hashable, Sendable, Codable {
  /// One number of dimensions.
  public struct Size: Hashable, Sendable, Codable {
    /// The number of numbers of a signature.
    public var dimensions: Int
    /// The part of distorted copies whose nearest signature is one of their item's.
    public var signatures: Double
    /// The same by as many principal components.
    public var principalComponents: Double
  }

  /// The part that should be found again.
  public var target: Double
  /// The sizes that were tried, the smallest first.
  public var sizes: [Size]
  /// The smallest size that reached the target; none where none did.
  public var enough: Int?
  /// The part that the values themselves find.
  public var rawValues: Double
  /// The number of those values.
  public var valueCount: Int
}

extension Matcher {
  /// Finds the smallest of 2, 4, 8, … dimensions that tells the items of some data apart: that finds
  /// at least a part of them again from distorted copies.
  ///
  /// It learns anew for each size, and stops at the first that is enough.
  ///
  /// - Parameters:
  ///   - target: The part of the copies to find, above 0 and at most 1.
  ///   - largest: The largest size to try.
  ///   - tell: Hears of each size when it has been measured.
  public func tuned(
    to data: Dataset,
    target: Double = 0.95,
    largest: Int = 64,
    session: TrainingSession = TrainingSession(),
    tell: @Sendable (MatchTuning.Size) -> Void = { _ in }
  ) async throws(HourglassError) -> MatchTuning {
    do {
      try requireSetting(target > 0 && target <= 1, "the recall", "above 0, at most 1", target)
      try requireSetting((2...4096).contains(largest), "the largest size", "2 to 4096", largest)
    } catch {
      throw .application(error)
    }
    var tuning = MatchTuning(target: target, sizes: [], rawValues: 0, valueCount: 0)
    var matcher = self
    var session = session
    // Each size would need a state of its own.
    session.checkpoint = nil
    session.resumes = false
    // The sizes are told beside principal components and the values themselves.
    session.comparesWithBaselines = true
    var size = 2
    while size <= largest {
      matcher.dimensions = size
      guard let report = try await matcher.fit(data, session: session).report else { break }
      let found = MatchTuning.Size(
        dimensions: size,
        signatures: report.signatures,
        principalComponents: report.principalComponents ?? 0
      )
      tuning.sizes.append(found)
      tuning.rawValues = report.rawValues ?? 0
      tuning.valueCount = report.valueCount
      tell(found)
      if found.signatures >= target {
        tuning.enough = size
        break
      }
      size *= 2
    }
    return tuning
  }
}

extension MatchTuning: CustomStringConvertible {
  /// The sizes as a small table and a sentence, for people.
  public var description: String {
    var lines = ["dimensions  found again  PCA of the same size"]
    for size in sizes {
      let cells = [
        "\(size.dimensions)", MatchReport.percent(size.signatures),
        MatchReport.percent(size.principalComponents),
      ]
      lines.append(
        zip(cells, [10, 11, 20]).map { text, width in
          String(repeating: " ", count: max(0, width - text.count)) + text
        }.joined(separator: "  ")
      )
    }
    lines.append("the \(valueCount) values themselves find \(MatchReport.percent(rawValues))")
    let part = MatchReport.percent(target)
    if let enough {
      lines.append("\(enough) dimensions are enough to find \(part) again.")
    } else if let largest = sizes.last {
      lines.append(
        "\(largest.dimensions) dimensions are not enough to find \(part) again: learn longer, or "
          + "allow more of them."
      )
    }
    return lines.joined(separator: "\n")
  }
}
