package import HourglassGraphs

/// What a task puts after the layers of an `ImageToImageNetwork` in place of its objective: a loss, with
/// layers of its own where it needs some.
///
/// The last layer of the network gives it `layerChannels` channels of values.
package protocol ImageHead: Hashable, Sendable {
  /// The channels of the target that comes with each item.
  var targetChannels: Int { get }

  /// The channels that the last layer of the network gives.
  var layerChannels: Int { get }

  /// The channels of `result`.
  var resultChannels: Int { get }

  /// Checks the settings.
  func validate() throws(TrainingError)

  /// Adds layers of its own to what the last layer of the network sees, `[batch, channels, …]`.
  ///
  /// It is for the loss, or else for results, which may want them in another form.
  func further(_ features: NodeID, isForLoss: Bool, in builder: inout GraphBuilder) -> NodeID

  /// The loss of each item, `[batch]`; the epoch with the lowest one that is not for training is kept.
  func loss(
    _ nodes: ImageHeadNodes,
    target: NodeID,
    isTraining: Bool,
    in builder: inout GraphBuilder
  ) -> NodeID

  /// The values nearest to the target, in its shape.
  func mean(_ nodes: ImageHeadNodes, in builder: inout GraphBuilder) -> NodeID

  /// What a fitted network gives for each item: `[batch, resultChannels, …]`.
  func result(_ nodes: ImageHeadNodes, in builder: inout GraphBuilder) -> NodeID
}

/// What the layers of a network give to its head.
package struct ImageHeadNodes: Hashable, Sendable {
  /// The values of the last layer, `[batch, layerChannels, …]`.
  package var values: NodeID
  /// What the head's own layers make.
  package var further: NodeID

  /// Makes them.
  package init(values: NodeID, further: NodeID) {
    self.values = values
    self.further = further
  }
}

/// The head of a network; it makes a value of it that can be compared.
struct OwnHead: Hashable, Sendable, CustomStringConvertible {
  /// The head, where there is one.
  var head: (any ImageHead)?

  /// The head, which distinguishes checkpoints of different heads.
  var description: String { head.map { "\($0)" } ?? "" }

  /// Whether the heads are equal.
  static func == (left: OwnHead, right: OwnHead) -> Bool {
    left.head.map { AnyHashable($0) } == right.head.map { AnyHashable($0) }
  }

  /// Adds the head to a hash.
  func hash(into hasher: inout Hasher) { hasher.combine(head.map { AnyHashable($0) }) }
}
