package import HourglassGraphs
package import HourglassTensors

/// A function whose gradients are checked: a part of a graph and values away from its kinks.
package struct GradientCase: Sendable, CustomStringConvertible {
  package let name: String
  package let arguments: [GradientArgument]
  package let build: @Sendable (inout GraphBuilder, [NodeID]) -> NodeID

  /// A function of tensors; parameters that `build` makes are checked as well.
  package init(
    _ name: String,
    _ arguments: [GradientArgument],
    _ build: @escaping @Sendable (inout GraphBuilder, [NodeID]) -> NodeID
  ) {
    self.name = name
    self.arguments = arguments
    self.build = build
  }

  package var description: String { name }
}

/// The shape of an argument and what it is drawn from.
package struct GradientArgument: Sendable {
  package let shape: Shape
  package let values: GradientValues

  package static func normal(_ shape: Shape) -> GradientArgument {
    GradientArgument(shape: shape, values: .normal)
  }

  package static func range(_ shape: Shape, _ range: ClosedRange<Double>) -> GradientArgument {
    GradientArgument(shape: shape, values: .range(range))
  }

  package static func away(_ shape: Shape, from kinks: [Double]) -> GradientArgument {
    GradientArgument(shape: shape, values: .away(from: kinks))
  }

  package static func distinct(_ shape: Shape, offset: Double = 0) -> GradientArgument {
    GradientArgument(shape: shape, values: .distinct(offset: offset))
  }

  package static func exactly(_ shape: Shape, _ values: [Double]) -> GradientArgument {
    GradientArgument(shape: shape, values: .exactly(values))
  }
}

/// What the elements of an argument are drawn from.
package enum GradientValues: Sendable {
  /// The normal distribution.
  case normal
  /// The uniform distribution on a range.
  case range(ClosedRange<Double>)
  /// The normal distribution, but no nearer than 0.1 to any of these.
  case away(from: [Double])
  /// Multiples of 0.1 in random order, all different, and an offset: no two elements tie.
  case distinct(offset: Double)
  /// These values, with respect to which no gradient is taken.
  case exactly([Double])

  package var isDifferentiated: Bool {
    if case .exactly = self { false } else { true }
  }

  package func sample(_ count: Int, _ generator: inout SeededGenerator) -> [Double] {
    switch self {
    case .normal: return (0..<count).map { _ in Double(generator.nextNormal()) }
    case .range(let range):
      let width = range.upperBound - range.lowerBound
      return (0..<count).map { _ in range.lowerBound + width * Double(generator.nextUniform()) }
    case .away(let kinks):
      return (0..<count).map { _ in
        var value: Double
        repeat {
          value = Double(generator.nextNormal())
        } while kinks.contains {
          abs($0 - value) < 0.1
        }
        return value
      }
    case .distinct(let offset):
      return (0..<count).shuffled(using: &generator).map {
        0.1 * Double($0 - count / 2) + offset
      }
    case .exactly(let values): return values
    }
  }
}
