internal import HourglassDatasets
internal import HourglassEngines

/// A fixed public protocol: how data are split, what is trained on, and by what the result is evaluated.
///
/// A card runs with the settings that a user gets by default, unless it says otherwise.
package protocol QualityBenchmark: Sendable {
  /// The name in the command line.
  var name: String { get }
  /// What is done, in a sentence or two.
  var summary: String { get }
  /// What is measured of each method.
  var figures: [CardResult.Figure] { get }
  /// Figures of others by the same protocol, with their source.
  var published: [CardResult.Method] { get }
  /// Settings of the card, by their names.
  var settings: [String: String] { get }

  /// Measures.
  func measure(_ run: CardRun) async throws -> CardMeasurement
}

extension QualityBenchmark {
  package var settings: [String: String] { [:] }
}

/// What a card measured.
package struct CardMeasurement: Sendable {
  /// This program's figures.
  var own: [Double?]
  /// Those of simpler methods in the same run.
  var baselines: [CardResult.Method] = []
  /// What is measured of each data set.
  var partFigures: [CardResult.Figure] = []
  /// The data sets.
  var parts: [CardResult.Part] = []
  /// The paths of all files that were read.
  var paths: [String]
}

/// One run of a card.
package struct CardRun: Sendable {
  /// The folder or file of the data.
  package let data: String
  /// Where all random numbers come from.
  package let seed: UInt64
  /// The seconds that learning may take; `nil` leaves it to the card.
  package let seconds: Double?
  /// A word in the names of the data sets to take; `nil` takes all of them.
  package let only: String?
  /// Where it is computed, with progress.
  package let session: TrainingSession
  /// Hears what is being done.
  package let says: @Sendable (String) -> Void

  /// Prepares a run.
  package init(
    data: String,
    seed: UInt64,
    seconds: Double?,
    only: String?,
    session: TrainingSession,
    says: @escaping @Sendable (String) -> Void
  ) {
    self.data = data
    self.seed = seed
    self.seconds = seconds
    self.only = only
    self.session = session
    self.says = says
  }

  /// Where it is computed.
  var engine: ComputeEngine { session.engine }

  /// How a card learns that leaves everything else to the verb.
  var learning: TrainingSettings { TrainingSettings(seconds: seconds, seed: seed) }

  /// Does some work, and counts its seconds.
  func timed<Result>(
    _ work: () async throws -> Result
  ) async rethrows -> (result: Result, seconds: Double) {
    let clock = ContinuousClock()
    let start = clock.now
    let result = try await work()
    return (result, (clock.now - start) / .seconds(1))
  }

  /// Runs a card.
  ///
  /// - Throws: What is wrong with the data or the settings; `interrupted` on cancellation.
  package func result(of card: any QualityBenchmark) async throws(HourglassError) -> CardResult {
    do {
      let (measured, seconds) = try await timed { try await card.measure(self) }
      let files = try files(measured.paths)
      let list = files.map { "\($0.digest)  \($0.name)\n" }.joined()
      return CardResult(
        card: card.name,
        summary: card.summary,
        figures: card.figures,
        methods: [CardResult.Method("hourglass", measured.own)] + measured.baselines
          + (only == nil ? card.published : []),
        partFigures: measured.partFigures,
        parts: measured.parts,
        files: files,
        dataDigest: SHA256.hexadecimal(Array(list.utf8)),
        seed: seed,
        settings: card.settings,
        threads: engine.threads,
        version: ProgramVersion.current,
        seconds: seconds
      )
    } catch {
      throw HourglassError(error)
    }
  }

  private func files(_ paths: [String]) throws -> [CardResult.File] {
    let folder = data.last == "/" ? data : data + "/"
    return try Set(paths).sorted().map { path in
      let name =
        path.hasPrefix(folder)
        ? String(path.dropFirst(folder.count)) : path.split(separator: "/").last.map(String.init)
      return CardResult.File(name: name ?? path, digest: try SHA256.hexadecimal(ofFile: path))
    }
  }

  /// The files of the folder that end in a suffix, in the order of their names, as far as they are to
  /// be taken.
  ///
  /// - Throws: `unsuitedKind` where there is none.
  func paths(ending suffix: String, for card: some QualityBenchmark, what: String) throws
    -> [String]
  {
    var found: [String] = []
    if data.hasSuffix(suffix) {
      found = [data]
    } else if let names = try? DatasetFiles.names(in: data) {
      found = names.filter { $0.hasSuffix(suffix) }.map { data + "/" + $0 }
    }
    let chosen = found.filter { path in only.map { path.contains($0) } ?? true }
    guard chosen.isEmpty else { return chosen }
    throw TaskError.unsuitedKind(
      name: data,
      job: "measure \(card.name) on",
      expected: only.map { "\(what) with \($0) in its name" } ?? what,
      found: found.isEmpty ? "no file that ends in \(suffix)" : "none of \(found.count) files"
    )
  }

  /// The first of some files of the folder that is there.
  ///
  /// - Throws: `unsuitedKind` where none is.
  func path(_ names: [String], for card: some QualityBenchmark) throws -> String {
    let paths = names.map { data + "/" + $0 }
    if let path = paths.first(where: { DatasetFiles.isThere($0) }) { return path }
    throw TaskError.unsuitedKind(
      name: data,
      job: "measure \(card.name) on",
      expected: "the file \(names[0])" + (names.count > 1 ? ", or \(names[1])" : ""),
      found: "no such file in the folder"
    )
  }
}
