package import HourglassTasksCommon

/// One image in an evaluation of a denoiser, as it was, with noise, and without it again.
package struct DenoisingEvaluation: Sendable {
  /// The image without noise; none where it is not known.
  package let clean: Image?
  /// The image with noise.
  package let noisy: Image
  /// The output of the denoiser.
  package let denoised: Image
  /// The standard deviation of normal noise in the noisy image, of values from 0 to 1, estimated from
  /// it alone; none where it has too few pixels.
  ///
  /// References: Liu, Tanaka, Okutomi, 2013, doi:10.1109/TIP.2013.2283400; Chen, Zhu, Heng, 2015,
  /// doi:10.1109/ICCV.2015.62, see `NoiseLevel`.
  package var noiseLevel: Float? { noisyPlanes.noiseLevel }

  /// The image with noise, neither clipped nor rounded.
  let noisyPlanes: PlanarImage
}

extension FittedDenoiser {
  /// Denoises images, with noise that is added to them before or with the clean ones at hand, and
  /// evaluates the results.
  ///
  /// Noise that is added is not clipped and not rounded on its way to the network.
  ///
  /// - Parameters:
  ///   - images: The images; clean where noise is added, else noisy.
  ///   - noise: What to add.
  ///   - reference: The clean images, in the same order; none where noise is added.
  ///   - seed: Where the noise comes from.
  ///   - body: Takes the name and the number of each image with its results.
  /// - Returns: The evaluation; none where nothing is known of the clean images.
  package func evaluation(
    of images: ImageSet,
    adding noise: Noise? = nil,
    reference: ImageSet? = nil,
    seed: UInt64 = 0,
    on engine: ComputeEngine = ComputeEngine(),
    _ body: @Sendable (String, Int, DenoisingEvaluation) throws -> Void
  ) async throws(HourglassError) -> Evaluation? {
    try await HourglassError.wrapping {
      guard case .images(var network) = content else { throw otherKind(images.name, "images") }
      try requireClean(reference?.count, for: images.count, "images")
      var tally = DenoisingTally(.images)
      let isEvaluated = noise != nil || reference != nil
      for index in 0..<images.count {
        try Task.checkCancellation()
        let name = images.names[index]
        let given = try images.image(index)
        let planes = PlanarImage(given)
        let noisy = try noise?.added(to: planes, seed: seed, number: index) ?? planes
        let denoised = try await network.denoised([noisy], name: name, on: engine)[0].clipped
        var clean: Image? = noise == nil ? nil : given
        if let reference {
          let other = try reference.image(index)
          guard other.size == given.size else {
            throw TaskError.imageSize(
              name: "\(reference.names[index]) of \(reference.name)",
              expected: images.shape(of: index),
              found: reference.shape(of: index)
            )
          }
          clean = other.converted(channels: given.channels)
        }
        if isEvaluated, let clean {
          tally.add(clean: PlanarImage(clean), noisy: noisy, denoised: denoised)
        }
        let evaluation = DenoisingEvaluation(
          clean: clean,
          noisy: noise == nil ? given : noisy.image(like: given),
          denoised: denoised.image(like: given),
          noisyPlanes: noisy
        )
        try body(name, index, evaluation)
        await Task.yield()
      }
      guard isEvaluated else { return nil }
      return tally.evaluation(of: images.name, split: .given, noise: noise?.description)
    }
  }
}
