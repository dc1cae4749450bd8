import HourglassData
import HourglassEncodings
import HourglassEngines
import HourglassModelFiles
import HourglassReduce
import HourglassTasksCommon
import HourglassTensors
import HourglassTestSupport
import Testing

@Suite struct EstimatorLawTests {
  @Test(arguments: EstimatorLaw.allCases)
  func reducingATable(law: EstimatorLaw) async throws {
    let reducer = DimensionReducer(learning: TrainingSettings(epochs: 30, seed: 3))
    let estimator = estimator(reducer) { try table($0) }
    #expect(try await estimator.violation(of: law, on: curvedRows(220)) == nil)
  }

  @Test(arguments: EstimatorLaw.allCases)
  func reducingImages(law: EstimatorLaw) async throws {
    let reducer = DimensionReducer(learning: TrainingSettings(epochs: 10, seed: 3))
    let estimator = estimator(reducer) { try NumericDataset(name: "spots", images: $0) }
    #expect(try await estimator.violation(of: law, on: spots(220)) == nil)
  }

  private func estimator(
    _ reducer: DimensionReducer,
    data: @escaping @Sendable (Tensor) throws -> NumericDataset
  ) -> EstimatorUnderTest<FittedDimensionReducer> {
    let engine = smallEngine()
    return EstimatorUnderTest(
      fit: { try await reducer.fit(data($0), session: TrainingSession(engine: engine)) },
      apply: { try await $0.codes(of: data($1), on: engine) },
      bytes: { try $0.bytes() },
      load: { try FittedDimensionReducer(ModelFile(bytes: $0, path: "model")) },
      errors: {
        let report = try await $0.evaluate(data($1), on: engine)
        return (report.autoencoder.errorPerRow, report.columnMeans?.errorPerRow ?? 0)
      },
      isDocumented: { error in
        if case HourglassError.application(.nothingVaries) = error { true } else { false }
      }
    )
  }

  // MARK: The laws themselves

  /// Means of columns, with a mistake planted.
  private func flawed(_ flaw: EstimatorLaw) -> EstimatorUnderTest<[Float]> {
    EstimatorUnderTest(
      fit: { rows in
        if flaw == .degenerateInputs, rows.shape[0] == 1 { throw CancellationError() }
        return flaw == .sameSeedSameBytes ? [.random(in: 0..<1)] : [rows.scalars[0]]
      },
      apply: { fitted, rows in
        let sum = flaw == .rowAlone || flaw == .orderOfRows ? rows.scalars[0] : fitted[0]
        return Tensor(rows.scalars.map { $0 - sum }, shape: rows.shape)
      },
      bytes: { fitted in
        fitted.flatMap { fitted in
          (0..<4).map { UInt8(truncatingIfNeeded: fitted.bitPattern >> ($0 * 8)) }
        }
      },
      load: { bytes in
        flaw == .saveAndLoad
          ? [0]
          : [Float(bitPattern: bytes.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) })]
      },
      errors: { _, _ in flaw == .betterThanTrivial ? (2, 1) : (1, 2) },
      isDocumented: { _ in false }
    )
  }

  @Test(arguments: EstimatorLaw.allCases.filter { $0 != .nothingIsChanged })
  func aPlantedMistakeIsFound(law: EstimatorLaw) async throws {
    let rows = curvedRows(220)
    #expect(try await flawed(law).violation(of: law, on: rows) != nil)
    // Values cannot be changed by applying, so that any other mistake leaves that law whole.
    #expect(try await flawed(.nothingIsChanged).violation(of: law, on: rows) == nil)
  }
}
