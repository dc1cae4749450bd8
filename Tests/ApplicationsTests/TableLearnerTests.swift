import Foundation
import HourglassDatasets
import HourglassEngines
import HourglassModelFiles
import HourglassNetworks
import HourglassSignatures
import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassApplications

@Suite struct TableLearnerTests {
  private let learner = TableLearner(
    architecture: .dense(hidden: [24], activation: .silu),
    learning: LearningSettings(epochs: 8, seed: 3)
  )

  private func model(
    _ data: Dataset,
    comparing rivals: TableLearner.Rivals = .none
  ) async throws -> FittedTableModel {
    let session = LearningSession(engine: smallEngine())
    return try await learner.fit(data, comparing: rivals, session: session)
  }

  private func file(_ model: FittedTableModel) throws -> ModelFile {
    try ModelFile(bytes: model.bytes(), path: "all.hourglass")
  }

  @Test func oneFileDoesEveryJob() async throws {
    let data = LawData.table(300)
    let table = try #require(data.lawTable)
    let engine = smallEngine()
    let model = try await model(data)
    let file = try file(model)

    let codes = try await FittedDimensionReducer(file).codes(of: data, on: engine)
    let ownCodes = try await model.reducer.codes(of: data, on: engine)
    #expect(codes == ownCodes)
    #expect(codes.shape == [300, model.latent])
    let features = try await FittedFeatureExtractor(file).features(of: data, on: engine)
    #expect(features == codes)
    let signatures = try await FittedMatcher(file).items(of: data, on: engine)
    for row in 0..<300 {
      let code = codes.scalars[row * model.latent..<(row + 1) * model.latent]
      let distance = zip(signatures[row].signatures[0], code).map { abs($0 - $1) }.max() ?? 9
      #expect(distance < 1e-5)
    }
    let denoised = try await FittedDenoiser(file).denoised(table, on: engine)
    let ownDenoised = try await model.denoiser?.denoised(table, on: engine)
    #expect(denoised == ownDenoised)
    let findings = try await FittedAnomalyDetector(file).findings(in: data, on: engine)
    let ownFindings = try await model.detector.findings(in: data, on: engine)
    #expect(findings.scores == ownFindings.scores)
    let rows = try await FittedSynthesizer(file).table(50, seed: 4, on: engine)
    let ownRows = try await model.synthesizer.table(50, seed: 4, on: engine)
    #expect(rows == ownRows)
    #expect(rows.rowCount == 50)
    let filled = try await FittedImputer(file).filled(table, on: engine)
    let ownFilled = try await model.imputer.filled(table, on: engine)
    #expect(filled == ownFilled)
    #expect(filled.columns.filter { $0.name != "name" }.allSatisfy { $0.missingCount == 0 })
  }

  @Test func theNetworkIsInTheFileOnce() async throws {
    let model = try await model(LawData.table(300))
    let names = Set(model.tensors.keys)
    #expect(names.contains("network.encoder.0.weight"))
    #expect(!names.contains { $0.hasSuffix("encoder.0.weight") && !$0.hasPrefix("network.") })
    let states = Set(model.header.stateTensors)
    #expect(states == names.filter { !$0.hasPrefix("network.") })
    let loaded = try FittedTableModel(file(model))
    let (bytes, again) = (try model.bytes(), try loaded.bytes())
    #expect(bytes == again)
  }

  @Test func everyJobIsJudgedOnTheSameRows() async throws {
    let data = LawData.table(300)
    let all = try #require(try await model(data, comparing: .all).report)
    #expect(all.rowCount == 60)
    #expect(all.rows == .heldOut)
    #expect(
      all.lines.map(\.job) == [
        "reduce, features", "match", "denoise", "detect", "generate", "generate", "impute",
        "impute",
      ]
    )
    #expect(all.lines.allSatisfy { $0.shared.isFinite && $0.alone?.isFinite == true })
    #expect(all.lines.filter { $0.simple == nil }.map(\.measure) == ["column shapes"])
    #expect(all.verdict != nil)
    #expect(all.description.contains("alone"))
    let simple = try #require(try await model(data, comparing: .simple).report)
    #expect(simple.lines.map(\.shared) == all.lines.map(\.shared))
    #expect(simple.lines.allSatisfy { $0.alone == nil })
    #expect(simple.verdict == nil)
    let none = try #require(try await model(data).report)
    #expect(none.lines.allSatisfy { $0.alone == nil && $0.simple == nil })
    #expect(!none.description.contains("simpler"))
  }

  @Test func aTableWithoutNumbersHasNoDenoiser() async throws {
    let texts = (0..<120).map { ["a", "b", "c"][$0 * 7 % 3] }
    let others = (0..<120).map { ["left", "right"][$0 * 7 % 3 == 1 ? 1 : 0] }
    let table = Table(
      name: "words",
      columns: [category("letter", texts), category("side", others)]
    )
    let model = try await model(.table(table))
    #expect(model.denoiser == nil)
    let file = try file(model)
    #expect(
      throws: HourglassError.application(
        .otherApplication(file: "all.hourglass", expected: "denoise", found: "learn")
      )
    ) { try FittedDenoiser(file) }
    #expect(throws: HourglassError.self) { try FittedColorizer(file) }
    let filled = try await FittedImputer(file).filled(table, on: smallEngine())
    #expect(filled == table)
    #expect(try FittedTableModel(file).denoiser == nil)
  }

  private func category(_ name: String, _ texts: [String]) -> Table.Column {
    let levels = Array(Set(texts)).sorted()
    let codes = texts.map { text in Int32(levels.firstIndex(of: text) ?? -1) }
    return Table.Column(name: name, kind: .category, cells: .codes(codes, levels: levels))
  }

  @Test func otherDataAndSettingsAreRefused() async throws {
    let session = LearningSession(engine: smallEngine())
    await #expect(throws: HourglassError.self) {
      try await learner.fit(try LawData.images(), session: session)
    }
    for flawed in [
      TableLearner(latent: 0), TableLearner(beta: 0),
      TableLearner(
        architecture: .convolutional(channels: [4], hidden: [8], activation: .silu)
      ),
      TableLearner(hidden: Imputer.HiddenShare(least: 0.6, greatest: 0.5)),
    ] {
      await #expect(throws: HourglassError.self) {
        try await flawed.fit(LawData.table(), session: session)
      }
    }
  }

  @Test func aModelOfAnotherTableIsNoModelOfThisOne() async throws {
    let model = try await model(LawData.table(100))
    let file = try file(model)
    let other = Table(name: "words", columns: [category("letter", ["a", "b"])])
    let imputer = try FittedImputer(file)
    await #expect(throws: HourglassError.self) {
      try await imputer.filled(other, on: smallEngine())
    }
  }

  @Test func aDamagedPartIsFound() async throws {
    let model = try await model(LawData.table(100))
    var tensors = model.tensors
    tensors["network.encoder.0.weight"] = Tensor.zeros([3, 3])
    let bytes = try ModelFile.bytes(tensors: tensors, header: model.header, path: "all")
    let file = try ModelFile(bytes: bytes, path: "all")
    #expect(throws: HourglassError.self) { try FittedImputer(file) }
    tensors = model.tensors
    tensors["impute.columns.bounds"] = nil
    let others = try ModelFile.bytes(tensors: tensors, header: model.header, path: "all")
    #expect(throws: HourglassError.self) {
      try FittedImputer(try ModelFile(bytes: others, path: "all"))
    }
    #expect(throws: Never.self) {
      try FittedDimensionReducer(try ModelFile(bytes: others, path: "all"))
    }
  }
}
