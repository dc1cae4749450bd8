import HourglassGraphs
import HourglassSystem
import HourglassTensors

extension PlanCase {
  /// Changes of variables in every kind and order.
  static let updates: [PlanCase] = optimizers + orders + averages

  private static let optimizers: [PlanCase] =
    [(Float(0), false), (0.1, false), (0, true), (0.1, true)].map { (decay: Float, clips: Bool) in
      PlanCase("Adam, decay \(decay)\(clips ? ", clipped" : "")") { builder in
        let loss = builder.smallNetwork()
        builder.output("loss", loss)
        let (rate, step) = (
          builder.input("learningRate", .scalar), builder.input("step", .scalar)
        )
        let parameters = builder.parameters
        let gradients = builder.gradients(of: loss, withRespectTo: parameters)
        let scale = clips ? builder.clippingScale(gradients, limit: 0.1) : nil
        if let scale { builder.output("scale", scale) }
        for (parameter, gradient) in zip(parameters, gradients) {
          let name = builder.variableName(of: parameter) ?? ""
          let shape = builder.shape(of: parameter)
          let moments = (builder.state("m." + name, shape), builder.state("v." + name, shape))
          builder.update(
            .adam(
              Update.Adam(
                parameter: parameter,
                gradient: gradient,
                moments: moments,
                learningRate: rate,
                step: step,
                gradientScale: scale,
                weightDecay: decay
              )
            )
          )
        }
      }
    }
    + [(Float(0), false, Float(0)), (0.9, false, 0), (0.9, true, 0.01), (0, false, 0.1)].map {
      (momentum: Float, isNesterov: Bool, decay: Float) in
      PlanCase("gradient descent, momentum \(momentum), \(isNesterov), decay \(decay)") { builder in
        let loss = builder.smallNetwork(batch: 7)
        builder.output("loss", loss)
        let rate = builder.constant(0.1)
        let parameters = builder.parameters
        let gradients = builder.gradients(of: loss, withRespectTo: parameters)
        let scale = builder.clippingScale(gradients, limit: 0.5)
        for (parameter, gradient) in zip(parameters, gradients) {
          let name = builder.variableName(of: parameter) ?? ""
          let velocity =
            momentum == 0 ? nil : builder.state("s." + name, builder.shape(of: parameter))
          builder.update(
            .gradientDescent(
              Update.GradientDescent(
                parameter: parameter,
                gradient: gradient,
                learningRate: rate,
                velocity: velocity,
                gradientScale: isNesterov ? nil : scale,
                momentum: momentum,
                isNesterov: isNesterov,
                weightDecay: decay
              )
            )
          )
        }
      }
    }

  /// A plain step of gradient descent.
  private static func descend(
    _ builder: inout GraphBuilder,
    _ parameter: NodeID,
    _ gradient: NodeID
  ) {
    let rate = builder.constant(0.05)
    builder.update(
      .gradientDescent(
        Update.GradientDescent(parameter: parameter, gradient: gradient, learningRate: rate)
      )
    )
  }

  // MARK: What updates see

