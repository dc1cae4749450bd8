package import HourglassTensors

/// What a node of a graph computes: a closed set, so that every executor can be exhaustive.
///
/// Each case has a shape rule (`Operation+Shape.swift`) and, where it is differentiable, a gradient
/// rule (`Operation+Gradient.swift`). Batch is the first dimension, channels the second.
package enum Operation: Hashable, Sendable {
  // Leaves.

  /// A tensor that the caller feeds at each run.
  case input(name: String)
  /// A tensor that lives between runs: a learned parameter, or state such as a running mean.
  case variable(Variable)
  /// A tensor of one number.
  case constant(Float)
  /// Random numbers, a pure function of the run's seed, the run's step and this stream.
  case random(Distribution, stream: UInt32)

  // Dense and convolution. Bias is an optional third input.

  /// `x [N, I]`, `weights [O, I]`, bias `[O]` -> `[N, O]`: y = x Wᵀ + b.
  case dense
  /// `dy [N, O]`, `weights [O, I]` -> `[N, I]`: dy W.
  case denseBackwardData
  /// `x [N, I]`, `dy [N, O]` -> `[O, I]`: dyᵀ x.
  case denseBackwardWeights
  /// `x [N, C, …]`, `weights [O, C, …]`, bias `[O]` -> `[N, O, …]`: cross-correlation.
  case convolution(Convolution)
  /// `dy [N, O, …]`, `weights [O, C, …]` -> `[N, C, spatial…]`: its transpose over the data.
  ///
  /// It is also the forward pass of a transposed convolution.
  case convolutionBackwardData(Convolution, spatial: [Int])
  /// `x [N, C, …]`, `dy [N, O, …]` -> `[O, C, kernel…]`: its transpose over the weights.
  case convolutionBackwardWeights(Convolution, kernel: [Int])
  /// `[N, C, …]` -> `[C]`: the sum over batch and space, the gradient of a bias.
  case channelSum

  // Space.

  /// `[N, C, …]` -> `[N, C, …]`: maximum or average over windows.
  case pooling(Pooling)
  /// `x`, `y`, `dy` -> `dx` of a pooling, where `y` is the pooling of `x`.
  case poolingBackward(Pooling)
  /// `[N, C, …]` -> `[N, C, spatial…]`: nearest or linear interpolation.
  case resampling(Interpolation, spatial: [Int])
  /// `dy` -> `dx [N, C, spatial…]` of a resampling.
  case resamplingBackward(Interpolation, spatial: [Int])

  // Normalization.

  /// Zero mean and unit variance over `axes`; the other axes must be neighbors.
  case standardization(axes: [Int], epsilon: Float)
  /// `x`, `y`, `dy` -> `dx` of a standardization, where `y` is the standardization of `x`.
  case standardizationBackward(axes: [Int], epsilon: Float)
  /// exp(x) / Σ exp(x) along an axis.
  case softmax(axis: Int)
  /// x - ln Σ exp(x) along an axis.
  case logSoftmax(axis: Int)

  // Form.

  /// The inputs one after another along an axis.
  case concatenation(axis: Int)
  /// A range along an axis.
  case slice(axis: Int, start: Int, count: Int)
  /// Zeros before and after along an axis.
  case padding(axis: Int, before: Int, after: Int)
  /// The same elements in row-major order under another shape.
  case reshape(Shape)
  /// Repetition along axes of extent 1.
  case broadcast(Shape)

  // Element by element.

  /// A function of one number.
  case unary(UnaryFunction)
  /// `saved`, `dy` -> `dx` of a function of one number; `saved` is what the function asks for.
  case unaryBackward(UnaryFunction)
  /// A function of two numbers, with broadcasting as in NumPy.
  case binary(BinaryFunction)
  /// The same numbers, through which no gradient flows.
  case stopGradient

  // Reductions and look-up.

  /// Sum or maximum over axes; these keep the extent 1.
  case reduction(Reduction, axes: [Int])
  /// `table [V, D]`, `indices [N]` -> `[N, D]`; an index is a whole number, clamped to the table.
  case gather
  /// `dy [N, D]`, `indices [N]` -> `[rows, D]`: rows of equal index are added.
  case scatterAdd(rows: Int)
}

/// A named tensor that lives between runs.
package struct Variable: Hashable, Sendable {
  /// What changes a variable.
  package enum Role: Hashable, Sendable {
    /// Trained by the optimizer; saved under its path.
    case parameter
    /// Kept beside the parameters: running statistics, an optimizer's moments.
    case state
    /// Given with the graph: never changed, never saved.
    case fixed
  }

  /// The path, as in `encoder.0.weight`: the key in the model file.
  package let name: String
  /// Whether it is trained.
  package let role: Role
  /// How it starts.
  package let initializer: Initializer
}

/// How a variable starts.
package enum Initializer: Hashable, Sendable {
  /// Every element is this number.
  case constant(Float)
  /// Uniform on [-bound, bound].
  case uniform(bound: Float)
  /// Normal with mean 0.
  case normal(standardDeviation: Float)
  /// These numbers in row-major order, as many as there are elements.
  case values([Float])
}

