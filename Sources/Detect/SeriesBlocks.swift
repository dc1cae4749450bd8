internal import HourglassData

/// How many of the times of held-out series are independent: neighboring times share windows, and series have a
/// memory of their own, so that n times say less of a new one than n rows of a table do.
///
/// The times of a series are cut into blocks as long as a window, or as the time in which its scores forget, where
/// that is longer; each block counts as one item. The latter is the integrated autocorrelation time of the ranks of
/// the scores,
///
///     τ = 1 + 2 Σ_{k = 1...m} ρ_k
///
/// with the smallest m of at least 5 τ.
///
/// Reference: Sokal, 1997, "Monte Carlo Methods in Statistical Mechanics", section 3, for τ and m.
enum SeriesBlocks {
  /// The autocorrelation is summed up to so many times τ.
  private static let reach = 5.0
  /// The longest memory that is looked at, in times.
  private static let longest = 4_096

  /// The number of blocks.
  ///
  /// - Parameters:
  ///   - scores: The scores of times, in their order.
  ///   - lengths: How many of them each series has, one series after the other.
  ///   - window: The times of a window.
  static func count(scores: [Double], lengths: [Int], window: Int) -> Int {
    let block = max(window, Int(memory(scores, lengths).rounded(.up)))
    return lengths.reduce(0) { $0 + ($1 > 0 ? max($1 / block, 1) : 0) }
  }

  /// The integrated autocorrelation time of the ranks of scores, at least 1.
  static func memory(_ scores: [Double], _ lengths: [Int]) -> Double {
    var ranks = [Double](repeating: 0, count: scores.count)
    let order = scores.indices.sorted { (scores[$0], $0) < (scores[$1], $1) }
    for (rank, place) in order.enumerated() {
      ranks[place] = Double(rank) - Double(scores.count - 1) / 2
    }
    let variance = ranks.reduce(0) { $0 + $1 * $1 }
    guard variance > 0 else { return 1 }
    var (sum, lag) = (1.0, 1)
    while lag <= longest, Double(lag) < max(reach * sum, 1) {
      var product = 0.0
      var start = 0
      for length in lengths {
        for place in start..<start + max(length - lag, 0) {
          product += ranks[place] * ranks[place + lag]
        }
        start += length
      }
      sum = max(sum + 2 * product / variance, 1)
      lag += 1
    }
    return sum
  }
}
