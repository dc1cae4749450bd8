package import HourglassAutoencoders
internal import HourglassData
internal import HourglassEngines
internal import HourglassNetworks
internal import HourglassSystem
package import HourglassTensors

/// What somebody should be warned of who sees nothing but the end of a run of learning, in words.
package enum TrainingDiagnostics {
  /// Warns where learning ended while the error was still falling.
  ///
  /// A schedule that lowers the learning rate to its end lets the error fall a little at the end of
  /// any run: a fall of 3 % in the last fifth of the epochs is more than that.
  package static func budget(_ record: HourglassAutoencoders.TrainingRecord) -> String? {
    guard record.stopReason == .epochs || record.stopReason == .time else { return nil }
    let losses = record.epochs.map(\.validationLoss)
    guard losses.count >= 3, let last = losses.last, record.bestEpoch == record.epochs.last?.epoch
    else {
      return record.stopReason == .time && losses.count < 3
        ? "The time was over before the \(losses.count == 1 ? "second" : "third") pass over the data "
          + "ended: learn longer." : nil
    }
    let before = losses[max(losses.count * 4 / 5 - 1, 0)]
    guard before > 0, last > 0, last < 0.97 * before else { return nil }
    let part = NumberText.fixed(100 * (1 - last / before), places: 0)
    return "The error still fell by \(part) % in the last fifth of learning: learn longer."
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
    return "\(part) % of the \(noun) that evaluate are among those that were trained on, value for "
      + "value: new ones will do worse."
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

  /// Warns where numbers of a code hardly vary from one item to the next.
  ///
  /// - Parameter codes: Codes of some items, `[items, numbers]`.
  package static func idleNumbers(_ codes: Tensor) -> String? {
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
    return "\(idle) of the \(width) numbers of a code hardly vary: \(width - idle) would do."
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
    return "\(part) % of the error is that of \(largest.key): see whether it belongs to what is to "
      + "be learned."
  }
}
