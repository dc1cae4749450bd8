import HourglassData
import HourglassEncodings
import HourglassReduce
import HourglassStatistics
import HourglassTasksCommon
import HourglassTensors
import Testing

@Suite struct ReductionReportTests {
  struct Goldens: Decodable {
    struct Report: Decodable {
      let principalComponents: ReductionReport.Score
      let columnMeans: ReductionReport.Score
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
    #expect(report.rows == .given)
    #expect(report.rowCount == 10)
    #expect(report.valueCount == 4)
    #expect(try close(#require(report.principalComponents), expected.principalComponents))
    #expect(try close(#require(report.columnMeans), expected.columnMeans))
    #expect(report.notes.contains { $0.contains("column 3") })
    // The rows that were trained on have the mean error 1 for each value, by definition.
    let learned = try #require(fitted.report)
    #expect(learned.rows == .trainedOn)
    #expect(try abs(#require(learned.columnMeans).errorPerValue - 1) < 1e-5)
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
    #expect(abs(report.autoencoder.errorPerRow - sum / 60) < 1e-4 * sum / 60)
    #expect(abs(report.autoencoder.errorPerValue - sum / 60 / 64) < 1e-4 * sum / 60)
  }

  private let sample = ReductionReport(
    dataName: "wine.csv",
    rows: .heldOut,
    rowCount: 244,
    dimensions: 2,
    valueCount: 11,
    kind: .table,
    autoencoder: .init(errorPerValue: 0.25125, errorPerRow: 2.76375, varianceKept: 0.744),
    principalComponents: .init(errorPerValue: 0.5, errorPerRow: 5.5, varianceKept: 0.4906),
    columnMeans: .init(errorPerValue: 0.98157, errorPerRow: 10.797, varianceKept: 0),
    notes: []
  )

  @Test func theTableIsForPeople() {
    #expect(
      sample.description == """
        244 rows held out of wine.csv, reduced from 11 values to 2
                                error per value  per row  variance kept
          autoencoder                    0.2512    2.764         74.4 %
          PCA of the same size           0.5000    5.500         49.1 %
          column means                   0.9816    10.80          0.0 %
        Errors are squared, of numbers with mean 0 and standard deviation 1 in learning, and of a 0 or 1 for each category.
        The autoencoder beats the baselines: its error is 49.8 % below that of PCA.
        """
    )
  }

  @Test(
    arguments: [
      (5.47, "equally well"), (6, "PCA does better: the error of the autoencoder is 9.1 % above"),
      (11, "no better than the column means"), (1e300 * 1e300, "too large to compare"),
    ] as [(Double, String)]
  )
  func theVerdictIsHonest(error: Double, expected: String) {
    var report = sample
    report.autoencoder.errorPerRow = error
    #expect(report.verdict?.contains(expected) == true)
  }

  @Test func withoutBaselinesTheModelStandsAlone() {
    #expect(
      sample.withoutBaselines.description == """
        244 rows held out of wine.csv, reduced from 11 values to 2
                       error per value  per row  variance kept
          autoencoder           0.2512    2.764         74.4 %
        Errors are squared, of numbers with mean 0 and standard deviation 1 in learning, and of a 0 or 1 for each category.
        """
    )
  }

  @Test func rowsThatHelpedToStopAreToldApart() {
    var report = sample
    report.rows = .heldOutAndUsedForStopping
    #expect(report.description.hasPrefix("244 rows held out (also used for early stopping) of"))
    report.rows = .trainedOn
    #expect(report.description.hasPrefix("244 rows, the same that were trained on, of"))
  }

  private func close(_ found: ReductionReport.Score, _ expected: ReductionReport.Score) -> Bool {
    abs(found.errorPerValue - expected.errorPerValue) < 1e-5 * expected.errorPerValue
      && abs(found.errorPerRow - expected.errorPerRow) < 1e-5 * expected.errorPerRow
      && abs(found.varianceKept - expected.varianceKept) < 1e-5
  }
}
