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
  ///   - isTrained: Whether there is a network, whose training items calibrate nothing.
  ///   - growth: How many times as large the database is as when the calibrations were made, at least 1.
  mutating func decide(
    by calibrations: [FalseAcceptCalibration],
    scale: Double = 1,
    growth: Double = 1,
    isTrained: Bool,
    falseAcceptRate: Double?,
    file: String
  ) throws {
    if let nearest = matches.first {
      pValue = calibrations.map { min($0.pValue(of: nearest.distance / scale) * growth, 1) }.max()
    }
    guard let falseAcceptRate else { return }
    let least = calibrations.map(\.smallestRate).max().map { $0 * growth } ?? 1
    if calibrations.isEmpty, !isTrained { throw TaskError.noCalibration(file: file) }
    // A larger database accepts so many times as often at the same distance.
    let rate = falseAcceptRate / growth
    guard !calibrations.isEmpty,
      try calibrations.allSatisfy({ try $0.threshold(falseAcceptRate: rate) != nil })
    else {
      throw TaskError.invalidSetting(
        name: "the false-accept rate",
        expected:
          least < 1
          ? "at least \(NumberText.significant(least, digits: 3)): too few items of \(file) calibrate a smaller one "
            + "(store more, or train on others with --learn-from)"
          : "none: too few items of \(file) calibrate any (store more, or train on others with --learn-from)",
        found: "\(falseAcceptRate)"
      )
    }
    isInDatabase =
      try matches.first.map { nearest in
        try calibrations.allSatisfy {
          try $0.accepts(nearest.distance / scale, falseAcceptRate: rate)
        }
      } ?? false
  }
}

/// Which false-accept rates can be asked of a database.
package struct FalseAcceptPromise: Hashable, Sendable, Encodable {
  /// The number of items that calibrate the rates; of sounds for the length of query clips that has the fewest.
  package var items: Int
  /// The smallest rate; none where none can be promised.
  package var smallestRate: Double?
  /// The number of stored items when they were compared with them, where it was less than now; a rate then counts as
  /// many times as the database has grown.
  package var stored: Int?
  /// Whether items that were trained on calibrate the rates, which are then only approximate.
  package var ofTrained = false

  /// It in words.
  package var text: String {
    guard let smallestRate, smallestRate < 1 else {
      return "too few items calibrate a false-accept rate: none is promised"
    }
    let least = NumberText.significant(smallestRate, digits: 3)
    let count =
      "\(NumberText.counted(items, "item")) to calibrate it"
      + (stored.map { ", compared when \(NumberText.counted($0, "item")) were stored" } ?? "")
      + (ofTrained ? ", some trained on: the rate may be 1.5 times as high" : "")
    return smallestRate > 0.05
      ? "too few for a false-accept rate of 0.05: \(count), which allow \(least) and more"
      : "--false-accepts may be \(least) and more: \(count)"
  }
}
