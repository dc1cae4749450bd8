internal import HourglassGraphs
package import HourglassTensors

/// Why variables do not make the network that a value describes.
package enum ModelError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A variable is not there.
  case missingVariable(name: String, expected: Shape)
  /// A variable has another shape.
  case variableShape(name: String, expected: Shape, found: Shape)
  /// Items are drawn from a distribution of latent vectors, and the bottleneck has none.
  case deterministicBottleneck
  /// A variable has a number that is infinite or not a number.
  case nonFiniteVariable(name: String)

  /// What was expected and what was found.
  package var description: String {
    switch self {
    case .missingVariable(let name, let expected):
      "the network needs the variable \(name) of shape \(expected), and it is not there"
    case .variableShape(let name, let expected, let found):
      "the variable \(name) must have the shape \(expected), found \(found)"
    case .deterministicBottleneck:
      "new items are drawn from the latent distribution, which only a Gaussian bottleneck has; "
        + "this bottleneck is deterministic"
    case .nonFiniteVariable(let name):
      "the variable \(name) has a number that is infinite or not a number"
    }
  }
}

extension Graph {
  /// The variables that the graph has, out of all; names that it lacks are left out.
  package func checkedVariables(_ variables: [String: Tensor]) throws(ModelError) -> [String:
    Tensor]
  {
    var checked: [String: Tensor] = [:]
    for (variable, node) in self.variables {
      let expected = self[node].shape
      guard let value = variables[variable.name] else {
        throw .missingVariable(name: variable.name, expected: expected)
      }
      guard value.shape == expected else {
        throw .variableShape(name: variable.name, expected: expected, found: value.shape)
      }
      guard value.isFinite else { throw .nonFiniteVariable(name: variable.name) }
      checked[variable.name] = value
    }
    return checked
  }
}
