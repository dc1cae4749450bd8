internal import HourglassAutoencoders
internal import HourglassData
internal import HourglassEncodings
internal import HourglassStatistics

/// Which items are trained on, and which are held out to count false alarms on.
///
/// A fifth is held out, at most 4,000 items; of fewer than 20 items none, and then the items learned
/// from stand in for them. Of a time series the last fifth of the windows is held out, and windows
/// that share times with it are not trained on; where all do, they are trained on, and count as such.
struct DetectionSplit: Sendable {
  /// The items that are trained on, in an order that is random for rows and images.
  let training: [Int]
  /// The items held out; those trained on where there are too few.
  let heldOut: [Int]
  /// What the latter are to the model.
  let heldOutItems: EvaluationSplit

  private static let purpose: UInt32 = 0x6465_7465

  init(_ data: RawItems, seed: UInt64) {
    let count = data.count
    guard count >= 20 else {
      training = Array(0..<count)
      heldOut = training
      heldOutItems = .trainedOn
      return
    }
    let heldOutCount = min(max(count / 5, 10), 4_000)
    if case .series(let series) = data {
      let boundary = count - heldOutCount
      let start = series.range(of: boundary).lowerBound
      let before = (0..<boundary).filter { series.range(of: $0).upperBound <= start }
      heldOut = Array(boundary..<count)
      training = before.isEmpty ? Array(0..<boundary) : before
      heldOutItems = before.isEmpty ? .trainedOn : .heldOut
    } else {
      var order = Array(0..<count)
      Permutation.shuffle(&order, seed: seed, purpose: Self.purpose, number: 0)
      heldOut = order.prefix(heldOutCount).map { $0 }
      training = order.dropFirst(heldOutCount).map { $0 }
      heldOutItems = .heldOut
    }
  }
}
