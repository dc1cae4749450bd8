internal import HourglassSignatures
internal import HourglassTasksCommon

/// Measures how many items are found from augmented copies, by signatures and by baselines.
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

  /// Searches augmented copies of some items among the items.
  ///
  /// - Parameter split: What the copies are to the model.
  func evaluation(
    _ items: MatchItems,
    of data: Dataset,
    as split: EvaluationSplit,
    on engine: ComputeEngine
  ) async throws -> Evaluation {
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
    func hits(_ stored: Tensor, _ copies: Tensor) throws -> [Bool] {
      try Recall.atOne(
        of: copies,
        owners: asked,
        among: stored,
        owners: own,
        threads: engine.threads
      )
    }
    let latent = model.network.latent
    let signatures = try hits(stored.cleanCodes, copies.distortedCodes)
    var baselines: [(name: String, dimensions: Int, hits: [Bool])] = []
    if comparesWithBaselines {
      let principal = ReductionBaseline(
        try await PrincipalComponents(
          of: TensorSource(stored.clean),
          count: latent,
          on: engine
        )
      )
      let (clean, distorted) = (
        principal.codes(of: EncodedRows(codes: stored.clean)),
        principal.codes(of: EncodedRows(codes: copies.distorted))
      )
      baselines = [
        ("PCA", latent, try hits(clean, distorted)),
        ("raw values", stored.clean.shape[1], try hits(stored.clean, copies.distorted)),
      ]
    }
    func method(_ name: String, _ dimensions: Int, _ hits: [Bool], isBaseline: Bool = true)
      -> Evaluation.Method
    {
      let recall = Double(hits.count { $0 }) / Double(max(hits.count, 1))
      return Evaluation.Method(name, isBaseline: isBaseline, [recall, Double(dimensions)])
    }
    let nouns = (one: "augmented copy", many: "augmented copies")
    let rowCount =
      rows.count > Set(own).count ? " (\(NumberText.grouped(rows.count)) signatures)" : ""
    return Evaluation(
      title: split.title(chosen.count, nouns, of: data.name)
        + ", searched among \(NumberText.counted(Set(own).count, data.kind.nouns.one))\(rowCount)",
      split: split,
      itemCount: chosen.count,
      tables: [
        Evaluation.Table(
          metrics: [
            Evaluation.Metric("recall@1", better: .higher, format: .percent(1)),
            Evaluation.Metric("dimensions", better: .neither, format: .fixed(0)),
          ],
          methods: [method("signatures", latent, signatures, isBaseline: false)]
            + baselines.map { method($0.name, $0.dimensions, $0.hits) }
        )
      ],
      verdict: Verdict.ofProportions(
        "recall@1",
        model: signatures,
        baselines: baselines.map { ($0.name, $0.hits) },
        split: split,
        items: "copies"
      ),
      warnings: [TrainingDiagnostics.inactiveUnits(stored.cleanCodes)].compactMap(\.self)
    )
  }

  /// Numbers below a count, at regular steps, at most so many.
  private static func spread(_ count: Int, most: Int) -> [Int] {
    guard count > most else { return Array(0..<count) }
    return (0..<most).map { $0 * count / most }
  }
}

/// Whether the right one is found.
enum Recall {
  /// For each of some queries whether the nearest stored row has its owner, by the Euclidean distance; of
  /// equally near rows the first counts.
  ///
  /// - Parameters:
  ///   - queries: `[queries, values]`.
  ///   - stored: `[rows, values]`.
  static func atOne(
    of queries: Tensor,
    owners queryOwners: [Int],
    among stored: Tensor,
    owners: [Int],
    threads: Int
  ) throws -> [Bool] {
    guard queries.shape[0] > 0, stored.shape[0] > 0 else {
      return [Bool](repeating: false, count: queries.shape[0])
    }
    let index = try SignatureIndex(
      items: [NewItem(name: "stored", signatures: stored)]
    )
    let width = queries.shape[1]
    let rows = (0..<queries.shape[0]).map { row in
      Array(queries.scalars[row * width..<(row + 1) * width])
    }
    let found = try index.matches(for: rows, count: 1, onePerItem: false, threads: threads)
    return zip(found, queryOwners).map { matches, owner in
      // Without positions of their own, rows stand at 0, 1, 2, ….
      matches.first.map { owners[Int($0.position)] == owner } ?? false
    }
  }
}
