public import HourglassTasksCommon

/// One sound in an evaluation of a denoiser, as it was, with noise, and without it again.
package struct SoundDenoisingEvaluation: Sendable {
  /// The sound without noise; none where it is not known.
  package let clean: Sound?
  /// The sound with noise.
  package let noisy: Sound
  /// The output of the denoiser.
  package let denoised: Sound
}

extension FittedDenoiser {
  /// A sound without its noise, of the same rate, length and number of channels.
  ///
  /// Each channel is worked on by itself: a network takes its spectrogram and predicts which part of each
  /// bin is kept; the phases stay. A sound has the same result alone and in any company.
  ///
  /// - Throws: `application(.otherKind)` where it was not trained on sounds; `dataset` where a sample
  ///   is not finite.
  public func denoised(
    _ sound: Sound,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> Sound {
    try await HourglassError.wrapping {
      guard case .sounds(var network) = content else { throw otherKind(sound.name, "a sound") }
      return try await network.denoised(sound, on: engine)
    }
  }

  /// Denoises sounds, with noise that is added to them before or with the clean ones at hand, and
  /// evaluates the results.
  ///
  /// - Parameters:
  ///   - sounds: The sounds; clean where noise is added, else noisy.
  ///   - noise: What to add.
  ///   - reference: The clean sounds, in the same order; none where noise is added.
  ///   - seed: Where the noise comes from.
  ///   - body: Takes the name and the number of each sound with its results.
  /// - Returns: The evaluation; none where nothing is known of the clean sounds.
  package func evaluation(
    of sounds: SoundSet,
    adding noise: Noise? = nil,
    reference: SoundSet? = nil,
    seed: UInt64 = 0,
    on engine: ComputeEngine = ComputeEngine(),
    _ body: @Sendable (String, Int, SoundDenoisingEvaluation) throws -> Void
  ) async throws(HourglassError) -> Evaluation? {
    try await HourglassError.wrapping {
      guard case .sounds(var network) = content else { throw otherKind(sounds.name, "sounds") }
      try requireClean(reference?.count, for: sounds.count, "sounds")
      var tally = DenoisingTally(.sounds)
      let isEvaluated = noise != nil || reference != nil
      for index in 0..<sounds.count {
        try Task.checkCancellation()
        let given = try sounds.sound(index)
        let noisy = noise?.added(to: given, seed: seed, number: index) ?? given
        let denoised = try await network.denoised(noisy, on: engine)
        var clean = noise == nil ? nil : given
        if let reference {
          let other = try reference.sound(index)
          try requireSameForm(other, of: reference.name, as: given)
          clean = other
        }
        if isEvaluated, let clean {
          let transform = network.masking.transform(forRate: clean.sampleRate)
          tally.add(clean: clean, noisy: noisy, denoised: denoised, by: transform)
        }
        try body(
          sounds.names[index],
          index,
          SoundDenoisingEvaluation(clean: clean, noisy: noisy, denoised: denoised)
        )
        await Task.yield()
      }
      guard isEvaluated else { return nil }
      return tally.evaluation(of: sounds.name, split: .given, noise: noise?.description)
    }
  }

  private func requireSameForm(
    _ clean: Sound,
    of name: String,
    as noisy: Sound
  ) throws(TaskError) {
    func form(_ sound: Sound) -> String {
      "\(NumberText.counted(sound.count, "sample")) at \(sound.sampleRate) Hz in "
        + NumberText.counted(sound.channels.count, "channel")
    }
    try requireSetting(
      form(clean) == form(noisy),
      "\(clean.name) of \(name)",
      "like the noisy sound, \(form(noisy))",
      form(clean)
    )
  }
}
