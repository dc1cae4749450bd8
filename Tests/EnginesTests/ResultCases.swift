import HourglassGraphs
import HourglassTensors
import HourglassTestSupport

extension PlanCase {
  /// What may be a result, and what lives through several steps.
  static let results: [PlanCase] = [
    PlanCase("results that are inputs, constants and views") { builder in
      let x = builder.input("x", [6, 8])
      let four = builder.constant(4)
      builder.output("x", x)
      builder.output("x again", x)
      builder.output("x reshaped", builder.reshape(x, [2, 3, 8]))
      builder.output("x row", builder.slice(x, axis: 0, 1..<3))
      builder.output("x column", builder.slice(x, axis: 1, 1..<3))
      builder.output("x stopped", builder.stopGradient(x))
      builder.output("four", four)
      builder.output("fours", builder.broadcast(four, to: [2, 3]))
      builder.output("rows", builder.broadcast(x, to: [2, 6, 8]))
      builder.output("six", builder.product(four, builder.constant(1.5)))
      builder.output("uncommon", builder.quotient(builder.constant(0.1), builder.constant(-3)))
    },
    PlanCase("results in the library's layouts, with other readers") { builder in
      let x = builder.input("x", [3, 4, 6, 6])
      let w = builder.parameter("w", [12, 4, 3, 3], .normal(standardDeviation: 0.3))
      let y = builder.convolution(x, w, Convolution(rank: 2, padding: 1))
      let z = builder.apply(.relu, y)
      builder.output("y", y)
      builder.output("z", z)
      builder.output("z flat", builder.flatten(z))
      builder.output("z part", builder.slice(z, axis: 1, 0..<8))
      builder.output("z rest", builder.slice(z, axis: 1, 8..<12))
      builder.output("z and z", builder.concatenation([z, z], axis: 1))
      builder.output("sum", builder.sum(z))
      builder.output("sums", builder.sum(z, axes: [2, 3]))
      let pooling = Pooling.ofPairs(.maximum)
      builder.output("pooled", builder.pooling(z, pooling))
      builder.output("w", w)
    },
    PlanCase("a layer's result before and after its activation") { builder in
      let x = builder.input("x", [5, 12])
      let w = builder.parameter("w", [20, 12], .normal(standardDeviation: 0.3))
      let y = builder.dense(x, w)
      builder.output("before", y)
      builder.output("after", builder.apply(.logistic, y))
      let z = builder.apply(.tanh, builder.stopGradient(builder.dense(x, builder.apply(.tanh, w))))
      builder.output("stopped", z)
    },
    PlanCase("one weight in layers of different geometry") { builder in
      let x = builder.input("x", [2, 8, 9, 9])
      let w = builder.parameter("w", [8, 8, 3, 3], .normal(standardDeviation: 0.2))
      let first = builder.convolution(x, w, Convolution(rank: 2, padding: 1))
      let second = builder.convolution(
        builder.apply(.relu, first),
        w,
        Convolution(rank: 2, stride: 2, padding: 2, dilation: 2)
      )
      let third = builder.transposedConvolution(second, w, Convolution(rank: 2, stride: 2))
      let loss = builder.mean(builder.apply(.square, third))
      builder.output("loss", loss)
      builder.updateAll(loss) { builder, parameter, gradient, _ in
        let rate = builder.constant(0.05)
        builder.update(
          .gradientDescent(
            Update.GradientDescent(parameter: parameter, gradient: gradient, learningRate: rate)
          )
        )
      }
    },
    PlanCase("random numbers of each step") { builder in
      builder.output("uniform", builder.random(.uniform, [7, 33]))
      builder.output("normal", builder.random(.normal, [7, 33]))
      let keep = builder.apply(.greater, builder.random(.uniform, [5, 20]), builder.constant(0.3))
      let x = builder.input("x", [5, 20])
      builder.output("dropped", builder.product(x, keep))
      let w = builder.parameter("w", [12, 20], .normal(standardDeviation: 0.3))
      let noisy = builder.sum(x, builder.affine(builder.random(.normal, [5, 20]), scale: 0.1))
      builder.output("y", builder.dense(noisy, w))
    },
    PlanCase("pooling of a part that others read in another layout") { builder in
      let x = builder.input("x", [3, 4, 6, 6])
      let w = builder.parameter("w", [24, 4, 3, 3], .normal(standardDeviation: 0.3))
      let y = builder.convolution(x, w, Convolution(rank: 2, padding: 1))
      let part = builder.slice(y, axis: 1, 8..<16)
      builder.output("sums", builder.reduce(.maximum, part, axes: [1]))
      let pooling = Pooling.ofPairs(.maximum)
      let pooled = builder.pooling(part, pooling)
      let loss = builder.mean(builder.apply(.square, pooled))
      builder.output("gradient", builder.gradients(of: loss, withRespectTo: [w])[0])
    },
    PlanCase("a broadcast that is read as it is and repeated") { builder in
      let x = builder.input("x", [5, 1])
      let y = builder.input("y", [5, 4])
      let wide = builder.broadcast(x, to: [5, 4])
      let total = builder.sum(builder.product(wide, y))
      let flat = builder.reshape(wide, [20])
      let chained = builder.product(builder.reshape(builder.apply(.tanh, flat), [5, 4]), wide)
      builder.output("total", total)
      builder.output("chained", builder.sum(chained, builder.product(wide, wide)))
      builder.output("flat", flat)
    },
    PlanCase("nothing but updates") { builder in
      let a = builder.state("a", [3], .constant(1))
      builder.update(.assignment(variable: a, value: builder.affine(a, scale: 2)))
    },
    PlanCase("nothing") { builder in
      _ = builder.input("x", [3])
      _ = builder.state("a", [3], .normal(standardDeviation: 1))
    },
    PlanCase("what is not read") { builder in
      let x = builder.input("x", [3, 4])
      let unused = builder.input("unused", [3, 4])
      _ = builder.apply(.tanh, unused)
      _ = builder.state("a", [3], .normal(standardDeviation: 1))
      builder.output("y", builder.apply(.tanh, x))
    },
  ]
}
