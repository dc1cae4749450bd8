/// How parameters follow their gradients: the algorithm, its rate over time, and safeguards.
public struct Optimizer: Hashable, Sendable, Codable {
  /// The rule of one step.
  public enum Algorithm: Hashable, Sendable, Codable {
    /// Stochastic gradient descent with momentum:
    /// v = momentum · v + g, parameter = parameter - rate · v; Nesterov's form takes
    /// g + momentum · v instead of v.
    ///
    /// Reference: Sutskever, Martens, Dahl, Hinton, 2013, "On the importance of initialization and
    /// momentum in deep learning", ICML, section 2.
    case gradientDescent(momentum: Float = 0.9, isNesterov: Bool = false)
    /// Adam.
    ///
    /// Reference: Kingma, Ba, 2014, "Adam: A Method for Stochastic Optimization", arXiv:1412.6980,
    /// algorithm 1.
    case adam(beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8)
    /// Adam with decoupled weight decay; biases and the scales of normalizations do not decay.
    ///
    /// Reference: Loshchilov, Hutter, 2017, "Decoupled Weight Decay Regularization",
    /// arXiv:1711.05101, algorithm 2.
    case adamW(
      beta1: Float = 0.9,
      beta2: Float = 0.999,
      epsilon: Float = 1e-8,
      weightDecay: Float = 0.01
    )
  }

  /// The rule of one step.
  public var algorithm: Algorithm
  /// The largest learning rate, above 0.
  public var learningRate: Float
  /// How the learning rate changes after the warm-up.
  public var schedule: LearningRateSchedule
  /// The number of steps at the start over which the learning rate grows along a line.
  public var warmUpSteps: Int
  /// The largest norm of the gradient over all parameters; a longer gradient is shortened to it.
  ///
  /// Reference: Pascanu, Mikolov, Bengio, 2012, "On the difficulty of training recurrent neural
  /// networks", arXiv:1211.5063, algorithm 1.
  public var gradientClippingNorm: Float?
  /// The largest decay of the moving average of the parameters, such as 0.999; `nil` keeps none.
  ///
  /// At step t the decay is (t - 1) / (t + 8) where that is less: the average is that of about the last
  /// ninth of the steps, however few they are.
  ///
  /// Reference: Polyak, Juditsky, 1992, "Acceleration of Stochastic Approximation by Averaging",
  /// doi:10.1137/0330046; Shamir, Zhang, 2013, "Stochastic Gradient Descent for Non-smooth
  /// Optimization", arXiv:1212.1824, section 4, polynomial-decay averaging with η = 8.
  public var weightAveraging: Float?

  /// Makes an optimizer: Adam at 0.001 by default.
  public init(
    algorithm: Algorithm = .adam(),
    learningRate: Float = 1e-3,
    schedule: LearningRateSchedule = .constant,
    warmUpSteps: Int = 0,
    gradientClippingNorm: Float? = nil,
    weightAveraging: Float? = nil
  ) {
    self.algorithm = algorithm
    self.learningRate = learningRate
    self.schedule = schedule
    self.warmUpSteps = warmUpSteps
    self.gradientClippingNorm = gradientClippingNorm
    self.weightAveraging = weightAveraging
  }

  /// The learning rate of a step, counted from 1.
  ///
  /// During the warm-up it is `learningRate · step / warmUpSteps`; the schedule starts after it.
  /// `totalSteps`, where the end is known, counts the warm-up too; the schedule reaches its end at
  /// that step and stays there.
  public func learningRate(atStep step: Int, totalSteps: Int?) -> Float {
    let step = max(step, 1)
    if step <= warmUpSteps { return learningRate * Float(step) / Float(warmUpSteps) }
    let warmUp = max(warmUpSteps, 0)
    let remaining = totalSteps.map { max($0 - warmUp, 1) }
    return Float(Double(learningRate) * schedule.factor(at: step - warmUp - 1, of: remaining))
  }
}
