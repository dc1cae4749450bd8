public import HourglassTasksCommon

/// Trains signatures by which items are found again from damaged copies and query clips.
///
///     let songs = try Dataset.load(contentsOf: "songs")
///     let matcher = try await Matcher().fit(songs)
///     let library = try MatchLibrary(creating: "songs.db", matcher)
///     try await library.add(songs)
///     for answer in try await library.find(try Dataset.load(contentsOf: "query.wav")) {
///       print(answer.matches[0].name, answer.matches[0].offset ?? 0)
///     }
///
/// A signature is the latent vector of a denoising autoencoder that is also trained to bring an item and its
/// distorted copy together and to keep different items apart; signatures are compared by the
/// Euclidean distance. An image or a row of a table has one signature, a sound one for each half
/// second, of the second that begins there.
public struct Matcher: Hashable, Sendable, Codable {
  /// The number of numbers of a signature, at least 1.
  public var dimensions: Int
  /// The layers before the signature, mirrored behind it; `nil` takes convolutions for images and
  /// sounds, and fully connected layers for tables.
  public var architecture: Architecture?
  /// What is done to an item in training.
  public var augmentation: Augmentation
  /// The budget and the steps of training.
  public var learning: TrainingSettings

  /// Makes a matcher; the defaults suit most images, sounds and tables.
  public init(
    dimensions: Int = 32,
    architecture: Architecture? = nil,
    augmentation: Augmentation = Augmentation(),
    learning: TrainingSettings = TrainingSettings()
  ) {
    self.dimensions = dimensions
    self.architecture = architecture
    self.augmentation = augmentation
    self.learning = learning
  }
}

extension Matcher {
  /// Trains on images, sounds, or rows of a table.
  ///
  /// The evaluation has how many items are found from augmented copies, beside principal components and
  /// the raw values. A checkpoint stays until the model is saved.
  ///
  /// - Throws: `application(.nothingVaries)` where there are not two different items, and
  ///   `interrupted` when the task is cancelled; the checkpoint is written before.
  public func fit(
    _ data: Dataset,
    session: TrainingSession = TrainingSession()
  ) async throws(HourglassError) -> FittedMatcher {
    try await fit(data, session: session, keeping: nil)
  }

  /// The same, whose spectrograms are kept for storing the same sounds.
  package func fit(
    _ data: Dataset,
    session: TrainingSession,
    keeping spectrograms: SoundSpectrograms?
  ) async throws(HourglassError) -> FittedMatcher {
    try await HourglassError.wrapping(checkpoint: session.checkpoint) {
      try await MatchJob(self, data.learnable, spectrograms, session).fitted()
    }
  }
}
