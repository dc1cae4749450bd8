import ArgumentParser
import Foundation
import Hourglass
import HourglassBenchmarkSupport

/// Times the search among signatures.
struct SearchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "Time the search of nearest signatures, exact and along a graph, on one thread.",
    discussion: """
      Vectors in clusters are made from a seed: a thousand in each, around centers from a standard \
      normal distribution, with half its deviation. Queries are drawn from the same clusters and are \
      none of the vectors. The ten nearest are asked for, by the calls of the library, and medians \
      are reported.

      Scripts/compare_search_speed.py runs faiss and hnswlib beside it on the same vectors.

      WHAT IS REPORTED
        exact_ms              an exact answer to a query alone
        exact_batch_ms        exact answers to 100 queries at once
        build_s               making the graph; null where it was taken from --keep
        graph_mib             the memory of the graph
        approximate           for recalls of 0.95 and 0.99 of the ten nearest:
                              breadth of the narrowest walk that reaches it,
                              its recall, and how many queries a second it
                              answers, one by one and all at once
        peak_rss_mib          the most memory of the process, vectors included

      EXAMPLES
        hourglass-benchmarks search --count 100000
        hourglass-benchmarks search --json --keep vectors
      """
  )

  @Option(help: ArgumentHelp("How many vectors there are.", valueName: "n"))
  var count = 1_000_000

  @Option(help: ArgumentHelp("The numbers of a vector.", valueName: "n"))
  var dimensions = 64

  @Option(help: ArgumentHelp("How many queries there are.", valueName: "n"))
  var queries = 1000

  @Option(help: ArgumentHelp("What the vectors are made from.", valueName: "n"))
  var seed: UInt64 = 0

  @Option(help: ArgumentHelp("How often each measurement is made.", valueName: "n"))
  var rounds = 3

  @Option(
    help: ArgumentHelp(
      "Keep vectors.npy, queries.npy and the graph in this folder, and take the graph from there.",
      valueName: "folder"
    )
  )
  var keep: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    try requireOption((1...100_000_000).contains(count), "--count", "1 to 100000000")
    try requireOption((1...4096).contains(dimensions), "--dimensions", "1 to 4096")
    try requireOption((1...100_000).contains(queries), "--queries", "1 to 100000")
    try requireOption((1...1000).contains(rounds), "--rounds", "1 to 1000")
  }

  func run() throws {
    var vectors = ClusteredVectors(
      clusters: max(1, count / 1000),
      dimensions: dimensions,
      seed: seed
    )
    let rows = vectors.draw(count)
    let asked = vectors.draw(queries)
    if let keep { try write(rows, asked, to: keep) }
    var exact = try SearchIndex(rows, dimension: dimensions)
    let measurement = SearchMeasurement(
      queries: (0..<queries).map { Array(asked[$0 * dimensions..<($0 + 1) * dimensions]) },
      rounds: rounds
    )
    var figures = SearchFigures(
      count: count,
      dimensions: dimensions,
      queries: queries,
      exact: try measurement.millisecondsForOne(exact),
      exactBatch: try measurement.millisecondsForBatch(exact)
    )
    let truth = try measurement.truth(exact)
    let (graphed, seconds) = try graphed(exact)
    exact = graphed
    figures.build = seconds
    figures.graph = Double(graphed.graphByteCount) / 1_048_576
    figures.approximate = try [0.95, 0.99].map {
      try measurement.approximate(graphed, recall: $0, truth)
    }
    figures.peakMemory = PeakMemory.mebibytes
    print(json ? try figures.jsonLine() : figures.text)
  }

  /// The index with its graph, and the seconds that making it took; none where it was kept.
  private func graphed(_ index: SearchIndex) throws -> (SearchIndex, Double?) {
    var wasMade = false
    let clock = ContinuousClock()
    let start = clock.now
    let graphed = try index.withGraph(keptIn: keep.map { $0 + "/graph.index" }) { _ in
      wasMade = true
    }
    let elapsed = clock.now - start
    return (graphed, wasMade ? elapsed.inSeconds : nil)
  }

  /// Writes the vectors and the queries for other programs.
  private func write(_ rows: [Float], _ asked: [Float], to folder: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try ArrayFiles.write(Tensor(rows, shape: [count, dimensions]), to: folder + "/vectors.npy")
    try ArrayFiles.write(Tensor(asked, shape: [queries, dimensions]), to: folder + "/queries.npy")
  }
}

/// Vectors around the centers of clusters, from a seed.
struct ClusteredVectors {
  private let centers: [Float]
  private let clusters: Int
  private let dimensions: Int
  private var generator: SeededGenerator

  /// The deviation of a number from that of the center; that of the centers is 1.
  static let spread: Float = 0.5

  init(clusters: Int, dimensions: Int, seed: UInt64) {
    var generator = SeededGenerator.named("clustered vectors", seed: seed)
    (self.clusters, self.dimensions) = (clusters, dimensions)
    centers = (0..<clusters * dimensions).map { _ in generator.nextNormal() }
    self.generator = generator
  }

  /// The next vectors, `[number, dimensions]`.
  mutating func draw(_ number: Int) -> [Float] {
    var values: [Float] = []
    values.reserveCapacity(number * dimensions)
    for _ in 0..<number {
      let cluster = Int(generator.next() % UInt64(clusters))
      for place in 0..<dimensions {
        let center = centers[cluster * dimensions + place]
        values.append(center + Self.spread * generator.nextNormal())
      }
    }
    return values
  }
}
