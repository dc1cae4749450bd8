internal import HourglassTasksCommon

/// A network that takes noise off the colors of images.
struct ImageDenoising: Sendable {
  /// The planes that it takes at once: 1, each color by itself, or 3.
  let channels: Int
  var translation: TiledInference

  /// The images without noise, of values that may lie a little outside of 0 to 1.
  ///
  /// - Throws: `otherKind` for a gray image where the network knows colors alone.
  mutating func denoised(
    _ images: [PlanarImage],
    name: String,
    on engine: ComputeEngine
  ) async throws -> [PlanarImage] {
    if channels == 3 {
      if images.contains(where: { $0.planes.count != 3 }) {
        throw TaskError.otherKind(
          name: name,
          expected: "images with colors",
          found: "an image in gray"
        )
      }
      return try await translation.translated(images, on: engine)
    }
    var results: [PlanarImage] = []
    let single = images.flatMap { image in
      image.planes.map {
        PlanarImage(width: image.width, height: image.height, planes: [$0])
      }
    }
    var done = try await translation.translated(single, on: engine)[...]
    for image in images {
      let planes = done.prefix(image.planes.count).flatMap(\.planes)
      done = done.dropFirst(image.planes.count)
      results.append(PlanarImage(width: image.width, height: image.height, planes: planes))
    }
    return results
  }
}
