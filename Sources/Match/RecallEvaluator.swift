internal import HourglassAutoencoders
internal import HourglassData
internal import HourglassEncodings
internal import HourglassEngines
internal import HourglassSignatures
internal import HourglassStatistics
internal import HourglassTasksCommon
internal import HourglassTensors

/// Measures how many items are found again from distorted copies, by signatures and by simpler means.
struct RecallEvaluator: Sendable {
  /// The most rows that a copy is searched among, and the most copies.
  static let mostRows = 10_000
  static let mostCopies = 500

  private let model: SignatureModel
  private let seed: UInt64
  private let comparesWithBaselines: Bool

  init(_ model: SignatureModel, seed: UInt64, comparesWithBaselines: Bool = true) {
    self.model = model
    self.comparesWithBaselines = comparesWithBaselines
    // Other copies than those that were trained on.
    self.seed = seed ^ 0x6d61_7463_6865_7321
  }

  /// Makes the report on the named items of some data.
  func report(
    _ items: MatchItems,
    of data: Dataset,
    on engine: ComputeEngine
  ) async throws -> MatchReport {
    let rows = Self.spread(items.source.count, most: Self.mostRows)
    var owners = [Int](repeating: 0, count: items.source.count)
    for (item, range) in items.rows.enumerated() { for row in range { owners[row] = item } }
    let own = rows.map { owners[$0] }
    let stored = try await model.views(of: items.source, rows, seed: seed, on: engine)
    let chosen = Self.spread(rows.count, most: Self.mostCopies)
    let copies = try await model.views(
      of: items.source,
      chosen.map { rows[$0] },
      seed: seed,
      on: engine
    )
    let asked = chosen.map { own[$0] }
    let threads = engine.threads
    func recall(_ stored: Tensor, _ copies: Tensor) throws -> Double {
      try Recall.atOne(
        of: copies,
        owners: asked,
        among: stored,
        owners: own,
        threads: threads
      )
    }
    var report = MatchReport(
      dataName: data.name,
      kind: data.kind,
      itemCount: Set(own).count,
      rowCount: rows.count,
      copyCount: chosen.count,
      dimensions: model.network.latent,
      valueCount: stored.clean.shape[1],
      signatures: try recall(stored.cleanCodes, copies.distortedCodes),
      notes: [TrainingDiagnostics.idleNumbers(stored.cleanCodes)].compactMap { $0 }
    )
    guard comparesWithBaselines else { return report }
    let principal = try await PrincipalComponents(
      of: TensorSource(stored.clean),
      count: model.network.latent,
      on: engine
    )
    report.principalComponents = try recall(
      principal.projected(stored.clean),
      principal.projected(copies.distorted)
    )
    report.rawValues = try recall(stored.clean, copies.distorted)
    return report
  }

  /// Numbers below a count, at regular steps, at most so many.
  private static func spread(_ count: Int, most: Int) -> [Int] {
    guard count > most else { return Array(0..<count) }
    return (0..<most).map { $0 * count / most }
  }
}
