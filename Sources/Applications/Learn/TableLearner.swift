public import HourglassNetworks

/// Learns one model of a table that does all the jobs: reduce, features, match, denoise, detect,
/// generate and impute.
///
///     let table = try Table(contentsOf: "people.csv")
///     let model = try await TableLearner().fit(table)
///     try model.save(to: "people.hourglass")
///     let findings = try await model.detector.findings(in: table)
///     let filled = try await model.imputer.filled(table)
///
/// One variational denoising autoencoder learns how the cells of a row go together; each job is a
/// question to that one density, with a little beside it that is measured on the rows: what is usual,
/// how sure a filled cell is, where codes lie. A row is told to the network in two ways, by its numbers
/// and by the groups that its cells fall in; some of its cells are hidden at each step, and all of them
/// are to be given back in both ways. What is `nil` is chosen from the data.
///
/// References: Kingma, Welling, 2013, "Auto-Encoding Variational Bayes", arXiv:1312.6114; Vincent,
/// Larochelle, Bengio, Manzagol, 2008, "Extracting and composing robust features with denoising
/// autoencoders", doi:10.1145/1390156.1390294; Nazabal, Olmos, Ghahramani, Valera, 2018, "Handling
/// Incomplete Heterogeneous Data using VAEs", arXiv:1807.03653, for the missing cells.
public struct TableLearner: Hashable, Sendable, Codable {
  /// What the report compares the model with.
  public enum Rivals: String, Hashable, Sendable, Codable, CaseIterable {
    /// Simpler means, and models learnt for each job alone.
    case all
    /// Simpler means, such as principal components, nearest rows and column means.
    case simple
    /// Nothing.
    case none
  }

  /// The number of numbers of a code.
  public var latent: Int?
  /// The fully connected layers before the code, mirrored behind it.
  public var architecture: Architecture?
  /// The weight of the divergence of codes from the prior.
  public var beta: Float?
  /// The least and the greatest part of the cells of a row that are hidden in learning, from 0 to 1.
  public var hidden: Imputer.HiddenShare
  /// For how long and by which steps it learns.
  public var learning: LearningSettings

  /// Makes a learner; the defaults suit most tables.
  public init(
    latent: Int? = nil,
    architecture: Architecture? = nil,
    beta: Float? = nil,
    hidden: Imputer.HiddenShare = Imputer.HiddenShare(least: 0, greatest: 0.5),
    learning: LearningSettings = LearningSettings()
  ) {
    self.latent = latent
    self.architecture = architecture
    self.beta = beta
    self.hidden = hidden
    self.learning = learning
  }
}

extension TableLearner {
  /// Checks the settings that no other room checks.
  func validate() throws(ApplicationError) {
    if let latent {
      try requireSetting((1...4_096).contains(latent), "the length of a code", "1 to 4096", latent)
    }
    if let beta {
      try requireSetting(beta > 0 && beta.isFinite, "beta", "above 0", beta)
    }
    if let architecture {
      var isDense = false
      if case .dense(let hidden, _) = architecture { isDense = !hidden.isEmpty }
      try requireSetting(
        isDense,
        "the architecture of a model for all jobs",
        "fully connected layers, at least one",
        architecture
      )
    }
    try requireSetting(
      0 <= hidden.least && hidden.least <= hidden.greatest && hidden.greatest <= 1,
      "the part of hidden cells",
      "two numbers from 0 to 1 in rising order",
      "\(hidden.least) and \(hidden.greatest)"
    )
    try learning.validate()
  }
}
