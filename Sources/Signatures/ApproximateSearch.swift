/// How a database is searched.
package enum SearchMethod: String, Codable, Hashable, Sendable, CaseIterable {
  /// Exactly below a size, and along a graph above it, where the graph finds enough on these data.
  case automatic
  /// Every signature is compared.
  case exact
  /// Along a graph whatever the size, where it finds enough on these data.
  case approximate
}

/// What is known of the search along a graph: it may miss some of the nearest signatures.
package struct ApproximateSearch: Hashable, Sendable, Codable {
  /// The share of the ten nearest signatures that it finds, measured beside the exact search on
  /// signatures of these data that the graph had not seen; 0 to 1.
  package var recall: Double
  /// How many of them were asked for.
  package var queries: Int
  /// How many candidates a walk keeps: ef of the paper.
  package var breadth: Int
  /// How many signatures the graph was made of; those that were added later are all compared.
  package var signatures: Int
}

/// How graphs are made and evaluated.
///
/// The graph is that of Malkov and Yashunin, 2018, "Efficient and robust approximate nearest neighbor
/// search using Hierarchical Navigable Small World graphs", arXiv:1603.09320.
package struct GraphSettings: Hashable, Sendable {
  /// M of the paper.
  package var links = 16
  /// efConstruction of the paper.
  package var breadth = 200
  /// What the levels of the rows are drawn from.
  package var seed: UInt64 = 1
  /// The recall that walks have to reach.
  package var recall = 0.99
  /// How many rows are asked for to measure it.
  package var queries = 200
  /// How many neighbors it is about.
  package var neighbors = 10
  /// The most candidates that a walk may keep.
  package var mostBreadth = 4096

  /// The settings of databases.
  package static let standard = GraphSettings()

  /// Makes settings; all have a value.
  package init() {}

  /// The number of signatures times dimensions from which on a search is approximate by itself.
  ///
  /// One core compares some 3,000,000,000 numbers a second: below this size an exact answer takes
  /// less than 20 milliseconds, and making a graph takes as long as 25,000 such answers.
  package static let automaticSize = 50_000_000

  /// How many signatures may be compared one by one beside a graph of so many before it is made
  /// anew.
  static func mostAdded(to count: Int) -> Int { max(2000, count / 50) }
}

/// A graph with what was measured of it.
struct EvaluatedGraph: Sendable {
  var graph: NearestGraph
  var search: ApproximateSearch
  /// Whether the recall is what it has to be; where it is not, the exact search answers.
  var isGoodEnough: Bool
}