  private static let orders: [PlanCase] = [
    PlanCase("gradient that reads another variable after its update") { builder in
      let a = builder.parameter("a", [5, 7], .normal(standardDeviation: 1))
      let b = builder.parameter("b", [5, 7], .normal(standardDeviation: 1))
      descend(&builder, a, builder.product(b, b))
      descend(&builder, b, builder.apply(.tanh, a))
    },
    PlanCase("gradient that is a view of another variable") { builder in
      let a = builder.parameter("a", [5, 8], .normal(standardDeviation: 1))
      let b = builder.parameter("b", [8, 5], .normal(standardDeviation: 1))
      let c = builder.parameter("c", [2, 8], .normal(standardDeviation: 1))
      descend(&builder, a, builder.reshape(b, [5, 8]))
      descend(&builder, b, builder.reshape(a, [8, 5]))
      descend(&builder, c, builder.slice(a, axis: 0, 1..<3))
    },
    PlanCase("results that are variables and parts of them") { builder in
      let a = builder.parameter("a", [6, 8], .normal(standardDeviation: 1))
      let x = builder.input("x", [4, 8])
      let y = builder.dense(x, a)
      descend(&builder, a, builder.add(.denseBackwardWeights, [x, y]))
      builder.output("a", a)
      builder.output("a again", a)
      builder.output("a reshaped", builder.reshape(a, [8, 6]))
      builder.output("a row", builder.slice(a, axis: 0, 2..<3))
      builder.output("a column", builder.slice(a, axis: 1, 2..<3))
      builder.output("a stopped", builder.stopGradient(a))
    },
    PlanCase("updates that read variables changed before") { builder in
      let a = builder.parameter("a", [12, 3, 3, 3], .normal(standardDeviation: 0.3))
      let x = builder.input("x", [2, 3, 6, 6])
      let y = builder.convolution(x, a, Convolution(rank: 2))
      let loss = builder.mean(builder.apply(.square, y))
      let stopped = builder.stopGradient(a)
      let previous = builder.state("previous", [12, 3, 3, 3])
      let current = builder.state("current", [12, 3, 3, 3])
      let flat = builder.state("flat", [12, 27])
      let average = builder.state("average", [12, 3, 3, 3])
      let size = builder.sum(builder.apply(.square, a), axes: [1, 2, 3])
      builder.output("size", size)
      builder.updateAll(loss) { builder, parameter, gradient, _ in
        descend(&builder, parameter, gradient)
      }
      builder.update(.movingAverage(average: average, source: a, decay: 0.5))
      builder.update(.assignment(variable: previous, value: stopped))
      builder.update(.assignment(variable: current, value: a))
      builder.update(.assignment(variable: flat, value: builder.reshape(a, [12, 27])))
      let limit = builder.apply(.logistic, builder.mean(builder.apply(.square, a)))
      builder.update(
        .movingAverage(average: average, source: current, decay: 0.9, limit: limit)
      )
    },
    PlanCase("counter that is a variable") { builder in
      let count = builder.state("count", .scalar, .constant(1))
      let a = builder.parameter("a", [7, 5], .normal(standardDeviation: 1))
      let x = builder.input("x", [9, 5])
      let y = builder.dense(x, a)
      let loss = builder.mean(builder.apply(.square, y))
      let rate = builder.quotient(builder.constant(0.1), count)
      let gradient = builder.gradients(of: loss, withRespectTo: [a])[0]
      let moments = (builder.state("m", [7, 5]), builder.state("v", [7, 5]))
      builder.update(
        .adam(
          Update.Adam(
            parameter: a,
            gradient: gradient,
            moments: moments,
            learningRate: rate,
            step: count
          )
        )
      )
      builder.update(.assignment(variable: count, value: builder.affine(count, offset: 1)))
      builder.update(.movingAverage(average: moments.0, source: moments.1, decay: 0.5))
      builder.output("rate", rate)
      builder.output("count", count)
    },
    PlanCase("two variables change places") { builder in
      let a = builder.state("a", [3, 4], .normal(standardDeviation: 1))
      let b = builder.state("b", [3, 4], .normal(standardDeviation: 1))
      let (oldA, oldB) = (builder.stopGradient(a), builder.stopGradient(b))
      builder.update(.assignment(variable: a, value: oldB))
      builder.update(.assignment(variable: b, value: oldA))
      builder.output("a", a)
    },
  ]

  // MARK: Averages and state

