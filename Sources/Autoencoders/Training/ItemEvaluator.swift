internal import HourglassEngines
internal import HourglassGraphs
internal import HourglassSystem
internal import HourglassTensors

/// Sums the losses of items over batches of a fixed shape, on the engine's thread.
///
/// The last batch is filled up with the first items, which differ from its own where there are enough, for
/// losses that compare the items of a batch; rows that only fill are never counted. Sums are
/// taken in double precision in the order of the items, so that they do not depend on pauses.
final class ItemEvaluator {
  private let plan: any Plan
  private let seed: UInt64
  private let source: any BatchSource
  private let items: [Int]
  private let batch: Int
  private let input: NodeID
  private let target: NodeID?
  private let losses: [NodeID]
  private var indices: [Int]
  private var next = 0
  private var sums: [Double]

  /// Makes a evaluate of these items with a plan of `Learner.validationGraph`, whose batch and seed
  /// these are.
  init(plan: any Plan, seed: UInt64, source: any BatchSource, items: [Int], batch: Int) {
    self.plan = plan
    self.seed = seed
    self.source = source
    self.items = items
    self.batch = batch
    let graph = plan.graph
    input = graph.requiredInput(GraphName.input)
    target = graph.input(GraphName.target)
    losses = [
      GraphName.loss, GraphName.reconstruction, GraphName.regularization, GraphName.squaredError,
    ].map(graph.requiredOutput)
    indices = Array(repeating: 0, count: batch)
    sums = Array(repeating: 0, count: losses.count)
  }

  /// Replaces the variables and starts from the first item.
  func begin(variables: [String: Tensor]) {
    plan.setVariables(variables)
    begin()
  }

  /// Starts from the first item.
  func begin() {
    next = 0
    for index in sums.indices { sums[index] = 0 }
  }

  /// Evaluates one batch, and returns whether it was the last.
  func advance() throws -> Bool {
    guard next < items.count else { return true }
    let count = min(batch, items.count - next)
    for row in 0..<batch { indices[row] = items[(next + row) % items.count] }
    try plan.feed(indices, from: source, input: input, target: target)
    // The number of the batch, so that every epoch is evaluated with the same noise.
    try plan.run(step: UInt64(next / batch + 1))
    var isFinite = true
    for (place, loss) in losses.enumerated() {
      plan.withOutput(loss) { values in
        for row in 0..<count {
          sums[place] += Double(values[row])
          if !values[row].isFinite { isFinite = false }
        }
      }
    }
    guard isFinite else { throw NonFiniteLoss(indices: Array(indices.prefix(count))) }
    next += count
    return next == items.count
  }

  /// The first node that left the finite numbers in the batch that failed, by the executor in double
  /// precision: slow, for a message.
  func firstNonFinite() -> String? {
    let graph = plan.graph
    var fed: [String: Tensor] = [:]
    for (name, node) in graph.inputs {
      var tensor = Tensor.zeros(graph[node].shape)
      plan.withInput(node) { span in
        for index in span.indices { tensor[flat: index] = span[index] }
      }
      fed[name] = tensor
    }
    return findFirstNonFinite(
      graph,
      inputs: fed,
      variables: plan.variables,
      seed: seed,
      step: UInt64(next / batch + 1)
    )?.description
  }

  /// The means over all items.
  var means: LossParts {
    LossParts(
      loss: sums[0],
      reconstruction: sums[1],
      regularization: sums[2],
      squaredError: sums[3]
    ).divided(by: items.count)
  }
}

/// Says that a loss is not finite; the caller finds out why.
struct NonFiniteLoss: Error {
  let indices: [Int]
}

extension Plan {
  /// Feeds a batch of items and, where the graph wants them, their targets.
  ///
  /// - Throws: Why they could not be fetched.
  func feed(
    _ indices: [Int],
    from source: any BatchSource,
    input: NodeID,
    target: NodeID?
  ) throws(FileError) {
    withInput(input) { destination in
      source.copyItems(indices.span, into: &destination)
    }
    if let target, let paired = source as? any PairedBatchSource {
      withInput(target) { destination in
        paired.copyTargets(indices.span, into: &destination)
      }
    }
    if let failure = source.failure { throw failure }
  }
}

extension BatchSource {
  /// Throws unless every item comes with a target of this shape.
  func requireTargets(_ expected: Shape) throws(TrainingError) {
    guard let paired = self as? any PairedBatchSource else { throw .targetsMissing }
    guard paired.targetShape == expected else {
      throw .targetShape(expected: expected, found: paired.targetShape)
    }
  }

  /// The first of some items that has a number that is not finite, in the item or its target.
  func firstNonFinite(among indices: [Int]) -> Int? {
    let paired = self as? any PairedBatchSource
    var item = [Float](repeating: 0, count: itemShape.elementCount)
    var target = [Float](repeating: 0, count: paired?.targetShape.elementCount ?? 0)
    for index in indices {
      let one = [index]
      var itemSpan = item.mutableSpan
      copyItems(one.span, into: &itemSpan)
      if let paired {
        var targetSpan = target.mutableSpan
        paired.copyTargets(one.span, into: &targetSpan)
      }
      if !item.allSatisfy(\.isFinite) || !target.allSatisfy(\.isFinite) { return index }
    }
    return nil
  }
}
