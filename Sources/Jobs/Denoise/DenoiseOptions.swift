internal import HourglassDenoise

/// What `denoise` is asked for: to take noise off.
package struct DenoiseOptions: JobOptions {
  package static let task = "denoise"

  /// The clean images or sounds for the data.
  package var reference: String?
  /// The figure of the first images or sounds.
  package var figure: String?
  /// The noise to train with.
  package var noise: NoiseChoice?
  /// Whether the training images are noisy.
  package var noisyOnly = false
  /// Whether the noise is added to the data first.
  package var addNoise = false

  package init() {}

  package mutating func replacePaths(_ path: PathReplacement) throws {
    reference = try reference.map { try path($0, .input) }
    figure = try figure.map { try path($0, .output) }
  }

  package func validate(_ request: JobRequest) throws {
    // With --model, --seed and --noise are those of the noise that is added.
    let given = request.training.given.filter { !(addNoise && $0 == "--seed") }
    let ownGiven = namesGiven(["--noise": noise != nil && !addNoise, "--noisy-only": noisyOnly])
    try request.files.checkModel(given: given + ownGiven)
    if noisyOnly, addNoise {
      throw Failure.usage("--noisy-only and --add-noise exclude each other: DATA is noisy already")
    }
    if noisyOnly, let noise, !noise.noise.isTrainedOnNoisyImages {
      throw Failure.usage(
        "--noisy-only takes normal noise, that of counts and of grain (gaussian, poisson, speckle), not "
          + "\(noise.noise)"
      )
    }
    try request.files.checkResume(request.training)
    if addNoise, reference != nil {
      throw Failure.usage(
        "--add-noise and --reference exclude each other: DATA is clean already"
      )
    }
  }

  package func run(_ run: JobRun) async throws -> JobResult {
    var job = try DenoiseJob(self, run)
    return try await job.run()
  }
}

/// A kind of noise and its level, such as `gaussian:25/255`.
package struct NoiseChoice: TextValue {
  package let text: String
  /// The noise.
  let noise: Noise

  package init?(text: String) {
    guard let noise = Noise(text) else { return nil }
    (self.text, self.noise) = (text, noise)
  }
}
