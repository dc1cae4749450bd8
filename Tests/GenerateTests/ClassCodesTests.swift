import HourglassEvaluation
import HourglassModelFiles
import HourglassNetworks
import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassData
@testable import HourglassGenerate
@testable import HourglassTasksCommon

@Suite struct ClassCodesTests {
  private let engine = smallEngine()
  private let synthesizer = Synthesizer(
    latent: 4,
    architecture: .dense(hidden: [32], activation: .silu),
    learning: TrainingSettings(epochs: 30, seed: 3)
  )

  /// Bars of one of three rows or columns, some of which have no label.
  private func bars(_ count: Int) throws -> (images: ImageSet, classes: ItemClasses) {
    var generator = SeededGenerator(seed: 2)
    var values: [Float] = []
    for image in 0..<count {
      let place = Int(generator.nextUniform() * 3)
      for pixel in 0..<36 {
        let isInk = (image % 2 == 0 ? pixel / 6 : pixel % 6) == 2 * place
        values.append(isInk ? 1 : 0)
      }
    }
    let images = try NumericDataset(name: "bars", images: Tensor(values, shape: [count, 1, 6, 6]))
    return (
      ImageSet(images),
      ItemClasses(
        names: ["row", "column", "never"],
        places: (0..<count).map { $0 % 11 == 0 ? nil : $0 % 2 }
      )
    )
  }

  /// Whether an image has more ink along its rows than along its columns.
  private func isRow(_ values: [Float]) -> Bool {
    let rows = (0..<6).map { row in (0..<6).reduce(Float(0)) { $0 + values[row * 6 + $1] } }
    let columns = (0..<6).map { column in (0..<6).reduce(Float(0)) { $0 + values[$1 * 6 + column] }
    }
    return (rows.max() ?? 0) > (columns.max() ?? 0)
  }

  @Test func imagesAreOfTheClassThatIsAskedFor() async throws {
    let (images, classes) = try bars(600)
    let session = TrainingSession(engine: engine)
    let fitted = try await synthesizer.fit(.images(images), classes: classes, session: session)
    #expect(fitted.classes == ["row", "column"])
    let evaluation = try #require(fitted.evaluation)
    let agreement = try #require(evaluation.tables.first { $0.title.hasSuffix("2 classes") })
    #expect(agreement.methods.map(\.name) == ["generated images", "held-out images"])
    #expect(evaluation["generated images", "images"] == 500)
    #expect(try #require(evaluation["generated images", "agreement"]) > 0.9, "\(evaluation)")
    #expect(try #require(evaluation["held-out images", "agreement"]) > 0.99, "\(evaluation)")
    guard
      case .images(let made) = try await fitted.generated(31, of: ["column", "row"], on: engine)
    else {
      Issue.record("no images were made")
      return
    }
    let data = try made.uniform()
    #expect(data.count == 31)
    let kinds = (0..<31).map { isRow(data.item($0)) }
    #expect(kinds.prefix(16).count { !$0 } >= 14 && kinds.suffix(15).count { $0 } >= 13)

    let loaded = try FittedSynthesizer(ModelFile(bytes: fitted.bytes(), path: "model"))
    #expect(loaded.classes == fitted.classes && loaded.evaluation == evaluation)
    guard
      case .images(let again) = try await loaded.generated(31, of: ["column", "row"], on: engine)
    else {
      Issue.record("no images were made")
      return
    }
    #expect(try again.uniform().item(20) == data.item(20))
    await #expect(throws: HourglassError.self) {
      try await loaded.generated(3, of: ["never"], on: engine)
    }
    await #expect(throws: HourglassError.self) { try await loaded.generated(3, of: [], on: engine) }
    // The network does not know of classes.
    let plain = try await synthesizer.fit(.images(images), session: session)
    #expect(plain.classes.isEmpty && plain.evaluation?["generated images", "agreement"] == nil)
    #expect(plain.evaluation?.tables[0] == evaluation.tables[0])
    await #expect(throws: HourglassError.self) {
      try await plain.generated(3, of: ["row"], on: engine)
    }
  }

  @Test func sharesDifferByOneAtMost() {
    #expect(evenShares(of: 8, among: 3) == [3, 3, 2])
    #expect(evenShares(of: 2, among: 3) == [1, 1, 0])
  }

  @Test func labelsOfImagesAreTheirClasses() throws {
    let (images, _) = try bars(6)
    let labeled = ImageSet(try images.uniform(), labels: [7, 7, 3, 7, 3, 12])
    let classes = try #require(ItemClasses(labeled))
    #expect(classes.names == ["3", "7", "12"] && classes.places == [1, 1, 0, 1, 0, 2])
    #expect(ItemClasses(images) == nil)
  }

  @Test func classesOfOtherDataAreRefused() async throws {
    let (images, classes) = try bars(40)
    await #expect(throws: HourglassError.self) {
      try await synthesizer.fit(.images(images.prefix(30)), classes: classes)
    }
    await #expect(throws: HourglassError.self) {
      try await synthesizer.fit(.table(numberTable(curvedRows(40))), classes: classes)
    }
  }

  @Test func aDamagedFileIsRefused() async throws {
    let (images, classes) = try bars(120)
    let quick = Synthesizer(latent: 2, learning: TrainingSettings(epochs: 1, seed: 3))
    let session = TrainingSession(engine: engine)
    let fitted = try await quick.fit(.images(images), classes: classes, session: session)
    for sizes in [[Float(1), 1e9], [-1, 3], [.nan, 1], [1, 0]] {
      var tensors = fitted.tensors
      #expect(tensors["classes.sizes"]?.shape == [2])
      tensors["classes.sizes"] = Tensor(sizes, shape: [2])
      let bytes = try ModelFile.bytes(tensors: tensors, header: fitted.header, path: "model")
      #expect(throws: (any Error).self) {
        _ = try FittedSynthesizer(ModelFile(bytes: bytes, path: "model"))
      }
    }
  }
}
