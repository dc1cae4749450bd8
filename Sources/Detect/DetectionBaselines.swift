internal import HourglassAutoencoders
internal import HourglassEngines
internal import HourglassNetworks
internal import HourglassStatistics
internal import HourglassTensors

/// The simpler detectors that the score is evaluated beside: the distance to the fifth nearest of the
/// rows kept, and the reconstruction error by principal components, as many as latent dimensions.
///
/// Reference: Ramaswamy, Rastogi, Shim, 2000, "Efficient Algorithms for Mining Outliers from Large
/// Data Sets", doi:10.1145/342009.335437, for the former.
struct DetectionBaselines: Sendable {
  /// The mean of each value, `[width]`.
  let means: Tensor
  /// The directions, `[components, width]`.
  let components: Tensor
  let references: NearestReferences?

  static let names = (means: "baselines.means", components: "baselines.components")

  /// The names of the baselines in the order of their scores.
  var titles: [String] {
    (references == nil ? [] : ["5 nearest neighbors"]) + ["PCA, reconstruction error"]
  }

  init(means: Tensor, components: Tensor, references: NearestReferences?) {
    self.means = means
    self.components = components
    self.references = references
  }

  init(_ principal: PrincipalComponents, references: NearestReferences?) {
    let width = principal.means.count
    self.init(
      means: Tensor(principal.means.map { Float($0) }, shape: [width]),
      components: Tensor(principal.components.map { Float($0) }, shape: [principal.count, width]),
      references: references
    )
  }

  var tensors: [String: Tensor] { [Self.names.means: means, Self.names.components: components] }

  /// The scores of items by each baseline, in the order of `titles`.
  func scores(of items: DetectionItems, on engine: ComputeEngine) async throws -> [[Double]] {
    var all: [[Double]] = []
    if let references {
      let nearest = try await references.neighbors(of: items, count: 5, on: engine)
      all.append(nearest.map { $0.last?.distance ?? 0 })
    }
    all.append(errors(of: items))
    return all
  }

  /// ‖c - V Vᵀ c‖² of each item, where c is its values less the means.
  private func errors(of items: DetectionItems) -> [Double] {
    let width = items.width
    let (means, directions) = (means.scalars.span, components.scalars.span)
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
