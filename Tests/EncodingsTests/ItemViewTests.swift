import Foundation
import HourglassAutoencoders
import HourglassGraphs
import HourglassTensors
import Testing

@testable import HourglassData
@testable import HourglassEncodings
@testable import HourglassEngines
@testable import HourglassMedia

@Suite struct ItemViewTests {
  /// What a graph of one output makes of a tensor, by the engine and by the reference.
  private func results(
    of x: Tensor,
    step: UInt64 = 1,
    _ body: (inout GraphBuilder, NodeID) -> NodeID
  ) throws -> (fast: [Float], slow: [Double]) {
    var builder = GraphBuilder()
    let input = builder.input("x", x.shape)
    builder.output("y", body(&builder, input))
    let graph = try builder.finish()
    let plan = try OneDNNPlan(graph, seed: 5, threads: 1)
    plan.feed(x, to: graph.requiredInput("x"))
    try plan.run(step: step)
    let slow = ReferenceExecutor.run(
      graph,
      inputs: ["x": DoubleTensor(x)],
      seed: 5,
      step: step
    )
    return (
      plan.result(graph.requiredOutput("y")).scalars,
      try #require(slow.outputs["y"]).scalars
    )
  }

  private func normal(_ shape: Shape, mean: Float = 0, deviation: Float = 1) -> Tensor {
    var generator = SeededGenerator(seed: 1)
    return Tensor(
      (0..<shape.elementCount).map { _ in mean + deviation * generator.nextNormal() },
      shape: shape
    )
  }

  /// No augmentation at all.
  private let none = Augmentation(
    noise: 0,
    shift: 0,
    rotation: 0,
    zoom: 0,
    brightness: 0,
    contrast: 0,
    hidden: 0,
    signalToNoise: 40,
    reverberant: 0,
    speed: 0,
    compressed: 0
  )

  private func largestDifference(_ a: [Float], _ b: [Double]) -> Double {
    zip(a, b).map { abs(Double($0) - $1) }.max() ?? 0
  }

  // MARK: Sampling

  @Test func placesBetweenPixelsAreMeansAndBeyondThemTheBorder() throws {
    let x = Tensor([0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15], shape: [1, 2, 2, 3])
    let (fast, slow) = try results(of: x) { builder, x in
      let rows = builder.fixed("rows", [1, 1, 1, 5], [0, 1, 0.5, -3, 9])
      let columns = builder.fixed("columns", [1, 1, 1, 5], [0, 2, 0.25, 1.5, 7])
      return builder.sampled(x, rows: rows, columns: columns)
    }
    #expect(fast == [0, 5, 1.75, 1.5, 5, 10, 15, 11.75, 11.5, 15])
    #expect(largestDifference(fast, slow) == 0)
  }

  @Test func manyImagesAreSampledInParts() throws {
    // Beyond 2²⁴ values an index would no longer be exact.
    let side = 2_100
    let count = 5
    let x = Tensor(
      (0..<count * side * side).map { Float($0 % 977) },
      shape: [count, 1, side, side]
    )
    var builder = GraphBuilder()
    let input = builder.input("x", x.shape)
    let last = builder.fixed("last", [1, 1, 1, 1], [Float(side - 1)])
    let places = builder.broadcast(last, to: [count, 1, 1, 1])
    builder.output("y", builder.sampled(input, rows: places, columns: places))
    let graph = try builder.finish()
    let plan = try OneDNNPlan(graph, seed: 5, threads: 1)
    plan.feed(x, to: graph.requiredInput("x"))
    try plan.run(step: 1)
    let corners = (1...count).map { x.scalars[$0 * side * side - 1] }
    #expect(plan.result(graph.requiredOutput("y")).scalars == corners)
  }

  // MARK: Settings

