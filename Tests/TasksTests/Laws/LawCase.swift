import HourglassAutoencoders
import HourglassData
import HourglassEncodings
import HourglassEngines
import HourglassModelFiles
import HourglassTasksCommon
import HourglassTensors
import Testing

/// What an application has learned, as the laws see it.
struct FittedUnderLaw: Sendable {
  /// What it makes of data: as many numbers for each item.
  let apply: @Sendable (Dataset) async throws -> [Float]
  /// The bytes that it is saved as.
  let bytes: @Sendable () throws -> [UInt8]
  /// The same, saved and loaded.
  let reloaded: @Sendable () throws -> FittedUnderLaw
  /// Its error, and that of the trivial answer.
  let errors: @Sendable (Dataset) async throws -> (own: Double, trivial: Double)?

  init<Fitted: FittedTask>(
    _ fitted: Fitted,
    errors: @escaping @Sendable (Fitted, Dataset) async throws -> (Double, Double)?,
    apply: @escaping @Sendable (Fitted, Dataset) async throws -> [Float]
  ) {
    self.apply = { try await apply(fitted, $0) }
    bytes = { try fitted.bytes() }
    reloaded = {
      let file = try ModelFile(bytes: fitted.bytes(), path: "model")
      return FittedUnderLaw(try Fitted(file), errors: errors, apply: apply)
    }
    self.errors = { data in try await errors(fitted, data).map { ($0.0, $0.1) } }
  }

  /// For tests of the laws themselves.
  init(
    apply: @escaping @Sendable (Dataset) async throws -> [Float],
    bytes: @escaping @Sendable () throws -> [UInt8],
    reloaded: @escaping @Sendable () throws -> FittedUnderLaw,
    errors: @escaping @Sendable (Dataset) async throws -> (own: Double, trivial: Double)?
  ) {
    self.apply = apply
    self.bytes = bytes
    self.reloaded = reloaded
    self.errors = errors
  }
}

/// An application and a kind of data that it learns from.
struct LawCase: Sendable, CustomTestStringConvertible {
  let application: String
  /// What sets it apart from other cases of the application, such as ", neighbors".
  var setting = ""
  let kind: DataKind
  /// Whether it makes something of each item by itself; generating does not.
  var isForEachItem = true
  let data: @Sendable () throws -> Dataset
  let fit: @Sendable (Dataset) async throws -> FittedUnderLaw

  var testDescription: String { "\(application)\(setting) of \(kind.nouns.many)" }

  /// Says which laws are broken and how, each by its name; empty where all hold.
  func violations() async throws -> [String] {
    let trial = try await LawTrial(self)
    var found: [String] = []
    for law in Law.all where law.applies(self) {
      found += try await law.violations(trial).map { "\(law.name): \($0)" }
    }
    return found
  }
}
