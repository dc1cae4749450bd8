package import HourglassGraphs
package import HourglassTensors

/// The nodes by which a trainer steers and watches an optimizer.
package struct OptimizerInputs: Hashable, Sendable {
  /// The input "learningRate", a scalar.
  package let learningRate: NodeID
  /// The input "step", a scalar that counts from 1.
  package let step: NodeID
  /// The norm of the gradient before clipping, a scalar, also the output "gradientNorm"; only where
  /// gradients are clipped.
  package let gradientNorm: NodeID?
}

extension Optimizer {
  /// Adds the gradients of a loss and the updates that lower it.
  ///
  /// The trainer feeds the inputs "learningRate" and "step" before each run. State is kept in
  /// variables named after the parameters: `optimizer.first.<parameter>` and
  /// `optimizer.second.<parameter>` of Adam, `optimizer.velocity.<parameter>` of gradient descent
  /// with momentum, `average.<parameter>` of weight averaging. Call it outside of every scope.
  package func addUpdates(
    minimizing loss: NodeID,
    parameters: [NodeID],
    in builder: inout GraphBuilder
  ) -> OptimizerInputs {
    let gradients = builder.gradients(of: loss, withRespectTo: parameters)
    let statistics = weightAveraging == nil ? [] : builder.states
    let learningRate = builder.input("learningRate", .scalar)
    let step = builder.input("step", .scalar)
    let norm = gradientClippingNorm.map { _ in Self.norm(of: gradients, in: &builder) }
    let scale = clippingFactor(norm: norm, in: &builder)
    if let norm { builder.output("gradientNorm", norm) }
    let steering = Steering(
      learningRate: learningRate,
      step: step,
      gradientScale: scale,
      averagingLimit: weightAveraging.map { _ in Self.averagingLimit(step, in: &builder) }
    )
    for (parameter, gradient) in zip(parameters, gradients) {
      addUpdate(of: parameter, gradient: gradient, steering, in: &builder)
    }
    // Averaged weights go with statistics of layers that are averaged alike.
    for statistic in statistics { addAverage(of: statistic, steering, in: &builder) }
    return OptimizerInputs(learningRate: learningRate, step: step, gradientNorm: norm)
  }

  /// The averages of the parameters and of what layers keep, by the names of these, out of the variables
  /// after some steps.
  ///
  /// Empty where no averages are kept.
  package func averagedWeights(_ variables: [String: Tensor]) -> [String: Tensor] {
    guard weightAveraging != nil else { return [:] }
    var result: [String: Tensor] = [:]
    for (name, average) in variables where name.hasPrefix(Self.averagePrefix) {
      result[String(name.dropFirst(Self.averagePrefix.count))] = average
    }
    return result
  }

  /// What the names of averages start with.
  package static var averagePrefix: String { "average." }

  /// What the names of moments and velocities start with.
  package static var statePrefix: String { "optimizer." }

  private struct Steering {
    let learningRate: NodeID
    let step: NodeID
    let gradientScale: NodeID?
    let averagingLimit: NodeID?
  }

  /// (t - 1) / (t + 8) at step t: an average of about the last ninth of the steps.
  private static func averagingLimit(_ step: NodeID, in builder: inout GraphBuilder) -> NodeID {
    builder.quotient(builder.affine(step, offset: -1), builder.affine(step, offset: 8))
  }

  private func addUpdate(
    of parameter: NodeID,
    gradient: NodeID,
    _ steering: Steering,
    in builder: inout GraphBuilder
  ) {
    guard let name = builder.variableName(of: parameter) else { return }
    let shape = builder.shape(of: parameter)
    switch algorithm {
    case .gradientDescent(let momentum, let isNesterov):
      let velocity =
        momentum == 0 ? nil : builder.state("\(Self.statePrefix)velocity.\(name)", shape)
      builder.update(
        .gradientDescent(
          Update.GradientDescent(
            parameter: parameter,
            gradient: gradient,
            learningRate: steering.learningRate,
            velocity: velocity,
            gradientScale: steering.gradientScale,
            momentum: momentum,
            isNesterov: isNesterov
          )
        )
      )
    case .adam(let beta1, let beta2, let epsilon), .adamW(let beta1, let beta2, let epsilon, _):
      let first = builder.state("\(Self.statePrefix)first.\(name)", shape)
      let second = builder.state("\(Self.statePrefix)second.\(name)", shape)
      builder.update(
        .adam(
          Update.Adam(
            parameter: parameter,
            gradient: gradient,
            moments: (first, second),
            learningRate: steering.learningRate,
            step: steering.step,
            gradientScale: steering.gradientScale,
            beta1: beta1,
            beta2: beta2,
            epsilon: epsilon,
            weightDecay: weightDecay(of: shape)
          )
        )
      )
    }
    addAverage(of: parameter, steering, in: &builder)
  }

  private func addAverage(
    of variable: NodeID,
    _ steering: Steering,
    in builder: inout GraphBuilder
  ) {
    guard let weightAveraging, let name = builder.variableName(of: variable) else { return }
    let average = builder.state(Self.averagePrefix + name, builder.shape(of: variable))
    builder.update(
      .movingAverage(
        average: average,
        source: variable,
        decay: weightAveraging,
        limit: steering.averagingLimit
      )
    )
  }

  /// Vectors are biases, scales and shifts: only matrices and kernels decay.
  private func weightDecay(of shape: Shape) -> Float {
    if case .adamW(_, _, _, let decay) = algorithm, shape.rank >= 2 { decay } else { 0 }
  }

  /// √ Σ g² over all gradients.
  private static func norm(of gradients: [NodeID], in builder: inout GraphBuilder) -> NodeID {
    var total: NodeID?
    for gradient in gradients {
      let part = builder.sum(builder.apply(.square, gradient))
      total = total.map { builder.sum($0, part) } ?? part
    }
    return builder.apply(.squareRoot, total ?? builder.constant(0))
  }

  /// The factor min(1, clip / norm) of every gradient.
  private func clippingFactor(norm: NodeID?, in builder: inout GraphBuilder) -> NodeID? {
    guard let norm, let gradientClippingNorm else { return nil }
    let positive = builder.apply(.maximum, norm, builder.constant(.leastNormalMagnitude))
    let ratio = builder.quotient(builder.constant(gradientClippingNorm), positive)
    return builder.apply(.minimum, ratio, builder.constant(1))
  }
}
