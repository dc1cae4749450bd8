/// The format in which large products are computed.
public enum ComputePrecision: String, Hashable, Sendable, Codable, CaseIterable {
  /// What serves best: bfloat16 for training on processors that have it, where the network is
  /// large enough to gain, else single precision.
  case automatic
  /// Single precision throughout.
  case float32
  /// Products in bfloat16, sums, weights and losses in single precision.
  case bfloat16
}
