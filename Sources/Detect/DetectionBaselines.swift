internal import HourglassAutoencoders
internal import HourglassEncodings
internal import HourglassEngines
internal import HourglassTasksCommon
internal import HourglassTensors

/// The simpler detectors that the score is evaluated beside: the distance to the fifth nearest of the
/// rows kept, and the reconstruction error by principal components, as many as latent dimensions.
///
/// Reference: Ramaswamy, Rastogi, Shim, 2000, "Efficient Algorithms for Mining Outliers from Large
/// Data Sets", doi:10.1145/342009.335437, for the former.
struct DetectionBaselines: Sendable {
  /// Principal components of the values, with their means.
  let principal: ReductionBaseline
  let references: NearestReferences?

  /// The names of the baselines in the order of their scores.
  var titles: [String] {
    (references == nil ? [] : ["5 nearest neighbors"]) + ["PCA, reconstruction error"]
  }

  /// The scores of items by each baseline, in the order of `titles`.
  func scores(of items: EncodedRows, on engine: ComputeEngine) async throws -> [[Double]] {
    var all: [[Double]] = []
    if let references {
      let nearest = try await references.neighbors(of: items, count: 5, on: engine)
      all.append(nearest.map { $0.last?.distance ?? 0 })
    }
    all.append(errors(of: items))
    return all
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
