import Foundation
import HourglassEngines
import HourglassEvaluation
import HourglassNetworks
import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassData
@testable import HourglassEncodings
@testable import HourglassGenerate
@testable import HourglassTasksCommon

/// How probable images are to a model.
@Suite struct SynthesisBoundTests {
  private let engine = smallEngine()

  @Test func moreCodesRaiseTheBound() async throws {
    let images = try ImageSet(NumericDataset(name: "spots", images: spots(300)))
    let synthesizer = Synthesizer(
      latent: 3,
      architecture: .dense(hidden: [32], activation: .silu),
      codes: .mixture,
      boundSamples: 5,
      learning: TrainingSettings(epochs: 12, seed: 3)
    )
    let session = TrainingSession(engine: engine)
    let fitted = try await synthesizer.fit(.images(images), session: session)
    let own = try #require(fitted.evaluation)
    #expect(own["K"] == 5 && own["images"] == 30)
    var last = -Double.infinity
    for samples in [1, 10, 400] {
      let evaluation = try await fitted.evaluate(
        .images(images),
        boundSamples: samples,
        boundImages: 40,
        on: engine
      )
      let metric = "importance-weighted bound"
      let bound = try #require(evaluation[metric])
      #expect(evaluation["K"] == Double(samples) && evaluation["images"] == 40)
      #expect(bound > last, "\(samples) samples")
      last = bound
      // The mixture was fitted to the latent vectors of these images: it is nearer to them than the prior.
      let mixed = try #require(evaluation["latent vectors from the mixture", metric])
      if samples == 400 { #expect(mixed > bound) }
      // The intervals of the bounds hold the sampling of images, and are around the means.
      let interval = try #require(evaluation.tables[0].methods[0].intervals[1])
      #expect(abs((interval.lowerBound + interval.upperBound) / 2 - bound) < 1e-9)
      #expect(interval.upperBound > bound)
    }
    for (samples, count) in [(0, 1), (1, 0), (2_000_000, 1)] {
      await #expect(throws: HourglassError.self) {
        _ = try await fitted.evaluate(
          .images(images),
          boundSamples: samples,
          boundImages: count,
          on: engine
        )
      }
    }
  }

  @Test func mixturesHaveTheDensityThatTheyDrawFrom() {
    var generator = SeededGenerator(seed: 1)
    let points = (0..<400).flatMap { row -> [Float] in
      let center: Float = row % 4 == 0 ? -2 : 1
      let first = generator.nextNormal()
      return [center + 0.5 * first, center + 0.3 * first + 0.4 * generator.nextNormal()]
    }
    let mixture = CodeMixture(fitting: Tensor(points, shape: [400, 2]), count: 2, seed: 0)
    let density = CodeMixture.Density(mixture)
    let step = 0.05
    let lattice = (0..<240).map { -6 + step * Double($0) }
    var (total, mean) = (0.0, 0.0)
    for x in lattice {
      for y in lattice {
        let mass = exp(density.logDensity(of: [x, y])) * step * step
        total += mass
        mean += mass * x
      }
    }
    #expect(abs(total - 1) < 1e-3, "\(total)")
    let drawn = mixture.draw(20_000, &generator).scalars
    let found = (0..<20_000).reduce(0.0) { $0 + Double(drawn[2 * $1]) } / 20_000
    #expect(abs(mean - found) < 0.05, "\(mean) beside \(found)")
  }

  @Test func networksOfImagesAreChosenByTheirSize() {
    func chosen(_ shape: Shape) -> Architecture {
      Defaults.synthesisArchitecture(for: .images, itemShape: shape, learningCount: 60_000)
    }
    let convolutions = Architecture.convolutional(
      channels: [32, 64],
      hidden: [256],
      activation: .silu
    )
    #expect(chosen([1, 28, 28]) == convolutions)
    #expect(chosen([1, 28, 7]) == Defaults.synthesisDenseArchitecture)
    #expect(Defaults.synthesisBatchSize(for: convolutions, learningCount: 60_000) == 32)
    #expect(Defaults.synthesisBatchSize(for: convolutions, learningCount: 200) == 16)
    func rate(_ architecture: Architecture, _ size: Int) -> Float {
      Defaults.synthesisOptimizer(
        for: architecture,
        learningCount: 60_000,
        batchSize: size
      ).learningRate
    }
    let dense = Defaults.synthesisDenseArchitecture
    #expect(rate(convolutions, 32) == 0.004 && rate(convolutions, 128) == 0.004)
    #expect(rate(convolutions, 16) == 0.002 && rate(dense, 128) == 0.001)
    #expect(Defaults.synthesisBatchSize(for: dense, learningCount: 60_000) == 128)
    #expect(Defaults.boundImages(seen: 10) == 50)
    #expect(Defaults.boundImages(seen: 5_000_000) == 1_000)
  }
}
