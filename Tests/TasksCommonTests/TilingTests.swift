import HourglassAutoencoders
import HourglassEngines
import HourglassNetworks
import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassEncodings
@testable import HourglassMedia
@testable import HourglassTasksCommon

@Suite struct TilingTests {
  /// A network whose weights were learned for a moment.
  private func translation(
    _ architecture: Architecture,
    on engine: ComputeEngine
  ) async throws -> TiledInference {
    let translator = ImageToImageNetwork(architecture: architecture)
    let trainer = Trainer(batchSize: 8, epochs: 2, validation: .none)
    let fitted = try await trainer.fit(
      translator,
      to: TensorSource(spots(32, side: 16)),
      on: engine
    )
    return TiledInference(translator, variables: fitted.variables, inputs: 1)
  }

  private func image(_ width: Int, _ height: Int) -> PlanarImage {
    var generator = SeededGenerator(seed: 5)
    let values = (0..<width * height).map { _ in generator.nextUniform() }
    return PlanarImage(width: width, height: height, planes: [values])
  }

  @Test(
    arguments: [
      Architecture.uNet(base: 4, depth: 2, activation: .relu),
      .normalizedUNet(base: 4, depth: 2, activation: .relu),
      .uNet(base: 2, depth: 1, activation: .silu), .plain(width: 4, depth: 5, activation: .relu),
    ]
  )
  func theResultDoesNotDependOnTheTiles(architecture: Architecture) async throws {
    let engine = smallEngine()
    var whole = try await translation(architecture, on: engine)
    var cut = whole
    whole.longest = 512
    cut.longest = 96
    let given = image(233, 131)
    let first = try await whole.translated([given], on: engine)[0]
    let second = try await cut.translated([given], on: engine)[0]
    #expect(first.width == 233 && first.height == 131)
    #expect(first != given)
    for (one, other) in zip(first.planes[0], second.planes[0]) { #expect(abs(one - other) < 1e-5) }
  }

  @Test func aImageIsTheSameAloneAndInCompany() async throws {
    let engine = smallEngine()
    var network = try await translation(.uNet(base: 4, depth: 2, activation: .relu), on: engine)
    let images = [image(9, 7), image(9, 7), image(1, 1), image(70, 12), image(9, 7)]
    let together = try await network.translated(images, on: engine)
    for (index, image) in images.enumerated() {
      let alone = try await network.translated([image], on: engine)
      #expect(alone[0] == together[index])
    }
  }

  @Test func placesBeyondTheEndsAreMirrored() {
    #expect((-3..<7).map { mirrored($0, 4) } == [3, 2, 1, 0, 1, 2, 3, 2, 1, 0])
    #expect((-2..<3).map { mirrored($0, 1) } == [0, 0, 0, 0, 0])
  }

  @Test func tilesCoverAnAxis() {
    for extent in [1, 3, 64, 65, 100, 333, 1000] {
      let axis = TileAxis(extent: extent, halo: 24, alignment: 4, longest: 128)
      let kept = (0..<axis.count).flatMap { Array(axis.kept($0)) }
      #expect(kept == Array(0..<extent))
      // A short axis is one tile; the tiles of a longer one lose what surrounds at both ends.
      #expect(axis.tile % 4 == 0 && axis.core == axis.tile - (extent <= 64 ? 0 : 48))
    }
  }

  @Test func heldOutPatchesComeFromImagesThatAreNotTrainedOn() {
    var store = ImageBuffer(channels: 1, range: 0...1)
    for value: Float in [0, 0.25, 0.5, 1] {
      let plane = [Float](repeating: value, count: 144)
      store.append(PlanarImage(width: 12, height: 12, planes: [plane]))
    }
    let validation = ValidationSplit(fraction: 0.2, maximumCount: 100)
    let source = PatchSource(
      store,
      learning: [0, 2],
      evaluating: [1, 3],
      cutting: PatchSource.Cutting(width: 5, height: 5, turns: 8, count: 100),
      inputs: 1,
      validation: validation,
      seed: 3
    )
    let parts = validation.indices(of: 100, seed: 3)
    func values(_ items: [Int]) -> Set<Float> {
      var values = [Float](repeating: 0, count: items.count * 25)
      var span = values.mutableSpan
      source.copyItems(items.span, into: &span)
      return Set(values.map { ($0 * 4).rounded() / 4 })
    }
    #expect(values(parts.training) == [0, 0.5])
    #expect(values(parts.validation) == [0.25, 1])
  }
}
