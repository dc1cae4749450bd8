/// The body of an autoencoder: what lies between the data and the bottleneck, on both sides.
///
/// Items have the shape `[features]`, `[channels, time]` or `[channels, height, width]`.
public enum Architecture: Hashable, Sendable, Codable {
  /// Fully connected layers of these widths from the data to the bottleneck; the decoder has them
  /// in reverse. Items of any shape: images and series are flattened.
  case dense(hidden: [Int], activation: Activation)
  /// A convolution of stride 2 for each number of channels, then fully connected layers of the
  /// widths `hidden`; the decoder mirrors them with transposed convolutions. Items
  /// `[channels, time]` or `[channels, height, width]` of any extents.
  ///
  /// Kernels are 5 along time and 3 x 3 over images on the way down, and 4 on the way up, a
  /// multiple of the stride, so that no chequerboard appears (Odena, Dumoulin, Olah, 2016,
  /// doi:10.23915/distill.00003).
  case convolutional(channels: [Int], hidden: [Int], activation: Activation)
  /// Layers of one's own, one after another. As an encoder they lead to the bottleneck, which is another
  /// fully connected layer; as a decoder, which must then be given, they lead from the latent vector to the
  /// item: a last fully connected layer is added where their result has another shape. Items of any shape
  /// that the layers take.
  case layers([LayerDescription])
  /// Patch features, which are fitted first, then fully connected layers of the
  /// widths `hidden`; the decoder has these in reverse. Items `[channels, height, width]`.
  ///
  /// It is for features: what makes one kind of thing look unlike another is at hand, and need not be
  /// trained on reconstructing pixels.
  case patches(PatchCoding, hidden: [Int], activation: Activation)
  /// Convolutions down `depth` halvings and up again, where each level on the way up also sees what
  /// the same level saw on the way down. Level k has base · 2ᵏ channels. It compresses nothing: it
  /// has no encoder and no decoder, it translates. Items `[channels, time]` or
  /// `[channels, height, width]` of any extents.
  ///
  /// Reference: Ronneberger, Fischer, Brox, 2015, "U-Net", arXiv:1505.04597, figure 1, with
  /// strides for pooling and zeros around, so that the extents stay.
  case uNet(base: Int, depth: Int, activation: Activation)
  /// The same, where each convolution but the last is normalized over the batch before its activation:
  /// it learns in fewer steps. Batches of one item of a single value cannot be trained on.
  ///
  /// Reference: Ioffe, Szegedy, 2015, "Batch Normalization", arXiv:1502.03167.
  case normalizedUNet(base: Int, depth: Int, activation: Activation)
  /// `depth` convolutions of 3 one after another, at least 2, all but the last of `width` channels;
  /// the extents stay throughout. Like a U-Net it translates. A small noise is taken off images of
  /// any extents well, where the network predicts the difference.
  ///
  /// Reference: Zhang, Zuo, Chen, Meng, Zhang, 2016, "Beyond a Gaussian Denoiser",
  /// arXiv:1608.03981, section 3.1, without the normalization.
  case plain(width: Int, depth: Int, activation: Activation)
}

extension Architecture {
  /// Whether it is one way only, so that the decoder of an autoencoder cannot mirror it.
  package var hasMirror: Bool { if case .layers = self { false } else { true } }

  /// Whether it has an encoder and a decoder around a bottleneck.
  public var compresses: Bool {
    switch self {
    case .dense, .convolutional, .layers, .patches: true
    case .uNet, .normalizedUNet, .plain: false
    }
  }

  /// The halvings of a U-Net; `nil` of other architectures.
  public var halvings: Int? {
    switch self {
    case .uNet(_, let depth, _), .normalizedUNet(_, let depth, _): depth
    case .dense, .convolutional, .layers, .patches, .plain: nil
    }
  }
}
