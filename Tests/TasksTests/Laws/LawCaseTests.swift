import HourglassData
import HourglassEncodings
import HourglassTasksCommon
import HourglassTestSupport
import Synchronization
import Testing

/// The laws of every application with every kind of data that it takes.
@Suite struct LawCaseTests {
  @Test(arguments: LawCase.all)
  func lawsHold(_ law: LawCase) async throws {
    let violations = try await law.violations()
    #expect(violations.isEmpty, "\(violations.joined(separator: "\n"))")
  }

  /// What each application takes, as the table of the README says; a new one needs a case.
  @Test func everyApplicationAndKindHasACase() {
    let expected: [String: Set<DataKind>] = [
      "reduce": [.table, .images, .sounds, .series],
      "features": [.table, .images, .sounds, .series],
      "match": [.table, .images, .sounds],
      "denoise": [.table, .images, .sounds, .series],
      "detect": [.table, .images, .series],
      "generate": [.table, .images, .series],
      "impute": [.table, .images, .series],
      "colorize": [.images],
    ]
    let found = Dictionary(grouping: LawCase.all, by: \.application)
      .mapValues { Set($0.map(\.kind)) }
    #expect(found == expected)
  }

  // MARK: The laws themselves

  /// A mistake that a task could make, and the law that must find it.
  struct Mistake: Sendable, CustomTestStringConvertible {
    let law: Law
    let testDescription: String
    /// Changes the results of rows: the data, their honest results, whether the model was loaded.
    var apply: @Sendable (Dataset, [Float], Bool) -> [Float] = { _, results, _ in results }
    /// The byte that is saved, by the number of the call, and whether the model was loaded.
    var byte: @Sendable (Int, Bool) -> UInt8 = { _, _ in 0 }
    /// The byte of the model, by the number of the fit.
    var fitByte: @Sendable (Int) -> UInt8 = { _ in 0 }
    /// What fitting throws.
    var problem: @Sendable (Dataset) -> (any Error)? = { _ in nil }
    var errors: (own: Double, trivial: Double)? = (1, 2)
  }

  private static let counter = Counter()

  static let mistakes: [Mistake] = [
    Mistake(law: .sameSeedSameBytes, testDescription: "a model of chance", fitByte: { UInt8($0) }),
    Mistake(
      law: .finiteResults,
      testDescription: "infinite results",
      apply: { _, results, _ in results.map { _ in .infinity } }
    ),
    Mistake(law: .finiteResults, testDescription: "no results", apply: { _, _, _ in [] }),
    Mistake(
      law: .rowAlone,
      testDescription: "results that depend on the number of rows",
      apply: { _, results, _ in results.map { $0 + Float(results.count) } }
    ),
    Mistake(
      law: .rowAlone,
      testDescription: "one row in the middle that differs alone",
      apply: { data, results, _ in
        data.lawTable?.columns.last?.text(0) == "row 34" && results.count == 1 ? [7] : results
      }
    ),
    Mistake(
      law: .rowAlone,
      testDescription: "batches of three that differ",
      apply: { _, results, _ in results.count == 3 ? results.map { $0 + 1 } : results }
    ),
    Mistake(
      law: .rowAlone,
      testDescription: "a result too many",
      apply: { _, results, _ in results + [0] }
    ),
    Mistake(
      law: .orderOfRows,
      testDescription: "results that depend on the first row",
      apply: { _, results, _ in results.map { $0 + (results.first ?? 0) } }
    ),
    Mistake(
      law: .saveAndLoad,
      testDescription: "a loaded model that gives other results",
      apply: { _, results, isLoaded in results.map { $0 + (isLoaded ? 1 : 0) } }
    ),
    Mistake(
      law: .saveAndLoad,
      testDescription: "a loaded model with other bytes",
      byte: { $1 ? 1 : 0 }
    ),
    Mistake(
      law: .nothingIsChanged,
      testDescription: "other results at each call",
      apply: { _, results, _ in
        let number = Float(counter.next())
        return results.map { $0 + number }
      }
    ),
    Mistake(
      law: .nothingIsChanged,
      testDescription: "a model that is changed by applying it",
      byte: { call, _ in UInt8(truncatingIfNeeded: call) }
    ),
    Mistake(
      law: .betterThanTrivial,
      testDescription: "a larger error than the trivial answer's",
      errors: (2, 1)
    ),
    Mistake(law: .betterThanTrivial, testDescription: "the trivial answer", errors: (1, 1)),
    Mistake(law: .betterThanTrivial, testDescription: "no measurement", errors: nil),
    Mistake(
      law: .degenerateInputs,
      testDescription: "an error without documentation",
      problem: { $0.lawCount == 1 ? CancellationError() : nil }
    ),
    Mistake(
      law: .degenerateInputs,
      testDescription: "an error that blames something else",
      problem: { $0.lawCount == 2 ? HourglassError.interrupted(checkpoint: nil) : nil }
    ),
    Mistake(
      law: .degenerateInputs,
      testDescription: "infinite results of equal rows",
      apply: { _, results, _ in
        results.count == 20 && Set(results).count == 1 ? results.map { _ in .infinity } : results
      }
    ),
    Mistake(
      law: .degenerateInputs,
      testDescription: "no results of few rows",
      apply: { _, results, _ in results.count == 5 ? [] : results }
    ),
  ]

  /// The first cell of each row, with a mistake planted.
  private func flawed(_ mistake: Mistake?) -> LawCase {
    let (fits, calls) = (Counter(), Counter())
    @Sendable func fitted(_ isLoaded: Bool, _ fitByte: UInt8) -> FittedUnderLaw {
      FittedUnderLaw(
        apply: { data in
          let values = (0..<data.lawCount).map { item -> Float in
            let number = data.lawTable?.columns[0].number(item) ?? 0
            return number.isFinite ? Float(min(max(number, -9), 9)) : 0
          }
          return mistake?.apply(data, values, isLoaded) ?? values
        },
        bytes: { [fitByte, mistake?.byte(calls.next(), isLoaded) ?? 0] },
        reloaded: { fitted(true, fitByte) },
        errors: { _ in mistake.map(\.errors) ?? (1, 2) }
      )
    }
    return LawCase(application: "none", kind: .table, data: { LawData.table(40) }) { data in
      if let problem = mistake?.problem(data) { throw problem }
      return fitted(false, mistake?.fitByte(fits.next()) ?? 0)
    }
  }

  @Test(arguments: mistakes) func plantedMistakesAreFound(_ mistake: Mistake) async throws {
    let violations = try await flawed(mistake).violations()
    let start = mistake.law.name + ":"
    #expect(violations.contains { $0.hasPrefix(start) }, "\(violations)")
  }

  @Test func whatIsRightBreaksNoLaw() async throws {
    #expect(try await flawed(nil).violations() == [])
  }

  /// A law that finds nothing is none.
  @Test func everyLawHasAMistakeThatItFinds() {
    #expect(Set(Self.mistakes.map(\.law.name)) == Set(Law.all.map(\.name)))
  }
}

/// Numbers that differ from call to call.
private final class Counter: Sendable {
  private let value = Atomic<Int>(0)
  func next() -> Int { value.add(1, ordering: .relaxed).newValue }
}
