internal import CHourglassOneDNN
package import HourglassGraphs
internal import HourglassSystem
package import HourglassTensors

/// A compiled graph with its variables: feed inputs, run a step, read results.
///
/// A plan lives on one thread (see `ComputeEngine`) and is no value: running it changes its
/// variables by the graph's updates. Each executor has its own kind of plan.
package protocol Plan: AnyObject {
  /// What is computed.
  var graph: Graph { get }

  /// Gives write access to an input's elements, in row-major order; they stay for later runs.
  func withInput(_ node: NodeID, _ body: (inout MutableSpan<Float>) -> Void)

  /// Computes every result and applies the updates.
  ///
  /// `step` is the counter from which the graph's random numbers are drawn: a run with the same
  /// seed, step, inputs and variables gives the same bytes.
  func run(step: UInt64) throws(EngineError)

  /// Gives read access to a result of the last run, in row-major order.
  func withOutput(_ node: NodeID, _ body: (Span<Float>) -> Void)

  /// The present contents of a variable.
  func value(ofVariable node: NodeID) -> Tensor

  /// Replaces the contents of a variable; the shape must agree.
  func setValue(_ value: Tensor, ofVariable node: NodeID)
}

extension Plan {
  /// Feeds a tensor to an input of the same number of elements.
  package func feed(_ tensor: Tensor, to node: NodeID) {
    withInput(node) { span in
      precondition(span.count == tensor.scalars.count, "the fed tensor has the input's shape")
      for index in 0..<span.count { span[index] = tensor.scalars[index] }
    }
  }

  /// Feeds one number to an input of one element.
  package func feed(_ value: Float, to node: NodeID) {
    withInput(node) { span in span[0] = value }
  }

  /// A result of the last run as a tensor.
  package func result(_ node: NodeID) -> Tensor {
    var scalars: [Float] = []
    withOutput(node) { span in
      scalars.reserveCapacity(span.count)
      for index in 0..<span.count { scalars.append(span[index]) }
    }
    return Tensor(scalars, shape: graph[node].shape)
  }

  /// Every variable by its name.
  package var variables: [String: Tensor] {
    Dictionary(
      uniqueKeysWithValues: graph.variables.map { ($0.variable.name, value(ofVariable: $0.node)) }
    )
  }

  /// Replaces the variables that are named; names that the graph lacks are ignored.
  package func setVariables(_ values: [String: Tensor]) {
    for (variable, node) in graph.variables {
      if let value = values[variable.name] { setValue(value, ofVariable: node) }
    }
  }
}

/// How a variable's first contents are drawn: each from a stream of its own, named by its path, so
/// that adding a layer does not change the start of the others.
extension Initializer {
  package func tensor(name: String, shape: Shape, seed: UInt64) -> Tensor {
    var generator = SeededGenerator.named("initial " + name, seed: seed)
    switch self {
    case .constant(let value):
      return Tensor(repeating: value, shape: shape)
    case .uniform(let bound):
      let scalars = (0..<shape.elementCount).map { _ in
        (2 * generator.nextUniform() - 1) * bound
      }
      return Tensor(scalars, shape: shape)
    case .normal(let deviation):
      let scalars = (0..<shape.elementCount).map { _ in generator.nextNormal() * deviation }
      return Tensor(scalars, shape: shape)
    case .values(let values):
      return Tensor(values, shape: shape)
    }
  }
}

/// What can go wrong while a graph is compiled or run.
package enum EngineError: ErrorWithExitCode, Hashable, Sendable {
  /// The library of primitives refused or failed.
  case library(call: String, status: String, while: String)
  /// The processor lacks what was asked for.
  case unsupportedPrecision(String, reason: String)
  /// The memory that a plan needs could not be had.
  case outOfMemory(bytes: Int)

  /// 2 where a precision was asked for that the processor lacks, else 3.
  package var exitCode: Int32 { if case .unsupportedPrecision = self { 2 } else { 3 } }

  /// What was being done, what was found, and what to do.
  package var description: String {
    switch self {
    case .library(let call, let status, let activity):
      "while \(activity): oneDNN's \(call) gave \"\(status)\", expected success"
    case .unsupportedPrecision(let precision, let reason):
      "cannot compute in \(precision): \(reason); use --precision float32 or auto"
    case .outOfMemory(let bytes):
      "cannot get \(bytes / 1_048_576 + 1) MiB of memory for the network; "
        + "use a smaller batch or network"
    }
  }
}

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

/// The processor cores that this program may use.
package enum ProcessorCount {
  /// The number of cores on line that the system lets the program run on, at least 1.
  package static var available: Int { max(Int(hg_core_count()), 1) }
}
