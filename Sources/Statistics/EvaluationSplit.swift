/// What the items that evaluate a model are to it.
public enum EvaluationSplit: String, Hashable, Sendable, Codable {
  /// The model was never trained on them.
  case heldOut
  /// No weight was trained on them, but they chose the epoch whose weights were kept.
  case heldOutAndUsedForStopping
  /// The model was trained on these very items, which were too few to hold some out.
  case trainedOn
  /// They were given after training.
  case given
}
