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
    case .trees(let trees): try trees.newTable(count, seed: seed)
    }
  }
}
