internal import HourglassEncodings
internal import HourglassStatistics
internal import HourglassSystem
internal import HourglassTensors

extension ReductionReport: CustomStringConvertible {
  /// The report as a small table and a sentence, for people.
  public var description: String {
    var lines = [
      "\(rowsInWords) of \(dataName), reduced from \(valueCount) values to \(dimensions)"
    ]
    let table = [
      ["", "error per value", "per row", "variance kept"],
      cells("autoencoder", autoencoder),
      principalComponents.map { cells("PCA of the same size", $0) },
      columnMeans.map { cells("column means", $0) },
    ].compactMap { $0 }
    let widths = (0..<4).map { column in table.map { $0[column].count }.max() ?? 0 }
    for row in table {
      let padding = (0..<4).map { String(repeating: " ", count: widths[$0] - row[$0].count) }
      lines.append(
        "  \(row[0])\(padding[0])" + (1..<4).map { "  \(padding[$0])\(row[$0])" }.joined()
      )
    }
    lines.append(scale)
    lines += neighborLines
    lines += notes
    if let verdict { lines.append(verdict) }
    return lines.joined(separator: "\n")
  }

  /// One sentence: whether the autoencoder beats PCA, and by how much; `nil` in a
  /// report without baselines, and for features of patches, which are not learned to reconstruct all alike.
  public var verdict: String? {
    guard let principalComponents, let columnMeans, patchKinds == nil else { return nil }
    let (own, classical) = (autoencoder.errorPerRow, principalComponents.errorPerRow)
    guard own.isFinite, classical.isFinite else {
      return "The errors are too large to compare."
    }
    if own >= columnMeans.errorPerRow, columnMeans.errorPerRow > 0 {
      return
        "The autoencoder reconstructs these rows no better than the column means do: do not use it."
    }
    let lost = 1e-5 * columnMeans.errorPerRow
    if own < lost, classical < lost {
      return "Both reconstruct these rows without a loss that matters: PCA is the simpler means."
    }
    if own < 0.99 * classical {
      return "The autoencoder beats the baselines: its error is \(percent(1 - own / classical)) "
        + "below that of PCA."
    }
    if own <= 1.01 * classical {
      return "The autoencoder and PCA do equally well: PCA is the simpler means."
    }
    return "PCA does better: the error of the autoencoder is "
      + (classical > 1e-6 * columnMeans.errorPerRow
        ? "\(percent(own / classical - 1)) above" : "far above")
      + " its. Learn longer, or use PCA."
  }

  private var neighborLines: [String] {
    guard let neighbors else { return [] }
    let own = neighbors.autoencoder
    let classical = neighbors.principalComponents
    func beside(_ words: (Neighbors.Score) -> String) -> String {
      classical.map { " (PCA \(words($0)))" } ?? ""
    }
    func trust(_ score: Neighbors.Score) -> String {
      NumberText.fixed(score.trustworthiness, places: 3)
    }
    return [
      "Neighbors, the \(neighbors.count) nearest among \(NumberText.grouped(neighbors.itemCount)) of "
        + "them: \(percent(own.kept)) are kept\(beside { percent($0.kept) }), trustworthiness "
        + "\(trust(own))\(beside(trust))."
    ]
  }

  private var rowsInWords: String {
    let nouns = kind == .sounds ? (one: "patch", many: "patches") : kind.nouns
    let count = "\(NumberText.grouped(rowCount)) \(rowCount == 1 ? nouns.one : nouns.many)"
    return switch rows {
    case .heldOut: "\(count) held out"
    case .heldOutAndUsedForStopping: "\(count) held out (also used for early stopping)"
    case .trainedOn: "\(count), the same that were trained on,"
    case .given: count
    }
  }

  private var scale: String {
    if let patchKinds {
      return
        "Errors are squared, of what images say of \(patchKinds) kinds of patches, with mean 0 and standard "
        + "deviation 1 in learning, common differences made smaller."
    }
    return switch kind {
    case .images: "Errors are squared, of values from 0 to 1."
    case .table:
      "Errors are squared, of numbers with mean 0 and standard deviation 1 in learning, and of a 0 "
        + "or 1 for each category."
    case .sounds:
      "Errors are squared, of log-mel bands with mean 0 and standard deviation 1 in learning."
    case .series:
      "Errors are squared, of channels with mean 0 and standard deviation 1 in learning."
    }
  }

  private func cells(_ name: String, _ score: Score) -> [String] {
    [
      name, NumberText.significant(score.errorPerValue), NumberText.significant(score.errorPerRow),
      percent(score.varianceKept),
    ]
  }
}

private func percent(_ part: Double) -> String {
  guard part.isFinite else { return "\(part)" }
  return NumberText.fixed(100 * part, places: abs(part) < 10 ? 1 : 0) + " %"
}
