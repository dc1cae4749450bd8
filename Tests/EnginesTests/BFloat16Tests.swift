import CHourglassOneDNN
import HourglassBenchmarkSupport
import HourglassGraphs
import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassEngines

/// Products in bfloat16: as right as that format allows, and as good in what is learned.
@Suite(.enabled(if: ProcessorLevel.current >= .avx512, "the processor has no AVX-512"))
struct BFloat16Tests {
  /// Every operation and geometry, forward and backward.
  @Test(arguments: LocalDistanceScale.allCases)
  func operationsAgree(_ localDistanceScale: LocalDistanceScale) throws {
    for operationCase in GradientCase.all + GradientCase.geometries {
      do {
        let made = try OperationGraph(operationCase, localDistanceScale)
        try Agreement(graph: made.graph, precision: .bfloat16).check(steps: [made.inputs])
      } catch {
        Issue.record("\(operationCase.name), \(localDistanceScale): \(error)")
      }
    }
  }

  /// The networks that are timed end a short training at the loss of float32.
  @Test(arguments: ReferenceWorkload.all.map(\.name).filter { $0 != "unet-32" })
  func networksLearnAsWell(_ name: String) throws {
    let workload = try #require(ReferenceWorkload.all.first { $0.name == name })
    let graph = try workload.batched(32).trainingGraph()
    let (exact, half) = (try losses(of: graph, .float32), try losses(of: graph, .bfloat16))
    let (start, end) = (exact[0], exact[exact.count - 1])
    #expect(end < start, "something is learned")
    #expect(half != exact, "bfloat16 is used")
    // Of what was learned, a twentieth may be missing.
    #expect(abs(half[half.count - 1] - end) <= 0.05 * abs(start - end), "\(half.last ?? 0), \(end)")
  }

  private func losses(of graph: Graph, _ precision: ComputePrecision) throws -> [Float] {
    let plan = try OneDNNPlan(
      graph,
      seed: 3,
      threads: 2,
      precision: precision,
      singleThreadLimit: 0
    )
    let inputs = Dictionary(uniqueKeysWithValues: graph.inputs.map { ($0.name, $0.node) })
    let x = try #require(inputs["x"])
    let shape = graph[x].shape
    var generator = SeededGenerator(seed: 1)
    // Items that can be learned: the values of one rise and fall together.
    var values: [Float] = []
    for _ in 0..<shape[0] {
      let size = generator.nextUniform()
      for _ in 0..<shape.elementCount / shape[0] {
        values.append(0.2 + 0.6 * size + 0.1 * generator.nextUniform())
      }
    }
    plan.feed(Tensor(values, shape: shape), to: x)
    plan.feed(0.001, to: try #require(inputs["learningRate"]))
    let loss = try #require(graph.output("loss"))
    return try (1...60).map { step in
      plan.feed(Float(step), to: try #require(inputs["step"]))
      // The same noise in each step, so that the losses can be compared.
      try plan.run(step: 1)
      return plan.result(loss).scalars[0]
    }
  }

  /// A row gives the same bits at every place of the batch.
  @Test(arguments: PlanPropertyTests.Encoder.all)
  func rowsDoNotDependOnEachOther(_ encoder: PlanPropertyTests.Encoder) throws {
    try PlanPropertyTests().checkRows(encoder, threads: 2, batches: [64, 256], .bfloat16)
  }

  /// Only large networks that learn, on processors that have the format.
  @Test func automaticTakesItWhereItGains() throws {
    let workloads = ReferenceWorkload.all.filter { ["dense-784", "tabular-30"].contains($0.name) }
    for workload in workloads {
      let graphs = [try workload.trainingGraph(), try workload.forwardGraph()]
      for (graph, isTraining) in zip(graphs, [true, false]) {
        let plan = try OneDNNPlan(graph, seed: 0, threads: 2, precision: .automatic)
        let isExpected =
          isTraining && workload.name == "dense-784"
          && ProcessorLevel.current == .avx512bfloat16
        #expect(plan.isHalf == isExpected, "\(workload.name)")
      }
    }
  }
}

/// Operands of element-wise programs in bfloat16.
@Suite struct HalfOperandTests {
  /// Numbers are rounded to the nearest, ties to even; what is not a number stays none.
  @Test func resultsAreRounded() throws {
    let cases: [(Float, UInt16)] = [
      (0, 0), (-0.0, 0x8000), (1, 0x3f80), (1 + 0x1p-8, 0x3f80), (1 + 0x1p-7 + 0x1p-8, 0x3f82),
      (1 + 0x1p-8 + 0x1p-20, 0x3f81), (.infinity, 0x7f80), (-.infinity, 0xff80),
      (.greatestFiniteMagnitude, 0x7f80),
    ]
    for count in [1, 31, 32, 700] {
      let x = (0..<count).map { cases[$0 % cases.count].0 }
      let (narrow, wide) = try roundTrip(x)
      for index in 0..<count {
        #expect(narrow[index] == cases[index % cases.count].1, "\(x[index])")
        #expect(wide[index].bitPattern == UInt32(narrow[index]) << 16)
      }
    }
    let (_, wide) = try roundTrip([Float(bitPattern: 0x7f80_0001), .nan])
    #expect(wide.filter { !$0.isNaN } == [])
  }

  /// Copies to bfloat16 and back.
  private func roundTrip(_ values: [Float]) throws -> ([UInt16], [Float]) {
    var source = values
    var half = [UInt16](repeating: 0x1234, count: values.count + 1)
    var result = [Float](repeating: 0, count: values.count)
    func run(_ a: UnsafeMutableRawPointer, _ b: UnsafeMutableRawPointer, isFirst: Bool) throws {
      var engine: OpaquePointer?
      var program: OpaquePointer?
      try #require(hg_engine_create(&engine) == 0)
      defer { hg_engine_destroy(engine) }
      try #require(hg_program_create(&program, engine, 1) == 0)
      defer { hg_program_destroy(program) }
      let extents = [Int64(values.count)]
      try #require(hg_program_add_elementwise(program, 1, extents, 1, 1, 2) == 0)
      let floats = (a.assumingMemoryBound(to: Float.self), b.assumingMemoryBound(to: Float.self))
      try #require(hg_program_add_operand(program, 0, floats.0, [1], isFirst ? 0 : 1) == 0)
      try #require(hg_program_add_operand(program, 1, floats.1, [1], isFirst ? 1 : 0) == 0)
      try #require(hg_program_add_instruction(program, .copy(0, to: 1)) == 0)
      try #require(hg_program_run(program, 0) == 0)
    }
    try source.withUnsafeMutableBytes { a in
      try half.withUnsafeMutableBytes { b in
        try result.withUnsafeMutableBytes { c in
          let (a, b, c) = (
            try #require(a.baseAddress), try #require(b.baseAddress), try #require(c.baseAddress)
          )
          try run(a, b, isFirst: true)
          try run(b, c, isFirst: false)
        }
      }
    }
    #expect(half.last == 0x1234, "nothing is written behind the end")
    return (half, result)
  }
}
