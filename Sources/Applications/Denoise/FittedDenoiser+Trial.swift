public import HourglassDatasets
public import HourglassEngines
internal import HourglassTensors

/// One picture in a trial of a denoiser, as it was, with noise, and without it again.
public struct DenoisingTrial: Sendable {
  /// The picture without noise; none where it is not known.
  public let clean: Picture?
  /// The picture with noise.
  public let noisy: Picture
  /// What the denoiser makes of it.
  public let denoised: Picture
  /// The standard deviation of normal noise in the noisy picture, of values from 0 to 1, as it alone tells
  /// it; none where it has too few pixels.
  ///
  /// References: Liu, Tanaka, Okutomi, 2013, doi:10.1109/TIP.2013.2283400; Chen, Zhu, Heng, 2015,
  /// doi:10.1109/ICCV.2015.62, see `NoiseLevel`.
  public var noiseLevel: Float? { noisyPlanes.noiseLevel }

  /// The picture with noise, neither clipped nor rounded.
  let noisyPlanes: PicturePlanes
}

extension FittedDenoiser {
  /// Denoises pictures, with noise that is added to them before or with the clean ones at hand, and
  /// judges the results.
  ///
  /// Noise that is added is not clipped and not rounded on its way to the network.
  ///
  /// - Parameters:
  ///   - images: The pictures; clean where noise is added, else noisy.
  ///   - noise: What to add.
  ///   - reference: The clean pictures, in the same order; none where noise is added.
  ///   - seed: Where the noise comes from.
  ///   - body: Takes the name and the number of each picture with its results.
  /// - Returns: The report; none where nothing is known of the clean pictures.
  public func trial(
    of images: ImageSet,
    adding noise: Noise? = nil,
    reference: ImageSet? = nil,
    seed: UInt64 = 0,
    on engine: ComputeEngine = ComputeEngine(),
    _ body: @Sendable (String, Int, DenoisingTrial) throws -> Void
  ) async throws(HourglassError) -> DenoisingReport? {
    do {
      guard case .pictures(var network) = content else { throw otherKind(images.name, "images") }
      if let reference, reference.count != images.count {
        throw ApplicationError.invalidSetting(
          name: "the number of clean pictures",
          expected: "that of the noisy ones, \(images.count)",
          found: "\(reference.count)"
        )
      }
      var tally = DenoisingTally()
      let isJudged = noise != nil || reference != nil
      for index in 0..<images.count {
        try Task.checkCancellation()
        let name = images.names[index]
        let given = try images.picture(index)
        let planes = PicturePlanes(given)
        let noisy = try noise?.added(to: planes, seed: seed, number: index) ?? planes
        let denoised = try await network.denoised([noisy], name: name, on: engine)[0].clipped
        var clean: Picture? = noise == nil ? nil : given
        if let reference {
          let other = try reference.picture(index)
          guard other.size == given.size else {
            throw ApplicationError.imageSize(
              name: "\(reference.names[index]) of \(reference.name)",
              expected: images.shape(of: index),
              found: reference.shape(of: index)
            )
          }
          clean = other.converted(channels: given.channels)
        }
        if isJudged, let clean {
          tally.add(clean: PicturePlanes(clean), noisy: noisy, denoised: denoised)
        }
        let trial = DenoisingTrial(
          clean: clean,
          noisy: noise == nil ? given : noisy.picture(like: given),
          denoised: denoised.picture(like: given),
          noisyPlanes: noisy
        )
        try body(name, index, trial)
        await Task.yield()
      }
      guard isJudged else { return nil }
      return tally.report(dataName: images.name, items: .given, noise: noise?.description)
    } catch {
      throw HourglassError(error)
    }
  }
}
