/// What a benchmark of quality gave: our figures beside those of others.
struct BenchmarkResult: Sendable, Encodable {
  /// What is measured.
  struct Figure: Hashable, Sendable, Encodable {
    /// Its name, as it stands in a table.
    var name: String
    /// The digits behind the point that mean something.
    var places: Int
    /// Whether more of it is better; `nil` where it only says how it was reached.
    var moreIsBetter: Bool?

    init(_ name: String, places: Int, moreIsBetter: Bool?) {
      self.name = name
      self.places = places
      self.moreIsBetter = moreIsBetter
    }
  }

  /// The figures of one method, in the order of `figures`; `nil` where one is not known.
  struct Method: Hashable, Sendable, Encodable {
    /// Who reached it.
    var name: String
    /// Where the figures come from; `nil` where they were measured in this run.
    var source: String?
    /// The figures.
    var values: [Double?]

    init(_ name: String, source: String? = nil, _ values: [Double?]) {
      self.name = name
      self.source = source
      self.values = values
    }
  }

  /// One of several data sets of a benchmark.
  struct Part: Hashable, Sendable, Encodable {
    /// Its name.
    var name: String
    /// Its figures, in the order of `partFigures`.
    var values: [Double?]
  }

  /// A file that was measured on.
  struct File: Hashable, Sendable, Encodable {
    /// The name below the folder.
    var name: String
    /// The SHA-256 digest, 64 hexadecimal digits.
    var digest: String
  }

  /// The name of the benchmark.
  var benchmark: String
  /// What was done, in sentences.
  var summary: String
  /// What is measured of each method.
  var figures: [Figure]
  /// The methods, this program first.
  var methods: [Method]
  /// What is measured of each data set.
  var partFigures: [Figure] = []
  /// The data sets, where there are several.
  var parts: [Part] = []
  /// The files.
  var files: [File]
  /// The SHA-256 digest of the list of the files' digests and names, as `sha256sum` prints it.
  var dataDigest: String
  /// Where all random numbers come from.
  var seed: UInt64
  /// What else the protocol sets, by its name.
  var settings: [String: String]
  /// The options of the task that differ from those that a user gets, each as `name: value`.
  var options: [String]
  /// The threads that it was computed with.
  var threads: Int
  /// The version of the program.
  var version: String
  /// How long all of it took.
  var seconds: Double
}
