package import HourglassEngines
internal import HourglassGraphs
internal import HourglassNetworks
package import HourglassTensors

/// The encoder of an autoencoder with trained variables; the decoder is left out.
package struct FittedEncoder: Sendable {
  /// The whole autoencoder as a value, of which the encoder and the bottleneck are used.
  package let autoencoder: Autoencoder
  /// The shape of one item, without the batch.
  package let itemShape: Shape

  private let network: FittedNetwork

  /// Takes what the encoder needs from variables by name; others are left out.
  ///
  /// - Throws: As `FittedAutoencoder`.
  package init(
    _ autoencoder: Autoencoder,
    variables: [String: Tensor],
    itemShape: Shape
  ) throws {
    try autoencoder.validate(itemShape: itemShape)
    let graph = try autoencoder.encodingGraph(GraphShapes(item: itemShape, batch: 1))
    self.autoencoder = autoencoder
    self.itemShape = itemShape
    network = FittedNetwork(
      variables: try graph.checkedVariables(variables),
      itemShape: itemShape,
      batchSize: autoencoder.encoder.encodingBatch
    )
  }

  /// The trained variables by name.
  package var variables: [String: Tensor] { network.variables }

  /// The latent vectors of items: `[count, latent]`, for a Gaussian bottleneck the means.
  package func encode(_ source: any BatchSource, on engine: ComputeEngine) async throws -> Tensor {
    try await network.codes(of: source, by: autoencoder, on: engine)
  }
}

extension FittedNetwork {
  /// The latent vectors of items by an autoencoder with these variables, `[count, latent]`.
  func codes(
    of source: any BatchSource,
    by autoencoder: Autoencoder,
    on engine: ComputeEngine
  ) async throws -> Tensor {
    try await rows(
      of: GraphName.latent,
      source,
      purpose: "encode",
      on: engine,
      graph: autoencoder.encodingGraph
    )
  }
}
