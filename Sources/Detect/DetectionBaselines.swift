internal import HourglassAutoencoders
internal import HourglassEncodings
internal import HourglassEngines
internal import HourglassTasksCommon
internal import HourglassTensors

/// The simpler detectors that the score is evaluated beside: the distance to the fifth nearest of the
/// rows kept, of a table with standardized columns, and the reconstruction error by principal components, as many as latent dimensions.
///
/// Reference: Ramaswamy, Rastogi, Shim, 2000, "Efficient Algorithms for Mining Outliers from Large
/// Data Sets", doi:10.1145/342009.335437, for the former.
struct DetectionBaselines: Sendable {
  /// Principal components of the values, with their means.
  let principal: ReductionBaseline
  let scorer: AnomalyScorer

  /// The names of the baselines in the order of their scores.
  var titles: [String] {
    (scorer.keptCount == 0 ? [] : ["5 nearest neighbors"]) + ["PCA, reconstruction error"]
  }

  /// The scores of items by each baseline, in the order of `titles`.
  ///
  /// - Parameter own: For each item its place among the rows that are kept, which is left out; -1 for none.
  func scores(
    of items: EncodedRows,
    without own: [Int]? = nil,
    on engine: ComputeEngine
  ) async throws -> [[Double]] {
    let nearest = try await scorer.neighbors(of: items, count: 5, without: own, on: engine)
    return (nearest.map { [$0.map { $0.last?.distance ?? 0 }] } ?? []) + [errors(of: items)]
  }

  /// ‖c - V Vᵀ c‖² of each item, where c is its values less the means.
  private func errors(of items: EncodedRows) -> [Double] {
    let width = items.valueCount
    let components = principal.components
    let (means, directions) = (principal.means.scalars.span, components.scalars.span)
    var centered = [Float](repeating: 0, count: width)
    return (0..<items.count).map { index in
      let item = items.item(index)
      var left: Float = 0
      for place in 0..<width {
        centered[place] = item[place] - means[place]
        left += centered[place] * centered[place]
      }
      for direction in 0..<components.shape[0] {
        var product: Float = 0
        for place in 0..<width {
          product += centered[place] * directions[direction * width + place]
        }
        left -= product * product
      }
      return Double(max(left, 0))
    }
  }
}
