/// What the evaluation of a model warns of, a sentence each.
package enum TrainingDiagnostics {
  /// What is warned of whatever the task: too short a training, latent dimensions without use, and items
  /// that evaluate and were trained on as well.
  ///
  /// - Parameters:
  ///   - codes: Latent vectors of items that evaluate, `[items, dimensions]`.
  ///   - evaluated: The items that evaluate.
  ///   - learned: Those that were trained on.
  ///   - split: What the former are to the model.
  ///   - noun: What they are called.
  package static func warnings(
    _ record: HourglassAutoencoders.TrainingRecord,
    codes: Tensor,
    evaluated: any BatchSource,
    learned: any BatchSource,
    split: EvaluationSplit,
    noun: String
  ) -> [String] {
    let duplicates =
      split == .trainedOn
      ? nil : duplicates(evaluated: evaluated, learned: learned, noun: noun)
    return [budget(record), inactiveUnits(codes), duplicates].compactMap(\.self)
  }

  /// Warns where training ended while the error was still falling.
  ///
  /// A schedule that lowers the learning rate to its end lets the error fall a little at the end of
  /// any run: a fall of 3 % in the last fifth of the epochs is more than that.
  package static func budget(_ record: HourglassAutoencoders.TrainingRecord) -> String? {
    guard record.stopReason == .epochs || record.stopReason == .time else { return nil }
    let losses = record.epochs.map(\.validationLoss)
    guard losses.count >= 3, let last = losses.last, record.bestEpoch == record.epochs.last?.epoch
    else {
      return record.stopReason == .time && losses.count < 3
        ? "the time was over before the \(losses.count == 1 ? "second" : "third") epoch ended: "
          + "train longer" : nil
    }
    let before = losses[max(losses.count * 4 / 5 - 1, 0)]
    guard before > 0, last > 0, last < 0.97 * before else { return nil }
    let part = NumberText.fixed(100 * (1 - last / before), places: 0)
    return "the error still fell by \(part) % in the last fifth of training: train longer"
  }

  /// Warns where what evaluates was trained on as well.
  ///
  /// - Parameters:
  ///   - evaluated: The items that evaluate.
  ///   - learned: Those that were trained on; of very many the first ones count.
  package static func duplicates(
    evaluated: any BatchSource,
    learned: any BatchSource,
    noun: String
  ) -> String? {
    guard evaluated.count > 0 else { return nil }
    let known = Set(hashes(of: learned))
    let count = hashes(of: evaluated).count { known.contains($0) }
    guard count * 20 >= evaluated.count, count > 1 else { return nil }
    let part = NumberText.fixed(100 * Double(count) / Double(evaluated.count), places: 0)
    return
      "\(part) % of the held-out \(noun) equal training \(noun), value for value: new ones will do "
      + "worse"
  }

  private static let mostHashed = 1 << 24

  private static func hashes(of rows: any BatchSource) -> [UInt64] {
    let width = max(rows.itemShape.elementCount, 1)
    let count = min(rows.count, max(mostHashed / width, 1_000))
    var values = [Float](repeating: 0, count: 64 * width)
    var hashes: [UInt64] = []
    hashes.reserveCapacity(count)
    for start in stride(from: 0, to: count, by: 64) {
      let indices = Array(start..<min(start + 64, count))
      var place = values.mutableSpan
      rows.copyItems(indices.span, into: &place)
      for row in indices.indices {
        let item = values.span.extracting(row * width..<(row + 1) * width)
        hashes.append(Fingerprint.hash(item.bytes))
      }
    }
    return hashes
  }

  /// Warns where latent dimensions hardly vary from one item to the next.
  ///
  /// - Parameter codes: Latent vectors of some items, `[items, dimensions]`.
  package static func inactiveUnits(_ codes: Tensor) -> String? {
    let (count, width) = (codes.shape[0], codes.shape[1])
    guard count > 1, width > 1 else { return nil }
    let variances = (0..<width).map { column in
      let values = (0..<count).map { Double(codes.scalars[$0 * width + column]) }
      let mean = values.reduce(0, +) / Double(count)
      return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
    }
    let largest = variances.max() ?? 0
    let idle = variances.count { $0 < 1e-5 * largest }
    guard idle > 0 else { return nil }
    return "\(idle) of the \(width) latent dimensions hardly vary: \(width - idle) would do"
  }

  /// Warns where one column makes most of the error.
  ///
  /// - Parameters:
  ///   - errors: The squared error of each field, summed over items.
  ///   - names: The names of their columns.
  package static func dominance(_ errors: [Double], names: [String]) -> String? {
    var byColumn: [String: Double] = [:]
    for (error, name) in zip(errors, names) { byColumn[name, default: 0] += error }
    let total = byColumn.values.reduce(0, +)
    guard byColumn.count >= 4, total > 0,
      let largest = byColumn.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }),
      largest.value > 0.5 * total
    else { return nil }
    let part = NumberText.fixed(100 * largest.value / total, places: 0)
    return "\(part) % of the error is that of \(largest.key): check whether to leave the column out"
  }

  /// Notes the columns that nothing is trained on.
  package static func ignored(_ columns: [String]) -> String? {
    guard !columns.isEmpty else { return nil }
    let more = columns.count > 4 ? " and \(columns.count - 4) more" : ""
    return "Ignored columns: \(columns.prefix(4).joined(separator: ", "))\(more)."
  }
}
