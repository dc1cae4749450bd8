import HourglassData
import HourglassEncodings
import HourglassEvaluation
import HourglassReduce
import HourglassStatistics
import HourglassTasksCommon
import HourglassTensors
import HourglassTestSupport
import Testing

@Suite struct ReductionEvaluationTests {
  struct Goldens: Decodable {
    struct Report: Decodable {
      struct Score: Decodable {
        let errorPerValue: Double
        let varianceKept: Double
      }
      let principalComponents: Score
      let columnMeans: Score
    }
    let report: Report
  }

  @Test func baselinesAgreeWithScikitLearn() async throws {
    let expected = try golden(Goldens.self, "principal_components").report
    let plain = GoldenNumbers.rows(19, 4, factors: 2)
    // A third column that never varies.
    var values: [Float] = []
    for row in 0..<19 {
      values +=
        plain.scalars[row * 4..<row * 4 + 2] + [7] + plain.scalars[row * 4 + 2..<row * 4 + 4]
    }
    let all = Tensor(values, shape: [19, 5])
    let engine = smallEngine()
    let fitted = try await DimensionReducer(
      learning: TrainingSettings(epochs: 1),
      scaling: .standard
    ).fit(
      table(all.rows(0..<9)),
      session: TrainingSession(engine: engine)
    )
    let report = try await fitted.evaluate(table(all.rows(9..<19)), on: engine)
    #expect(report.title == "Evaluation: 10 rows of rows, 4 -> 2 dimensions")
    #expect(report.split == .given)
    #expect(report.itemCount == 10)
    for (method, score) in [("PCA", expected.principalComponents), ("mean", expected.columnMeans)] {
      let error = try #require(report[method, "MSE"])
      #expect(abs(error - score.errorPerValue) < 1e-5 * score.errorPerValue)
      #expect(abs(try #require(report[method, "R²"]) - score.varianceKept) < 1e-5)
    }
    #expect(report.notes.contains("Ignored columns: column 3."))
    #expect(report.verdict?.reason == "fewer than 20 rows")
    // The rows that were trained on have the mean error 1 for each value, by definition.
    let learned = try #require(fitted.evaluation)
    #expect(learned.split == .trainedOn)
    #expect(try abs(#require(learned["mean", "MSE"]) - 1) < 1e-5)
    #expect(learned.verdict?.reason == "the model was trained on these rows")
    #expect(learned.warnings.first?.contains("too few rows to hold some out") == true)
  }

  @Test func theErrorIsThatOfTheReconstruction() async throws {
    let engine = smallEngine()
    let images = try NumericDataset(name: "spots", images: spots(60))
    let fitted = try await DimensionReducer(learning: TrainingSettings(epochs: 3)).fit(
      images,
      session: TrainingSession(engine: engine)
    )
    let report = try await fitted.evaluate(images, on: engine)
    let reconstructed = try await fitted.reconstruction(of: Dataset(images), on: engine).numbers
    let original = images.rows(0..<60)
    #expect(reconstructed.shape == original.shape)
    let sum = zip(reconstructed.scalars, original.scalars).reduce(0.0) {
      $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1))
    }
    #expect(abs(try #require(report["MSE"]) - sum / 60 / 64) < 1e-4 * sum / 60 / 64)
    #expect(report.tables[0].metrics.map(\.name) == ["MSE", "R²", "trustworthiness", "15-NN kept"])
    // The verdict is the ratio of the errors.
    let baseline = try #require(report.verdict).baseline
    let ratio = try #require(report["MSE"]) / #require(report[baseline, "MSE"])
    #expect(abs(try #require(report.verdict?.advantage) - (1 - ratio)) < 1e-9)
  }

  @Test func withoutBaselinesTheModelStandsAlone() async throws {
    let engine = smallEngine()
    var session = TrainingSession(engine: engine)
    session.comparesWithBaselines = false
    let fitted = try await DimensionReducer(learning: TrainingSettings(epochs: 1))
      .fit(table(curvedRows(60)), session: session)
    let evaluation = try #require(fitted.evaluation)
    #expect(evaluation.tables[0].methods.map(\.name) == ["autoencoder"])
    #expect(evaluation.verdict == nil && evaluation["R²"] != nil)
  }
}
