import HourglassData
import HourglassEncodings
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

  private enum Mistake: String, CaseIterable {
    case sameSeedSameBytes, rowAlone, orderOfRows, saveAndLoad, nothingIsChanged, betterThanTrivial
    case infinity
  }

  /// The first cell of each row, with a mistake planted.
  private func flawed(_ mistake: Mistake?) -> LawCase {
    let counter = Counter()
    @Sendable func fitted(_ isLoaded: Bool, _ number: UInt8) -> FittedUnderLaw {
      FittedUnderLaw(
        apply: { data in
          let values = (0..<data.lawCount).map { item -> Float in
            let number = data.lawTable?.columns[0].number(item) ?? 0
            return number.isFinite ? Float(min(max(number, -9), 9)) : 0
          }
          switch mistake {
          case .rowAlone: return values.map { $0 + Float(values.count) }
          case .orderOfRows: return values.map { $0 + values[0] }
          case .saveAndLoad: return values.map { $0 + (isLoaded ? 1 : 0) }
          case .nothingIsChanged: return values.map { $0 + Float(counter.next()) }
          case .infinity: return values.map { _ in Float.infinity }
          default: return values
          }
        },
        bytes: { [mistake == .sameSeedSameBytes ? number : 0] },
        reloaded: { fitted(true, number) },
        errors: { _ in mistake == .betterThanTrivial ? (2, 1) : (1, 2) }
      )
    }
    return LawCase(application: "none", kind: .table, data: { LawData.table(40) }) { _ in
      fitted(false, UInt8(truncatingIfNeeded: counter.next()))
    }
  }

  @Test func plantedMistakesAreFound() async throws {
    #expect(try await flawed(nil).violations() == [])
    for mistake in Mistake.allCases {
      let violations = try await flawed(mistake).violations()
      let word = mistake == .infinity ? "not finite" : mistake.rawValue
      #expect(violations.contains { $0.contains(word) }, "\(mistake): \(violations)")
    }
  }
}

/// Numbers that differ from call to call.
private final class Counter: Sendable {
  private let value = Atomic<Int>(0)
  func next() -> Int { value.add(1, ordering: .relaxed).newValue }
}
