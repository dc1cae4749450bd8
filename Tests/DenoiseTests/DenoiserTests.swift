import Foundation
import HourglassAutoencoders
import HourglassEngines
import HourglassEvaluation
import HourglassModelFiles
import HourglassNetworks
import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassData
@testable import HourglassDenoise
@testable import HourglassEncodings
@testable import HourglassMedia
@testable import HourglassTasksCommon

@Suite struct DenoiserTests {
  private let small = Architecture.uNet(base: 4, depth: 1, activation: .relu)

  private func images(_ rows: Tensor) throws -> ImageSet {
    ImageSet(try NumericDataset(name: "spots", images: rows))
  }

  @Test func aModelThatSeesFurtherThanATileIsRefused() async throws {
    let denoiser = Denoiser(
      architecture: .plain(width: 1, depth: 170, activation: .relu),
      learning: TrainingSettings(epochs: 1, seed: 1)
    )
    let session = TrainingSession(engine: smallEngine())
    let fitted = try await denoiser.fit(images(spots(12)), session: session)
    let bytes = try fitted.bytes()
    let text = #expect(throws: (any Error).self) {
      _ = try FittedDenoiser(ModelFile(bytes: bytes, path: "model"))
    }.map { "\($0)" }
    #expect(text?.contains("see further than a tile of 384 pixels") == true, "\(text ?? "")")
  }

  /// Smooth images with noise, of which no clean ones are shown.
  @Test func noisyImagesAreEnough() async throws {
    let (count, side) = (24, 48)
    var (clean, noisy): ([Float], [Float]) = ([], [])
    var generator = SeededGenerator(seed: 4)
    for image in 0..<count {
      let (a, b) = (generator.nextUniform() + 0.5, generator.nextUniform() + 0.5)
      for y in 0..<side {
        for x in 0..<side {
          let wave = sin(a * Float(x) / 6 + Float(image)) * cos(b * Float(y) / 7)
          clean.append(0.5 + 0.3 * wave)
          noisy.append(min(max(0.5 + 0.3 * wave + 0.1 * generator.nextNormal(), 0), 1))
        }
      }
    }
    let shape: Shape = [count, 1, side, side]
    let (truth, given) = (
      try images(Tensor(clean, shape: shape)), try images(Tensor(noisy, shape: shape))
    )
    let denoiser = Denoiser(
      learned: .noisy,
      learning: TrainingSettings(epochs: 4, seed: 3)
    )
    let engine = smallEngine()
    let fitted = try await denoiser.fit(given, session: TrainingSession(engine: engine))
    #expect(fitted.evaluation == nil)
    let report = try #require(
      try await fitted.evaluation(of: given, reference: truth, on: engine) { _, _, _ in }
    )
    #expect(try #require(report["RMSE"]) < 0.75 * #require(report["noisy", "RMSE"]), "\(report)")
    let loaded = try FittedDenoiser(ModelFile(bytes: fitted.bytes(), path: "model"))
    #expect(loaded.configuration == denoiser && loaded.evaluation == nil)
    let image = try given.image(0)
    let again = try await loaded.denoised(image, on: engine)
    #expect(try await fitted.denoised(image, on: engine) == again)
    await #expect(throws: HourglassError.self) {
      _ = try await denoiser.fit(.table(numberTable(curvedRows(60))))
    }
    await #expect(throws: HourglassError.self) {
      _ = try await denoiser.fit(images(spots(12)))
    }
  }

  /// Item and target come from different pixels of the same squares.
  @Test func pairsAreOfPixelsThatTouch() throws {
    var store = ImageBuffer(channels: 1, range: 0...1)
    let side = 16
    let values = (0..<side * side).map { Float($0) / Float(side * side) }
    store.append(PlanarImage(width: side, height: side, planes: [values]))
    let patches = PatchSource(
      store,
      learning: [0],
      evaluating: [],
      cutting: .init(width: side, height: side, turns: 1, count: 6),
      inputs: 1,
      validation: .none,
      seed: 1
    )
    let source = NeighborPairSource(patches, seed: 1)
    #expect(source.count == 6 && source.itemShape == [1, 8, 8] && source.targetShape == [1, 8, 8])
    var (items, targets) = ([Float](repeating: 0, count: 64), [Float](repeating: 0, count: 64))
    var seen: Set<[Int]> = []
    for item in 0..<6 {
      let one = [item]
      var first = items.mutableSpan
      source.copyItems(one.span, into: &first)
      var second = targets.mutableSpan
      source.copyTargets(one.span, into: &second)
      for place in 0..<64 {
        let (own, other) = [items[place], targets[place]].map {
          Int(($0 * Float(side * side)).rounded())
        }.pair
        let (row, column) = (place / 8, place % 8)
        for pixel in [own, other] {
          #expect(pixel / side / 2 == row && pixel % side / 2 == column)
        }
        #expect([1, side].contains(abs(own - other)))
        seen.insert([own / side % 2 * 2 + own % 2, other / side % 2 * 2 + other % 2])
      }
    }
    #expect(seen.count == 8)
  }

  @Test func aTableKeepsWhatIsNoNumber() async throws {
    let rows = curvedRows(240)
    let names = ["p", "q", "r", "s"]
    var columns = names.enumerated().map { place, name in
      Table.Column(
        name: name,
        kind: .number,
        cells: .numbers(
          (0..<240).map { Double(rows.scalars[$0 * 8 + place]) },
          missing: (0..<240).map { $0 % 50 == place }
        )
      )
    }
    columns.append(
      Table.Column(
        name: "word",
        kind: .category,
        cells: .codes((0..<240).map { Int32($0 % 3) }, levels: ["a", "b", "c"])
      )
    )
    let table = Table(name: "rows", columns: columns)
    let engine = smallEngine()
    let denoiser = Denoiser(learning: TrainingSettings(epochs: 60, seed: 1))
    let fitted = try await denoiser.fit(.table(table), session: TrainingSession(engine: engine))
    let evaluation = try #require(fitted.evaluation)
    #expect(
      evaluation.tables[0].methods.map(\.name) == ["network", "noisy", "mean", "linear shrinkage"]
    )
    #expect(evaluation.itemCount == 24 && evaluation.verdict?.metric == "RMSE")
    #expect(try #require(evaluation["RMSE"]) < (try #require(evaluation["noisy", "RMSE"])))
    let result = try await fitted.denoised(table, on: engine)
    #expect(result.columns.map(\.name) == names + ["word"])
    #expect(result.columns[4] == table.columns[4])
    for (old, new) in zip(table.columns, result.columns) {
      #expect((0..<240).map { old.isMissing($0) } == (0..<240).map { new.isMissing($0) })
    }
    #expect(result.columns[0] != table.columns[0])
    let loaded = try FittedDenoiser(ModelFile(bytes: fitted.bytes(), path: "model"))
    #expect(try await loaded.denoised(table, on: engine) == result)
    await #expect(throws: HourglassError.self) {
      try await loaded.denoised(Image(width: 1, height: 1, channels: 1, samples: .bytes([1])))
    }
  }

  @Test func aSeriesIsSmoothed() async throws {
    let table = Table(
      name: "wave",
      columns: [
        Table.Column(
          name: "t",
          kind: .number,
          cells: .numbers((0..<600).map { Double($0) }, missing: [])
        ),
        Table.Column(
          name: "v",
          kind: .number,
          cells: .numbers((0..<600).map { 40 + 3 * wave($0) }, missing: (0..<600).map { $0 == 77 })
        ),
      ]
    )
    let series = try SeriesSet(table, options: SeriesOptions(timeColumn: "t", window: 32))
    let engine = smallEngine()
    let denoiser = Denoiser(
      noise: .gaussian(standardDeviation: 0.5),
      architecture: .uNet(base: 8, depth: 1, activation: .relu),
      learning: TrainingSettings(epochs: 120, learningRate: 0.004, earlyStopping: nil, seed: 1)
    )
    let fitted = try await denoiser.fit(.series(series), session: TrainingSession(engine: engine))
    let evaluation = try #require(fitted.evaluation)
    let (error, noisy) = (
      try #require(evaluation["RMSE"]), try #require(evaluation["noisy", "RMSE"])
    )
    #expect(error < 0.7 * noisy)
    let result = try await fitted.denoised(series, on: engine)
    #expect(result.rowCount == 600 && result.columns[0] == table.columns[0])
    let values = try #require(result[column: "v"])
    #expect(values.isMissing(77) && values.missingCount == 1)
    #expect(abs(try #require(values.number(300)) - 40 - 3 * wave(300)) < 1.5)
    let loaded = try FittedDenoiser(ModelFile(bytes: fitted.bytes(), path: "model"))
    #expect(try await loaded.denoised(series, on: engine) == result)
  }

  @Test func depthAlphaAndProfileStay() async throws {
    let engine = smallEngine()
    let denoiser = Denoiser(architecture: small, learning: TrainingSettings(epochs: 1))
    let fitted = try await denoiser.fit(images(spots(30)), session: TrainingSession(engine: engine))
    let samples = (0..<70 * 9 * 4).map { UInt16($0 * 61 % 65536) }
    let image = Image(
      width: 70,
      height: 9,
      channels: 4,
      samples: .words(samples),
      colorProfile: [1, 2, 3],
      exif: [4]
    )
    let result = try await fitted.denoised(image, on: engine)
    #expect(result.size == image.size && result.channels == 4 && result.depth == 16)
    #expect(result.colorProfile == [1, 2, 3] && result.exif == [4])
    #expect(result.planes()[3] == image.planes()[3])
    #expect(result.planes()[0] != image.planes()[0])
  }
}

/// A wave of some nineteen rows.
private func wave(_ row: Int) -> Double { sin(Double(row) / 3) }

extension Array {
  /// The first two elements.
  fileprivate var pair: (Element, Element) { (self[0], self[1]) }
}
