package import HourglassGraphs
internal import HourglassNetworks
internal import HourglassTensors

extension Autoencoder {
  /// The graph from clean items to the distributions of their latent vectors: input `input`, output `latent
  /// [batch, 2 latent]`, first the means and then the logarithms of the variances.
  ///
  /// It is for a Gaussian bottleneck.
  package func posteriorGraph(_ shapes: GraphShapes) throws(GraphError) -> Graph {
    var builder = GraphBuilder()
    let x = input(shapes, in: &builder)
    let seen = fieldPass(x, shapes, .absent, in: &builder)?.seen ?? x
    let code = code(of: encoded(seen, .inference, in: &builder), in: &builder)
    let logVariance = code.logVariance ?? builder.failed
    builder.output(
      GraphName.latent,
      builder.concatenation([code.mean, logVariance], axis: 1)
    )
    return try builder.finish()
  }

  /// The graph that bounds the evidence of clean items by one latent vector drawn for each.
  ///
  /// Input `input`; output `bound [batch]`, in nats, with the divergence in closed form. The
  /// divergence has the weight 1 whatever beta is.
  package func boundGraph(_ shapes: GraphShapes) throws(GraphError) -> Graph {
    var builder = GraphBuilder()
    let pass = pass(shapes, .codes, .inference, in: &builder)
    let nats = reconstructionLoss(of: pass, in: &builder)
    let total = builder.sum(nats, pass.divergence ?? builder.failed)
    builder.output(GraphName.bound, builder.affine(total, scale: -1))
    return try builder.finish()
  }

  /// The graph of how improbable one item is at each of a batch of latent vectors.
  ///
  /// Inputs `input [1, item…]` and `latent [batch, latent]`; output `reconstruction [batch]`, which
  /// is -ln p(x | z) in nats.
  package func conditionalGraph(_ shapes: GraphShapes) throws(GraphError) -> Graph {
    var builder = GraphBuilder()
    let item = input(GraphShapes(item: shapes.item, batch: 1), in: &builder)
    let x = builder.broadcast(item, to: Shape([shapes.batch] + shapes.item.dimensions))
    let z = builder.input(GraphName.latent, [shapes.batch, latent])
    let fields = fieldPass(x, shapes, .absent, in: &builder)
    let parameters = decoded(z, shapes, .inference, in: &builder)
    let nats =
      fields?.loss(parameters, in: &builder)
      ?? objective.loss(parameters, target: x, in: &builder)
    builder.output(GraphName.reconstruction, nats)
    return try builder.finish()
  }
}
