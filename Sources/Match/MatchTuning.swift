package import HourglassTasksCommon

/// How many items are found again by the number of numbers of a signature.
package struct MatchTuning: Hashable, Sendable, Codable {
  /// One number of dimensions.
  package struct Size: Hashable, Sendable, Codable {
    /// The number of numbers of a signature.
    package var dimensions: Int
    /// The part of distorted copies whose nearest signature is one of their item's.
    package var signatures: Double
    /// The same by as many principal components.
    package var principalComponents: Double
  }

  /// The part that should be found again.
  package var target: Double
  /// The sizes that were tried, the smallest first.
  package var sizes: [Size]
  /// The smallest size that reached the target; none where none did.
  package var enough: Int?
  /// The part that the values themselves find.
  package var rawValues: Double
  /// The number of those values.
  package var valueCount: Int
}

extension Matcher {
  /// Finds the smallest of 2, 4, 8, … dimensions by which at least a given part of some items is
  /// found again from augmented copies.
  ///
  /// It trains a model for each size, and stops at the first that is enough.
  ///
  /// - Parameters:
  ///   - target: The part of the copies to find, above 0 and at most 1.
  ///   - largest: The largest size to try.
  ///   - progress: Called with each size when it has been measured.
  package func tuned(
    to data: Dataset,
    target: Double = 0.95,
    largest: Int = 64,
    session: TrainingSession = TrainingSession(),
    progress: @Sendable (MatchTuning.Size) -> Void = { _ in }
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
    // The sizes are compared with principal components and the values themselves.
    session.comparesWithBaselines = true
    var size = 2
    while size <= largest {
      matcher.dimensions = size
      guard let evaluation = try await matcher.fit(data, session: session).evaluation else { break }
      let found = MatchTuning.Size(
        dimensions: size,
        signatures: evaluation["recall@1"] ?? 0,
        principalComponents: evaluation["PCA", "recall@1"] ?? 0
      )
      tuning.sizes.append(found)
      tuning.rawValues = evaluation["raw values", "recall@1"] ?? 0
      tuning.valueCount = evaluation["raw values", "dimensions"].map { Int($0) } ?? 0
      progress(found)
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
        "\(size.dimensions)", percent(size.signatures),
        percent(size.principalComponents),
      ]
      lines.append(
        zip(cells, [10, 11, 20]).map { text, width in
          String(repeating: " ", count: max(0, width - text.count)) + text
        }.joined(separator: "  ")
      )
    }
    lines.append("the \(valueCount) raw values find \(percent(rawValues))")
    let part = percent(target)
    if let enough {
      lines.append("\(enough) dimensions are enough to find \(part) again.")
    } else if let largest = sizes.last {
      lines.append(
        "\(largest.dimensions) dimensions are not enough to find \(part) again: train longer, or "
          + "allow more dimensions."
      )
    }
    return lines.joined(separator: "\n")
  }
}

private func percent(_ part: Double) -> String { NumberText.fixed(100 * part, places: 1) + " %" }
