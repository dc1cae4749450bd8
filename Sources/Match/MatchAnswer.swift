internal import HourglassSignatures
internal import HourglassTasksCommon

/// What a database answers when it is asked for an item.
public struct MatchAnswer: Hashable, Sendable, Codable {
  /// A stored item that is near the one asked for.
  public struct Found: Hashable, Sendable, Codable {
    /// The name.
    public var name: String
    /// The Euclidean distance of the signatures, for a sound their mean distance.
    public var distance: Double
    /// The second of the stored sound at which the query clip begins; negative where the clip begins before it.
    public var offset: Double?
    /// What else is known about the stored item.
    public var metadata: [String: String]
  }

  /// The name of the item asked for.
  public var query: String
  /// The nearest stored items, nearest first.
  public var matches: [Found]
  /// How rarely an item that is not in the database is as near as the nearest one; none where nothing
  /// is known of that.
  public var pValue: Double?
  /// Whether the item is in the database, at the false-accept rate that was asked for; none where
  /// no rate was.
  public var isInDatabase: Bool?
  /// The share of the nearest signatures that the search finds, as it was measured on this database;
  /// none where the search was exact.
  public var recall: Double?
  /// True where the query is silent, so that nothing is looked for; none else.
  public var isSilent: Bool?
}

extension MatchAnswer {
  /// Says how rarely an item that is not in the database is as near as the nearest match, and whether that is
  /// rare enough.
  ///
  /// - Parameters:
  ///   - calibrations: Those of all conditions that the query may have been made under: it is taken
  ///     for a stored item only where it would be under each of them.
  ///   - scale: What the distances of the calibrations are parts of.
  mutating func decide(
    by calibrations: [FalseAcceptCalibration],
    scale: Double = 1,
    falseAcceptRate: Double?,
    file: String
  ) throws {
    if let nearest = matches.first {
      pValue = calibrations.map { $0.pValue(of: nearest.distance / scale) }.max()
    }
    guard let falseAcceptRate else { return }
    guard let least = calibrations.map(\.smallestRate).max() else {
      throw TaskError.noCalibration(file: file)
    }
    guard
      try calibrations.allSatisfy({ try $0.threshold(falseAcceptRate: falseAcceptRate) != nil })
    else {
      throw TaskError.invalidSetting(
        name: "the false-accept rate",
        expected:
          "at least \(NumberText.significant(least, digits: 3)): too few items of \(file) were not trained on for "
          + "a smaller one (store more, or train on others with --learn-from)",
        found: "\(falseAcceptRate)"
      )
    }
    isInDatabase =
      try matches.first.map { nearest in
        try calibrations.allSatisfy {
          try $0.accepts(nearest.distance / scale, falseAcceptRate: falseAcceptRate)
        }
      } ?? false
  }
}
