/// What a protocol card gave: our figures beside those of others.
package struct CardResult: Sendable, Encodable {
  /// What is measured.
  package struct Figure: Hashable, Sendable, Encodable {
    /// Its name, as it stands in a table.
    package var name: String
    /// The digits behind the point that mean something.
    package var places: Int
    /// Whether more of it is better; `nil` where it only says how it was reached.
    package var moreIsBetter: Bool?

    package init(_ name: String, places: Int, moreIsBetter: Bool?) {
      self.name = name
      self.places = places
      self.moreIsBetter = moreIsBetter
    }
  }

  /// The figures of one method, in the order of `figures`; `nil` where one is not known.
  package struct Method: Hashable, Sendable, Encodable {
    /// Who reached it.
    package var name: String
    /// Where the figures come from; `nil` where they were measured in this run.
    package var source: String?
    /// The figures.
    package var values: [Double?]

    package init(_ name: String, source: String? = nil, _ values: [Double?]) {
      self.name = name
      self.source = source
      self.values = values
    }
  }

  /// One of several data sets of a card.
  package struct Part: Hashable, Sendable, Encodable {
    /// Its name.
    package var name: String
    /// Its figures, in the order of `partFigures`.
    package var values: [Double?]
  }

  /// A file that was measured on.
  package struct File: Hashable, Sendable, Encodable {
    /// The name below the folder.
    package var name: String
    /// The SHA-256 digest, 64 hexadecimal digits.
    package var digest: String
  }

  /// The name of the card.
  package var card: String
  /// What was done, in sentences.
  package var summary: String
  /// What is measured of each method.
  package var figures: [Figure]
  /// The methods, this program first.
  package var methods: [Method]
  /// What is measured of each data set.
  package var partFigures: [Figure] = []
  /// The data sets, where there are several.
  package var parts: [Part] = []
  /// The files.
  package var files: [File]
  /// The SHA-256 digest of the list of the files' digests and names, as `sha256sum` prints it.
  package var dataDigest: String
  /// Where all random numbers come from.
  package var seed: UInt64
  /// What else was set, by its name.
  package var settings: [String: String]
  /// The threads that it was computed with.
  package var threads: Int
  /// The version of the program.
  package var version: String
  /// How long all of it took.
  package var seconds: Double
}