/// The distribution of random numbers inside a graph.
public enum Distribution: Hashable, Sendable {
  /// Uniform on [0, 1).
  case uniform
  /// Normal with mean 0 and standard deviation 1.
  case normal
}

/// The geometry of a convolution in one or two dimensions of space.
package struct Convolution: Hashable, Sendable {
  /// The step of the window along each dimension of space.
  package var strides: [Int]
  /// Zeros before the first element of each dimension of space.
  package var paddingBefore: [Int]
  /// Zeros after the last element of each dimension of space.
  package var paddingAfter: [Int]
  /// The distance between the taps of the kernel; 1 is a usual convolution.
  package var dilations: [Int]

  package init(strides: [Int], paddingBefore: [Int], paddingAfter: [Int], dilations: [Int]) {
    self.strides = strides
    self.paddingBefore = paddingBefore
    self.paddingAfter = paddingAfter
    self.dilations = dilations
  }

  /// One stride, padding and dilation for all `rank` dimensions of space.
  package init(rank: Int, stride: Int = 1, padding: Int = 0, dilation: Int = 1) {
    self.init(
      strides: Array(repeating: stride, count: rank),
      paddingBefore: Array(repeating: padding, count: rank),
      paddingAfter: Array(repeating: padding, count: rank),
      dilations: Array(repeating: dilation, count: rank)
    )
  }
}

/// The geometry of pooling in one or two dimensions of space.
package struct Pooling: Hashable, Sendable {
  /// What is taken of each window.
  package enum Kind: Hashable, Sendable, CaseIterable {
    /// The largest element; padding does not take part.
    case maximum
    /// The mean of the elements, padding left out of the count.
    case average
  }

  package var kind: Kind
  package var window: [Int]
  package var strides: [Int]
  package var paddingBefore: [Int]
  package var paddingAfter: [Int]

  package init(
    _ kind: Kind,
    window: [Int],
    strides: [Int],
    paddingBefore: [Int],
    paddingAfter: [Int]
  ) {
    self.kind = kind
    self.window = window
    self.strides = strides
    self.paddingBefore = paddingBefore
    self.paddingAfter = paddingAfter
  }
}

/// How a resampling fills the places between the elements that it has.
///
/// Output position o of O looks at (o + 1/2) I / O - 1/2 of the I input positions.
package enum Interpolation: Hashable, Sendable, CaseIterable {
  /// The nearest element.
  case nearest
  /// Linear in each dimension, bilinear in two; clamped at the border.
  case linear
}

/// What a reduction computes over its axes.
package enum Reduction: Hashable, Sendable, CaseIterable {
  case sum
  case maximum
}

/// A function of two numbers.
public enum BinaryFunction: Hashable, Sendable, CaseIterable {
  /// a + b
  case add
  /// a - b
  case subtract
  /// a · b
  case multiply
  /// a / b
  case divide
  /// The larger one.
  case maximum
  /// The smaller one.
  case minimum
  /// 1 where the first is greater, else 0; no gradient.
  case greater
  /// 1 where both are equal, else 0; no gradient.
  case equal
}

/// A function of one number.
public enum UnaryFunction: Hashable, Sendable {
  /// scale · x + offset
  case affine(scale: Float, offset: Float)
  /// |x|
  case absolute
  /// √x
  case squareRoot
  /// eˣ
  case exponential
  /// ln x
  case logarithm
  /// 1 / x
  case reciprocal
  /// x²
  case square
  /// -1, 0 or 1; its gradient is 0.
  case sign
  /// The largest whole number that is not above x; its gradient is 0.
  case floor
  /// max(x, 0)
  case relu
  /// x where x > 0, else slope · x
  case leakyRelu(slope: Float)
  /// x where x > 0, else α (eˣ - 1): Clevert, Unterthiner, Hochreiter, 2015, arXiv:1511.07289, eq. 15.
  case elu(alpha: Float)
  /// x (1 + erf(x / √2)) / 2: Hendrycks, Gimpel, 2016, arXiv:1606.08415, section 2.
  case gelu
  /// x / (1 + e⁻ˣ): Elfwing, Uchibe, Doya, 2017, arXiv:1702.03118, eq. 3.
  case silu
  /// The hyperbolic tangent.
  case tanh
  /// 1 / (1 + e⁻ˣ)
  case logistic
  /// ln(1 + eˣ)
  case softplus
  /// min(max(x, lower), upper)
  case clip(lower: Float, upper: Float)

  /// Whether the gradient is written in terms of the result instead of the argument.
  package var savesResult: Bool {
    switch self {
    case .squareRoot, .exponential, .reciprocal, .relu, .tanh, .logistic: true
    case .affine, .absolute, .logarithm, .square, .sign, .floor, .leakyRelu, .elu, .gelu,
      .silu, .softplus, .clip:
      false
    }
  }
}
