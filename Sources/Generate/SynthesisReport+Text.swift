internal import HourglassData
internal import HourglassEncodings
internal import HourglassStatistics
internal import HourglassSystem
internal import HourglassTensors

extension SynthesisReport: CustomStringConvertible {
  /// The report as small tables and a sentence, for people.
  public var description: String {
    var lines: [String] = []
    if let tables { lines += text(of: tables) }
    if let bound { lines += text(of: bound) }
    if let classes { lines.append(text(of: classes)) }
    lines.append(codesInWords)
    lines += notes
    if let verdict { lines.append(verdict) }
    return lines.joined(separator: "\n")
  }

  /// One sentence: whether the autoencoder beats the baselines; `nil` in a report
  /// without baselines of a model that is in order.
  public var verdict: String? {
    if activeUnits == 0 {
      return "No number of a code tells anything: the model makes the average item. Learn longer."
    }
    if let tables, let independent = tables.independent {
      let (own, trivial) = (tables.generated.pairTrends, independent.pairTrends)
      if own > trivial {
        return "The autoencoder beats the baselines: its columns go together as real ones do by "
          + "\(percent(own)), independent columns by \(percent(trivial))."
      }
      return "Columns drawn on their own do as well: \(percent(trivial)) against \(percent(own)). "
        + "Learn longer or from more rows, or do not use it."
    }
    if let bound, let trivial = bound.independentPixels {
      let own = bound.importanceWeighted.map { max($0.bound, $0.fromMixture ?? $0.bound) }
      let gain = (own ?? bound.evidenceLowerBound) - trivial
      if gain > 0 {
        return
          "The autoencoder beats the baselines: its bound is \(nats(gain)) above pixels on their own."
      }
      return "Pixels on their own do as well: learn longer, or from more images."
    }
    return nil
  }

  private func text(of tables: Tables) -> [String] {
    let what = kind == .series ? "steps of windows" : "rows"
    var lines = [
      "\(NumberText.grouped(tables.generatedCount)) \(what) generated, beside \(itemsInWords) of \(dataName)"
    ]
    var table = [["", "column shapes", "pair trends"]]
    func add(_ name: String, _ score: Score?) {
      guard let score else { return }
      table.append([name, decimal(score.columnShapes), decimal(score.pairTrends)])
    }
    add("autoencoder", tables.generated)
    add("with codes from the prior", tables.fromPrior)
    add(kind == .series ? "steps on their own" : "columns on their own", tables.independent)
    add("the \(kind.nouns.many) trained on", tables.learned)
    lines += aligned(table)
    lines.append("1 is alike; the definitions are those of SDMetrics.")
    if let column = tables.weakestColumns.first, let pair = tables.weakestPairs.first {
      lines.append(
        "Least alike: \(column.name) (\(decimal(column.score))); "
          + "\(pair.first) with \(pair.second) (\(decimal(pair.score)))."
      )
    }
    lines +=
      tables.problems.isEmpty
      ? ["Every cell is of its column's type and range."]
      : tables.problems.prefix(5).map { "Wrong: \($0)." }
    if let privacy = tables.privacy { lines += text(of: privacy) }
    return lines
  }

  private func text(of privacy: DistanceToClosestRecord) -> [String] {
    let table = [
      ["privacy", "copies of learned rows", "distance to the closest: median", "lowest 5 %"],
      ["generated rows"] + cells(privacy.generated),
      ["rows held out"] + cells(privacy.heldOut),
    ]
    let leaked =
      privacy.rareLevels > 0
      ? [
        "\(privacy.leakedLevels) of \(privacy.rareLevels) values that fewer than 5 learned rows have "
          + "occur in generated rows."
      ] : []
    return aligned(table) + leaked + [
      "\(percent(privacy.closerToLearned)) of generated rows are closer to learned rows than to as many "
        + "held out; 50 % is no closer than chance."
    ]
  }

  private func cells(_ rows: DistanceToClosestRecord.Rows) -> [String] {
    [percent(rows.copies), decimal(rows.median), decimal(rows.low)]
  }

  private func text(of bound: Bound) -> [String] {
    var lines = ["\(itemsInWords) of \(dataName), in nats an image (more is better)"]
    var table = [["", "ln p(image)"]]
    let weighted = bound.importanceWeighted
    if let weighted {
      let name = "autoencoder, bound by \(weighted.samples) codes an image"
      table.append([name, nats(weighted.bound)])
      if let mixed = weighted.fromMixture {
        table.append(["  codes from the mixture", nats(mixed)])
      }
    }
    table.append(["autoencoder, evidence lower bound", nats(bound.evidenceLowerBound)])
    if let trivial = bound.independentPixels {
      table.append(["pixels on their own", nats(trivial)])
    }
    lines += aligned(table)
    if let weighted, weighted.imageCount < itemCount {
      let error = weighted.standardError.map { ", with a standard error of \(nats($0))" } ?? ""
      lines.append(
        "By how much more codes raise the bound was measured on \(weighted.imageCount) of the images\(error)."
      )
    }
    if bound.isBinarized {
      lines.append("Each pixel was made 0 or 1 by chance, by its gray (dynamic binarization).")
    }
    return lines
  }

  private func text(of classes: ClassAgreement) -> String {
    let real = classes.heldOut.map { ", of images held out \(percent($0))" } ?? ""
    return
      "Of \(NumberText.grouped(classes.generatedCount)) images made of \(classes.classCount) classes, "
      + "\(percent(classes.generated)) are nearest to a learned one of theirs\(real)."
  }

  private var codesInWords: String {
    let origin =
      mixtureCount > 0
      ? "a mixture of \(mixtureCount) normal distributions, fitted to the codes of the "
        + "\(kind.nouns.many) trained on"
      : "the standard normal distribution"
    return "\(activeUnits) of \(latent) numbers of a code are in use; codes come from \(origin)."
  }

  private var itemsInWords: String {
    let noun = itemCount == 1 ? kind.nouns.one : kind.nouns.many
    let count = "\(NumberText.grouped(itemCount)) \(noun)"
    return switch rows {
    case .heldOut: "\(count) held out"
    case .heldOutAndUsedForStopping: "\(count) held out (also used for early stopping)"
    case .trainedOn: "\(count), the same that were trained on,"
    case .given: count
    }
  }

  private func aligned(_ table: [[String]]) -> [String] {
    let widths = table[0].indices.map { column in table.map { $0[column].count }.max() ?? 0 }
    return table.map { row in
      "  " + row[0] + String(repeating: " ", count: widths[0] - row[0].count)
        + row.indices.dropFirst().map {
          "  " + String(repeating: " ", count: widths[$0] - row[$0].count) + row[$0]
        }.joined()
    }
  }
}

private func decimal(_ value: Double) -> String {
  value.isFinite ? NumberText.fixed(value, places: 3) : "\(value)"
}

private func nats(_ value: Double) -> String {
  value.isFinite ? NumberText.fixed(value, places: 2) : "\(value)"
}

private func percent(_ part: Double) -> String {
  part.isFinite ? NumberText.fixed(100 * part, places: 1) + " %" : "\(part)"
}