  @Test func augmentationIsReadBack() throws {
    let now = Augmentation(rotation: 7, speed: 0.02)
    #expect(
      try JSONDecoder().decode(Augmentation.self, from: JSONEncoder().encode(now)) == now
    )
  }

  @Test func augmentationOutOfRangeAreRefused() {
    let mistakes: [WritableKeyPath<Augmentation, Float>] = [
      \.rotation, \.zoom, \.speed, \.reverberant, \.compressed, \.noise,
    ]
    for path in mistakes {
      for value in [-0.1, 60, .nan, .infinity] as [Float] {
        var wrong = Augmentation()
        wrong[keyPath: path] = value
        #expect(throws: TaskError.self) { try wrong.validate() }
      }
    }
  }

  // MARK: Images

  @Test func imagesWithoutAugmentationAreThemselves() throws {
    let x = normal([3, 2, 9, 11], mean: 0.5, deviation: 0.1)
    let views = AugmentedViews(form: .image, augmentation: none)
    let (fast, _) = try results(of: x) { views.distorted($1, in: &$0) }
    #expect(zip(fast, x.scalars).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test func shiftsAreByWholePixelsEachAsOften() throws {
    var dot = [Float](repeating: 0, count: 400 * 49)
    for image in 0..<400 { dot[image * 49 + 24] = 1 }
    var moving = none
    moving.shift = 2
    let views = AugmentedViews(form: .image, augmentation: moving)
    let (fast, slow) = try results(of: Tensor(dot, shape: [400, 1, 7, 7])) {
      views.distorted($1, in: &$0)
    }
    #expect(largestDifference(fast, slow) < 1e-6)
    var counts = [Int](repeating: 0, count: 49)
    for image in 0..<400 {
      let place = try #require(
        fast[image * 49..<(image + 1) * 49].firstIndex { abs($0 - 1) < 1e-6 }
      )
      counts[place - image * 49] += 1
    }
    for row in 0..<7 {
      for column in 0..<7 {
        let isWithin = (1...5).contains(row) && (1...5).contains(column)
        let count = counts[row * 7 + column]
        #expect(isWithin ? (2...40).contains(count) : count == 0, "\(row) \(column)")
      }
    }
  }

  @Test func aQuarterOfTheImagesAreTurned() throws {
    // A slope across an image: turned by a, it has the slope sin a down the image.
    let side = 16
    let slope = (0..<100 * side * side).map { Float($0 % side) / Float(side) }
    var turning = none
    turning.rotation = 30
    let views = AugmentedViews(form: .image, augmentation: turning)
    let (fast, slow) = try results(of: Tensor(slope, shape: [100, 1, side, side])) {
      views.distorted($1, in: &$0)
    }
    #expect(largestDifference(fast, slow) < 1e-4)
    let angles = (0..<100).map { image in
      let middle = image * side * side + 7 * side + 7
      return (fast[middle + side] - fast[middle]) * Float(side)
    }
    let turned = angles.filter { abs($0) > 1e-4 }
    #expect((10...42).contains(turned.count))
    #expect(turned.allSatisfy { abs($0) <= 0.502 })
    #expect(turned.contains { $0 > 0.3 } && turned.contains { $0 < -0.3 })
  }

  @Test func compressionRoundsTheAmplitudesOfBlocks() throws {
    var packing = none
    packing.compressed = 1
    let views = AugmentedViews(form: .image, augmentation: packing)
    // Sides that are no multiples of eight.
    let x = normal([4, 3, 13, 10], mean: 0.5, deviation: 0.2)
    let (fast, _) = try results(of: x) { views.distorted($1, in: &$0) }
    let errors = zip(fast, x.scalars).map { Double(($0 - $1) * ($0 - $1)) }
    let error = (errors.reduce(0, +) / Double(errors.count)).squareRoot()
    #expect(error > 0.005 && error < 0.15)
    // A plane of one value has one amplitude, which is rounded to a step of at most 1.7 · 16 / 255, an
    // eighth of which each pixel gets.
    let plain = Tensor([Float](repeating: 0.4, count: 4 * 64), shape: [4, 1, 8, 8])
    let (same, _) = try results(of: plain) { views.distorted($1, in: &$0) }
    #expect(same.allSatisfy { abs($0 - 0.4) <= 1.7 * 16 / 255 / 16 + 1e-6 })
    for image in 0..<4 {
      let pixels = same[image * 64..<(image + 1) * 64]
      #expect(pixels.allSatisfy { abs($0 - pixels[image * 64]) < 1e-6 })
    }
  }

  // MARK: Sounds

  @Test func viewsOfSoundsAreFiniteAndAsInDoublePrecision() throws {
    // From silence to loud sound, so that cancellation would show.
    let x = normal([16, 1, 48, 64], mean: -6, deviation: 5)
    let views = AugmentedViews(form: .patch(frames: 32, margin: 8), augmentation: Augmentation())
    for step in 1...12 {
      let (fast, slow) = try results(of: x, step: UInt64(step)) { views.distorted($1, in: &$0) }
      #expect(fast.count == 16 * 32 * 64)
      #expect(!fast.contains { !$0.isFinite })
      // A cell near a threshold may fall to the other side in single precision.
      let far = zip(fast, slow).filter { abs(Double($0) - $1) > 2e-3 }.count
      #expect(far < 16, "\(far) of step \(step)")
    }
  }

  @Test func fasterSoundsAreShorterAndHigher() throws {
    // A tone in band 40 with a click at the middle frame, and one eight frames later.
    var values = [Float](repeating: -10, count: 200 * 48 * 64)
    for item in 0..<200 {
      for frame in 0..<48 { values[(item * 48 + frame) * 64 + 40] = 0 }
    }
    var hurrying = none
    hurrying.speed = 0.1
    let views = AugmentedViews(form: .patch(frames: 32, margin: 8), augmentation: hurrying)
    let (fast, _) = try results(of: Tensor(values, shape: [200, 1, 48, 64])) {
      views.distorted($1, in: &$0)
    }
    var moved = Set<Int>()
    for item in 0..<200 {
      let frame = (item * 32 + 16) * 64
      let loudest = try #require((0..<64).max { fast[frame + $0] < fast[frame + $1] })
      moved.insert(loudest - 40)
    }
    // A tenth of the frequency, in bands: ln 1.1 · 14.5 mel beside 0.65 mel of a band.
    let most = Int((0.0953 * Double(MelSpectrogram.bandsPerNeper(bands: 64)[40])).rounded(.up))
    #expect(most == 3)
    #expect(moved.isSuperset(of: [-1, 0, 1]))
    #expect(moved.allSatisfy { abs($0) <= most })
  }

  @Test func roomsMakeClicksLinger() throws {
    // One sound alone, so that no other one is in the background.
    var values = [Float](repeating: -12, count: 48 * 64)
    for band in 0..<64 { values[20 * 64 + band] = 0 }
    let x = Tensor(values, shape: [1, 1, 48, 64])
    var indoors = none
    indoors.reverberant = 1
    let views = AugmentedViews(form: .patch(frames: 32, margin: 8), augmentation: indoors)
    for step in 1...20 {
      let (fast, _) = try results(of: x, step: UInt64(step)) { views.distorted($1, in: &$0) }
      let levels = (0..<32).map { frame in
        (0..<64).reduce(0) { $0 + fast[frame * 64 + $1] } / 64
      }
      let click = try #require(levels.indices.max { levels[$0] < levels[$1] })
      // What is before the click is noise of 40 dB or more below the mean.
      let before = levels[..<click].max() ?? 0
      #expect(levels[click + 1] > before + 0.3)
      #expect(levels[click + 1] < levels[click])
      #expect(levels[click + 2] < levels[click + 1])
    }
  }
}