  private static let averages: [PlanCase] = [
    PlanCase("averages of parameters in the library's layouts") { builder in
      let loss = builder.smallNetwork()
      builder.output("loss", loss)
      builder.updateAll(loss) { builder, parameter, gradient, name in
        descend(&builder, parameter, gradient)
        let average = builder.state("average." + name, builder.shape(of: parameter))
        builder.update(.movingAverage(average: average, source: parameter, decay: 0.9))
      }
    },
    PlanCase("averages that a second network reads") { builder in
      let initial = Initializer.normal(standardDeviation: 0.3)
      let x = builder.input("x", [4, 3, 6, 6])
      let geometry = Convolution(rank: 2, stride: 2, padding: 1)
      let slow = builder.state("slow", [12, 3, 3, 3], initial)
      let teacher = builder.convolution(x, slow, geometry)
      let fast = builder.parameter("fast", [12, 3, 3, 3], initial)
      let wide = builder.convolution(
        builder.resampling(x, .nearest, spatial: [6, 6]),
        fast,
        geometry
      )
      let loss = builder.mean(builder.apply(.square, builder.difference(wide, teacher)))
      builder.output("loss", loss)
      builder.updateAll(loss) { builder, parameter, gradient, _ in
        descend(&builder, parameter, gradient)
      }
      builder.update(.movingAverage(average: slow, source: fast, decay: 0.9))
    },
    PlanCase("running statistics") { builder in
      let x = builder.input("x", [7, 12, 3, 3])
      let mean = builder.mean(x, axes: [0, 2, 3])
      let average = builder.state("mean", [12])
      let centered = builder.difference(x, builder.channelwise(average, rank: 4))
      builder.output("y", builder.apply(.tanh, centered))
      builder.update(.movingAverage(average: average, source: mean, decay: 0.8))
    },
    PlanCase("table that is moved towards what is fed") { builder in
      let x = builder.input("x", [9, 12])
      let rows = builder.input("index", [9])
      let table = builder.state("table", [6, 12], .normal(standardDeviation: 1))
      let counts = builder.state("counts", [6, 1], .constant(1))
      let sums = builder.state("sums", [6, 12], .normal(standardDeviation: 1))
      builder.output("distance", builder.pairwiseSquaredDistance(x, table))
      builder.output("code", builder.gather(table, rows))
      let ones = builder.broadcast(builder.constant(1), to: [9, 1])
      let newCounts = builder.add(.scatterAdd(rows: 6), [ones, rows])
      let newSums = builder.add(.scatterAdd(rows: 6), [x, rows])
      let used = builder.affine(counts, offset: 0.01)
      builder.update(.movingAverage(average: counts, source: newCounts, decay: 0.9))
      builder.update(.movingAverage(average: sums, source: newSums, decay: 0.9))
      builder.update(.assignment(variable: table, value: builder.quotient(sums, used)))
    },
    PlanCase("moving average of a table that a dense layer reads") { builder in
      let x = builder.input("x", [9, 12])
      let table = builder.state("table", [7, 12], .normal(standardDeviation: 1))
      let y = builder.dense(x, table)
      builder.output("y", y)
      builder.update(
        .movingAverage(
          average: table,
          source: builder.add(.denseBackwardWeights, [x, y]),
          decay: 0.9
        )
      )
    },
    PlanCase("moments that are results and weights") { builder in
      let initial = Initializer.normal(standardDeviation: 0.3)
      let x = builder.input("x", [6, 3, 5, 5])
      let (rate, step) = (builder.input("learningRate", .scalar), builder.input("step", .scalar))
      let a = builder.parameter("a", [12, 3, 3, 3], initial)
      let first = builder.state("first", [12, 3, 3, 3])
      let second = builder.state("second", [12, 3, 3, 3])
      builder.output("first", first)
      let y = builder.convolution(x, a, Convolution(rank: 2))
      let z = builder.convolution(x, second, Convolution(rank: 2, stride: 2))
      builder.output("z", z)
      let loss = builder.mean(builder.apply(.square, y))
      let gradient = builder.gradients(of: loss, withRespectTo: [a])[0]
      builder.update(
        .adam(
          Update.Adam(
            parameter: a,
            gradient: gradient,
            moments: (first, second),
            learningRate: rate,
            step: step
          )
        )
      )
    },
  ]
}
