extension Update.Adam {
  /// A step of Adam with the constants of the paper; `weightDecay` is decoupled, as in AdamW.
  package init(
    parameter: NodeID,
    gradient: NodeID,
    moments: (first: NodeID, second: NodeID),
    learningRate: NodeID,
    step: NodeID,
    gradientScale: NodeID? = nil,
    beta1: Float = 0.9,
    beta2: Float = 0.999,
    epsilon: Float = 1e-8,
    weightDecay: Float = 0
  ) {
    self.parameter = parameter
    self.gradient = gradient
    self.firstMoment = moments.first
    self.secondMoment = moments.second
    self.learningRate = learningRate
    self.step = step
    self.gradientScale = gradientScale
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }
}

extension Update.GradientDescent {
  /// A step of gradient descent; momentum asks for a velocity.
  package init(
    parameter: NodeID,
    gradient: NodeID,
    learningRate: NodeID,
    velocity: NodeID? = nil,
    gradientScale: NodeID? = nil,
    momentum: Float = 0,
    isNesterov: Bool = false,
    weightDecay: Float = 0
  ) {
    self.parameter = parameter
    self.gradient = gradient
    self.velocity = velocity
    self.learningRate = learningRate
    self.gradientScale = gradientScale
    self.momentum = momentum
    self.isNesterov = isNesterov
    self.weightDecay = weightDecay
  }
}
