public import HourglassTensors

/// Why a network cannot be trained, or not on these items.
public enum TrainingError: Error, Hashable, Sendable {
  /// There is nothing to train on.
  case noItems
  /// A setting is outside of its range.
  case invalidSetting(name: String, expected: String, found: String)
  /// An item has a number that is infinite or not a number.
  case nonFiniteItem(index: Int)
  /// The loss became infinite or not a number, though the items are finite.
  case diverged(epoch: Int, step: Int, place: String?)
  /// The loss of one of a batch of items, the first of which is this, is infinite or not a number.
  case nonFiniteLoss(index: Int)
  /// Items have another shape than those that the network was made for.
  case itemShape(expected: Shape, found: Shape)
  /// Targets have another shape than what the network makes of the items.
  case targetShape(expected: Shape, found: Shape)
  /// The network needs a target for each item and the items have none.
  case targetsMissing
  /// A checkpoint is of another network, other data, another batch size or seed.
  case foreignCheckpoint
  /// Training was to start from a fitted model whose variable has another shape, or that lacks it (`found` is
  /// `nil`).
  case foreignStart(variable: String, expected: Shape, found: Shape?)
}

extension TrainingError: CustomStringConvertible {
  /// What was being done, what was expected and found, and what to do.
  public var description: String {
    switch self {
    case .noItems:
      "cannot train on 0 items; at least 1 is needed"
    case .invalidSetting(let name, let expected, let found):
      "\(name) must be \(expected), found \(found)"
    case .nonFiniteItem(let index):
      "item \(index) (counted from 0) has a number that is infinite or not a number; "
        + "replace or leave out such items"
    case .diverged(let epoch, let step, let place):
      "the loss is no longer finite at step \(step) (epoch \(epoch))"
        + (place.map { ", first in \($0)" } ?? "")
        + "; lower the learning rate, clip gradients or rescale the items"
    case .nonFiniteLoss(let index):
      "the loss of one of the items from \(index) on is infinite or not a number; "
        + "these items are far from those that the network trained on"
    case .itemShape(let expected, let found):
      "items must have the shape \(expected), found \(found)"
    case .targetShape(let expected, let found):
      "targets must have the shape \(expected), found \(found)"
    case .targetsMissing:
      "the network is trained to predict targets, and these items have none"
    case .foreignCheckpoint:
      "the checkpoint belongs to another network, other data, another batch size or seed; "
        + "resume with the same ones, or remove the checkpoint to start anew"
    case .foreignStart(let variable, let expected, let found):
      "training cannot start from this model: the variable \(variable) must have the shape "
        + "\(expected), found \(found.map { "\($0)" } ?? "none of that name"); "
        + "start from a model with the same layers and the same shape of items"
    }
  }
}

/// Throws where a setting is out of its range.
func requireInRange<Value>(
  _ condition: Bool,
  _ name: String,
  _ expected: String,
  _ found: Value
) throws(TrainingError) {
  guard condition else {
    throw .invalidSetting(name: name, expected: expected, found: "\(found)")
  }
}
