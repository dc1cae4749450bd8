internal import HourglassData
internal import HourglassDetect
internal import HourglassEngines
internal import HourglassMedia
internal import HourglassTensors

/// Images of where images are unlike normal ones.
struct HeatMaps {
  /// Where they go; it is there.
  let folder: String
  let engine: ComputeEngine

  /// The most images that are drawn.
  private static let limit = 100

  /// Draws the squared error of each pixel of the most unusual images, black for none and white for
  /// the largest of all of them, and says how many images there are.
  func draw(
    _ data: Dataset,
    _ findings: Findings,
    _ fitted: FittedAnomalyDetector
  ) async throws -> Int {
    guard case .images(let images) = data else { return 0 }
    let order = findings.indices.sorted { findings.scores[$0] > findings.scores[$1] }
    let chosen = Array(order.prefix(Self.limit))
    guard
      let errors = try await fitted.squaredErrors(
        ofImages: .images(images.items(chosen)),
        on: engine
      )
    else { return 0 }
    let (height, width) = (errors.shape[1], errors.shape[2])
    let largest = max(errors.scalars.max() ?? 0, .leastNormalMagnitude)
    for (place, index) in chosen.enumerated() {
      let start = place * height * width
      let plane = errors.scalars[start..<start + height * width].map {
        ($0 / largest).squareRoot()
      }
      let image = Image(planes: [plane], width: width, height: height, depth: 8)
      let name = images.names[index].split(separator: "/").joined(separator: "_")
      try image.write(to: "\(folder)/\(name).png")
    }
    return chosen.count
  }
}
