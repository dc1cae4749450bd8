internal import HourglassData
internal import HourglassEngines
internal import HourglassTasksCommon
internal import HourglassTensors

/// What new items are drawn from.
enum SynthesisModel: Sendable {
  /// A variational autoencoder.
  case network(SynthesisNetwork)
  /// Chains of trees, for a table.
  case trees(TableTrees)

  /// How items are encoded.
  var fields: SynthesisFields {
    switch self {
    case .network(let network): network.fields
    case .trees(let trees): trees.fields
    }
  }

  /// The number of latent dimensions; 0 where there are none.
  var latent: Int {
    switch self {
    case .network(let network): network.latent
    case .trees: 0
    }
  }

  /// What the model is called in an evaluation.
  var name: String {
    switch self {
    case .network: "autoencoder"
    case .trees: "trees"
    }
  }

  /// Everything that a model file keeps, by name.
  var tensors: [String: Tensor] {
    switch self {
    case .network(let network):
      network.network.variables.merging(network.stateTensors) { variable, _ in variable }
    case .trees(let trees): trees.chains.tensors
    }
  }

  /// The network.
  ///
  /// - Throws: `unsuitedKind` where there is none.
  func requireNetwork(to job: String) throws(TaskError) -> SynthesisNetwork {
    if case .network(let network) = self { return network }
    throw .unsuitedKind(
      name: "the model",
      job: job,
      expected: "a variational autoencoder (--model-type vae)",
      found: "trees, which have no latent vectors"
    )
  }

  /// New rows of a table, or windows of a series as a table.
  func newTable(_ count: Int, seed: UInt64, on engine: ComputeEngine) async throws -> Table {
    switch self {
    case .network(let network): try await network.newTable(count, seed: seed, on: engine)
    case .trees(let trees): try await trees.newTable(count, seed: seed)
    }
  }

  /// Gives the same rows block by block, with how many rows or windows are made by then, so that not all of them have
  /// to be held.
  func forEachTable(
    _ count: Int,
    seed: UInt64,
    on engine: ComputeEngine,
    _ body: (_ rows: Table, _ made: Int) async throws -> Void
  ) async throws {
    // New texts differ from all others, and are made at once.
    let texts = fields.forms.map { ($0.name, $0.drawn(count, seed: seed)) }
    func complete(_ rows: Table, after start: Int) -> Table {
      texts.reduce(rows.numberingTexts(from: start)) { table, entry in
        guard let column = table[column: entry.0] else { return table }
        let cells = entry.1.part(start..<start + table.rowCount)
        return table.replacing(column.replacing(cells: cells))
      }
    }
    var (rows, made) = (0, 0)
    switch self {
    case .network(let network):
      try await network.forEachBlock(count, seed: seed) { codes, block in
        let table = try await network.dataset(at: codes, block: block, seed: seed, on: engine)
        made += codes.shape[0]
        try await body(complete(table, after: rows), made)
        rows += table.rowCount
      }
    case .trees(let trees):
      try await trees.forEachBlock(count, seed: seed) { table in
        made += table.rowCount
        try await body(complete(table, after: rows), made)
        rows += table.rowCount
      }
    }
  }
}
