import CHourglassOneDNN
import Foundation
import HourglassGraphs
import HourglassTensors
import Testing

@testable import HourglassEngines

/// What the shim and the executor say when something cannot be made.
@Suite struct EngineErrorTests {
  /// The pages that this process has in memory.
  private func residentPages() -> Int {
    let line = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
    return line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
  }

  private func call(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch EngineError.library(let call, let status, let activity) {
      #expect(["invalid arguments", "not implemented"].contains(status), "\(call)")
      #expect(activity == "trying")
      return call
    } catch {
      return "\(error)"
    }
  }

  /// Makes a convolution of 5 by 5 pixels with a kernel of 3 by 3.
  private func convolution(_ library: Library, _ direction: hg_direction, y: [Int]) throws {
    var geometry = hg_geometry()
    geometry.strides = (1, 1)
    geometry.dilations = (1, 1)
    let (x, weights, y) = (
      try Descriptor.any([1, 3, 5, 5]), try Descriptor.any([4, 3, 3, 3]), try Descriptor.any(y)
    )
    _ = try Primitive.make("trying") {
      hg_convolution_create(
        &$0,
        library.handle,
        direction,
        x.handle,
        weights.handle,
        nil,
        y.handle,
        x.handle,
        weights.handle,
        y.handle,
        &geometry,
        HG_FUSE_NONE,
        0
      )
    }
  }

  @Test func primitivesThatCannotBeMadeNameTheCall() throws {
    let library = try Library(threads: 1)
    for direction in [HG_FORWARD, HG_BACKWARD_DATA, HG_BACKWARD_WEIGHTS] {
      let found = call { try convolution(library, direction, y: [1, 4, 9, 9]) }
      #expect(found?.contains("convolution") == true, "\(found ?? "no error")")
      #expect(call { try convolution(library, direction, y: [1, 4, 3, 3]) } == nil)
    }
    let (x, y) = (
      try Descriptor.strided([2, 3], strides: [3, 1]),
      try Descriptor.strided([2, 4], strides: [4, 1])
    )
    let weights = try Descriptor.any([5, 3])
    let product = call {
      _ = try Primitive.make("trying") {
        hg_inner_product_create(
          &$0,
          library.handle,
          HG_FORWARD,
          x.handle,
          weights.handle,
          nil,
          y.handle,
          x.handle,
          weights.handle,
          y.handle,
          HG_FUSE_NONE,
          0
        )
      }
    }
    #expect(product?.contains("inner_product") == true, "\(product ?? "no error")")
    let others: [(String, (inout OpaquePointer?) -> Int32)] = [
      ("softmax", { hg_softmax_create(&$0, library.handle, x.handle, x.handle, 7, 0) }),
      ("reorder", { hg_reorder_create(&$0, library.handle, x.handle, y.handle) }),
      (
        "resampling",
        { hg_resampling_create(&$0, library.handle, HG_FORWARD, x.handle, y.handle, 0) }
      ),
      (
        "pooling",
        {
          var geometry = hg_geometry()
          return hg_pooling_create(
            &$0,
            library.handle,
            HG_FORWARD,
            x.handle,
            y.handle,
            &geometry,
            1
          )
        }
      ),
    ]
    for (name, create) in others {
      let found = call { _ = try Primitive.make("trying", create) }
      #expect(found?.contains(name) == true, "\(found ?? "no error")")
    }
  }

  @Test func failuresKeepNoMemory() throws {
    let library = try Library(threads: 1)
    func fail() {
      for direction in [HG_FORWARD, HG_BACKWARD_DATA, HG_BACKWARD_WEIGHTS] {
        _ = call { try convolution(library, direction, y: [1, 4, 9, 9]) }
      }
    }
    // A descriptor alone takes 696 bytes: a leak of any object adds up to thousands of pages. Other
    // tests take memory at the same time, so the least of some measurements counts: a leak is in all.
    var growth: [Int] = []
    while growth.count < 90, (growth.min() ?? 1000) >= 1000 {
      let before = residentPages()
      for _ in 0..<10_000 { fail() }
      growth.append(residentPages() - before)
    }
    #expect((growth.min() ?? 0) < 1000, "\(growth)")
  }

  /// Programs that do not fit are refused by name.
  @Test func programsBeyondTheLimitsAreRefused() throws {
    let library = try Library(threads: 1)
    var made: OpaquePointer?
    #expect(hg_program_create(&made, library.handle, 1) == 0)
    let program = try #require(made)
    defer { hg_program_destroy(program) }
    let extents = [Int64](repeating: 1, count: 9)
    for (rank, inputs, registers) in [(Int32(9), Int32(1), Int32(2)), (1, 60, 61), (1, 1, 99)] {
      let found = call {
        try check(
          hg_program_add_elementwise(program, rank, extents, inputs, 1, registers),
          while: "trying"
        )
      }
      #expect(found == "hg_program_add_elementwise")
    }
  }

  /// A gradient that does not read what it is the gradient of.
  @Test func gradientsOfOtherResultsAreRefused() throws {
    for kind in [Pooling.Kind.maximum] {
      var builder = GraphBuilder()
      let x = builder.input("x", [1, 2, 4, 4])
      let y = builder.input("y", [1, 2, 2, 2])
      let pooling = Pooling(
        kind,
        window: [2, 2],
        strides: [2, 2],
        paddingBefore: [0, 0],
        paddingAfter: [0, 0]
      )
      builder.output("dx", builder.add(.poolingBackward(pooling), [x, y, y]))
      let graph = try builder.finish()
      #expect(throws: EngineError.self) { try OneDNNPlan(graph, seed: 0, threads: 1) }
    }
    var builder = GraphBuilder()
    let x = builder.input("x", [4, 3])
    let operation = Operation.standardizationBackward(axes: [0], epsilon: 1e-5)
    builder.output("dx", builder.add(operation, [x, x, x]))
    let graph = try builder.finish()
    #expect(throws: EngineError.self) { try OneDNNPlan(graph, seed: 0, threads: 1) }
  }

  @Test func messagesSayWhatFailedAndWhere() {
    let error = EngineError.library(
      call: "dnnl_primitive_create",
      status: "not implemented",
      while: "compiling encoder.0 convolution"
    )
    #expect(
      "\(error)"
        == "while compiling encoder.0 convolution: oneDNN's dnnl_primitive_create gave "
        + "\"not implemented\", expected success"
    )
  }
}
