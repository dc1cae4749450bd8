import HourglassGraphs
import HourglassTensors
import Testing

@testable import HourglassEngines

/// Dense layers between few features and many, as at a bottleneck, on two threads.
///
/// Here the library divides the sum of the gradient between threads although there is work for one
/// alone, and then reads memory that it does not have.
@Suite struct NarrowDenseTests {
  struct Layer: Sendable, CustomStringConvertible {
    let rows: Int
    let inputs: Int
    let outputs: Int

    var description: String { "\(rows) rows, \(inputs) to \(outputs)" }

    /// A layer of each width that the library treats as one block, and their neighbors.
    static let all: [Layer] =
      [2, 8, 15, 16, 17, 32, 33, 64, 65].map {
        Layer(rows: 6, inputs: $0, outputs: 2100)
      } + [
        Layer(rows: 1, inputs: 16, outputs: 3136), Layer(rows: 128, inputs: 16, outputs: 1100),
        Layer(rows: 129, inputs: 8, outputs: 1100), Layer(rows: 6, inputs: 16, outputs: 300),
        Layer(rows: 6, inputs: 32, outputs: 5000),
      ]
  }

  @Test(arguments: Layer.all, ProductPrecision.available)
  func gradientsOfNarrowLayersAgree(_ layer: Layer, _ precision: ProductPrecision) throws {
    var builder = GraphBuilder()
    let x = builder.input("x", [layer.rows, layer.inputs])
    let initial = Initializer.normal(standardDeviation: 0.5)
    let first = builder.dense(x, builder.parameter("first", [layer.inputs, layer.inputs], initial))
    let last = builder.dense(
      first,
      builder.parameter("last", [layer.outputs, layer.inputs], initial),
      bias: builder.parameter("bias", [layer.outputs], initial)
    )
    let loss = builder.mean(builder.apply(.square, last))
    builder.output("loss", loss)
    let parameters = builder.parameters
    for (index, gradient) in builder.gradients(of: loss, withRespectTo: parameters).enumerated() {
      builder.output("gradient \(index)", gradient)
    }
    let graph = try builder.finish()
    var generator = SeededGenerator(seed: 4)
    let values = (0..<layer.rows * layer.inputs).map { _ in generator.nextNormal() }
    let agreement = Agreement(
      graph: graph,
      threads: 2,
      singleThreadLimit: 0,
      precision: precision.precision
    )
    try agreement.check(steps: [["x": Tensor(values, shape: graph[x].shape)]])
  }
}

/// A format of products that this processor has.
enum ProductPrecision: CaseIterable, Sendable {
  case float32, bfloat16

  var precision: ComputePrecision { self == .float32 ? .float32 : .bfloat16 }

  /// float32, and bfloat16 where the processor is up to it.
  static var available: [ProductPrecision] {
    allCases.filter { $0 == .float32 || ProcessorLevel.current >= .avx512 }
  }
}
