import HourglassEngines
import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassGraphs

/// The reference executor against PyTorch in double precision.
///
/// Numbers and versions: `Goldens/operations.json`, made by
/// `Scripts/goldens/make_operation_goldens.py`.
@Suite struct ReferenceGoldenTests {
  @Test(arguments: OperationGoldens.all.operations)
  func operationsAndGradientsAgreeWithPyTorch(_ golden: OperationGoldens.Operation) throws {
    let build = try #require(OperationVocabulary.build(golden.name))
    var builder = GraphBuilder()
    let inputs = golden.inputs.enumerated().map { builder.input("x\($0)", Shape($1.shape)) }
    let result = build(&builder, inputs)
    builder.output("result", result)
    let cotangent = builder.input("cotangent", Shape(golden.cotangent.shape))
    let loss = builder.sum(builder.product(result, cotangent))
    let wanted = Array(inputs.prefix(golden.gradients.count))
    for (index, gradient) in builder.gradients(of: loss, withRespectTo: wanted).enumerated() {
      builder.output("gradient \(index)", gradient)
    }
    let graph = try builder.finish()

    var fed = ["cotangent": golden.cotangent.tensor]
    for (index, input) in golden.inputs.enumerated() { fed["x\(index)"] = input.tensor }
    let outputs = ReferenceExecutor.run(graph, inputs: fed).outputs
    let found = try #require(outputs["result"])
    #expect(found.shape == Shape(golden.result.shape))
    #expect(relativeError(found.scalars, golden.result.values) < 1e-9)
    for (index, expected) in golden.gradients.enumerated() {
      let gradient = try #require(outputs["gradient \(index)"])
      #expect(gradient.shape == Shape(expected.shape))
      #expect(relativeError(gradient.scalars, expected.values) < 1e-9, "of input \(index)")
    }
  }

  @Test(arguments: OperationGoldens.all.updates)
  func updatesAgreeWithPyTorch(_ golden: OperationGoldens.Update) throws {
    let shape = Shape(golden.start.shape)
    var builder = GraphBuilder()
    let parameter = builder.parameter("w", shape, .constant(0))
    let first = builder.state("m", shape)
    let second = builder.state("v", shape)
    let gradient = builder.input("g", shape)
    let step = builder.input("step", [])
    let rate = builder.input("rate", [])
    let scale = golden.name.hasSuffix("scaled gradient") ? builder.constant(0.25) : nil
    let isOther = golden.name.hasSuffix("other constants")
    let adam = Update.Adam(
      parameter: parameter,
      gradient: gradient,
      firstMoment: first,
      secondMoment: second,
      learningRate: rate,
      step: step,
      gradientScale: scale,
      beta1: isOther ? 0.5 : 0.9,
      beta2: isOther ? 0.75 : 0.999,
      epsilon: isOther ? 1e-3 : 1e-8,
      weightDecay: golden.name == "adamw" || scale != nil ? 0.1 : 0
    )
    let hasMomentum = golden.name != "descent"
    let descent = Update.GradientDescent(
      parameter: parameter,
      gradient: gradient,
      velocity: hasMomentum ? first : nil,
      learningRate: rate,
      gradientScale: scale,
      momentum: hasMomentum ? 0.9 : 0,
      isNesterov: golden.name.contains("Nesterov"),
      weightDecay: golden.name.contains("decay") ? 0.1 : 0
    )
    builder.update(golden.name.hasPrefix("adam") ? .adam(adam) : .gradientDescent(descent))
    let graph = try builder.finish()

    var variables = [
      "w": golden.start.tensor, "m": DoubleTensor.zeros(shape), "v": DoubleTensor.zeros(shape),
    ]
    for (index, expected) in golden.after.enumerated() {
      let inputs = [
        "g": golden.gradients[index].tensor,
        "step": DoubleTensor([Double(index + 1)], shape: []),
        "rate": DoubleTensor([isOther ? 0.01 : 0.05], shape: []),
      ]
      variables = ReferenceExecutor.run(graph, inputs: inputs, variables: variables).variables
      let found = try #require(variables["w"])
      #expect(relativeError(found.scalars, expected.values) < 1e-9, "after step \(index + 1)")
    }
  }

  @Test func goldensCoverEveryFunction() {
    let names = Set(OperationGoldens.all.operations.map(\.name))
    for function in UnaryFunction.all {
      #expect(names.contains(String("\(function)".prefix(while: \.isLetter))))
    }
    for function in BinaryFunction.allCases { #expect(names.contains("\(function)")) }
  }
}
