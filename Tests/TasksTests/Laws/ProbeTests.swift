import HourglassEncodings
import HourglassTestSupport
import Testing

@testable import HourglassMatch

@Suite struct ProbeTests {
  @Test(arguments: [DataKind.table, .images, .sounds]) func values(_ kind: DataKind) async throws {
    for epochs in [6, 12, 30] {
      let whole = try LawCase.made(kind)
      let count = whole.lawCount
      let cut = max(count * 3 / 4, 1)
      let training = try whole.taking(Array(0..<cut))
      let new = try whole.taking(Array(cut..<count))
      let fitted = try await Matcher(dimensions: 4, learning: LawCase.learning(epochs)).fit(
        training,
        session: LawCase.session()
      )
      let report = try await fitted.evaluate(new, on: smallEngine())
      Issue.record(
        "LAWVALUES \(kind) \(epochs) \(report["recall@1"] ?? -1) \(report["PCA", "recall@1"] ?? -1) \(report["raw values", "recall@1"] ?? -1) \(report.itemCount)"
      )
    }
  }
}
