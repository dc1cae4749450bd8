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

  /// Says which law is broken and how, in the order of `EstimatorLaw`; empty where all hold.
  func violations() async throws -> [String] {
    let whole = try data()
    let count = whole.lawCount
    let cut = max(count * 3 / 4, 1)
    let learned = try whole.taking(Array(0..<cut))
    let new = try whole.taking(Array(cut..<count))
    var found: [String] = []
    func expect(_ holds: Bool, _ text: String) { if !holds { found.append(text) } }

    let prints = (learned.fingerprint, new.fingerprint)
    let fitted = try await fit(learned)
    let saved = try fitted.bytes()
    expect(try await fit(learned).bytes() == saved, "sameSeedSameBytes: two runs gave other bytes")
    let results = try await fitted.apply(new)
    expect(results.allSatisfy(\.isFinite) && !results.isEmpty, "results are not finite")
    if isForEachItem { found += try await itemViolations(fitted, new, results) }
    let loaded = try fitted.reloaded()
    expect(try loaded.bytes() == saved, "saveAndLoad: saving what was loaded gave other bytes")
    expect(
      try await loaded.apply(new) == results,
      "saveAndLoad: what was loaded gives other results"
    )
    expect(try await fitted.apply(new) == results, "nothingIsChanged: twice gives other results")
    expect(try fitted.bytes() == saved, "nothingIsChanged: applying changed the model")
    expect(prints == (learned.fingerprint, new.fingerprint), "nothingIsChanged: items were changed")
    if let (own, trivial) = try await fitted.errors(new) {
      expect(own < trivial, "betterThanTrivial: its error is \(own), the trivial one \(trivial)")
    } else {
      found.append("betterThanTrivial: nothing was measured")
    }
    for (name, data) in try learned.degenerate() {
      if let problem = await degenerateProblem(data) { found.append("\(name): \(problem)") }
    }
    return found
  }

  private func itemViolations(
    _ fitted: FittedUnderLaw,
    _ new: Dataset,
    _ results: [Float]
  ) async throws -> [String] {
    let count = new.lawCount
    guard results.count % count == 0 else { return ["\(results.count) results of \(count) items"] }
    let width = results.count / count
    func row(_ item: Int) -> ArraySlice<Float> { results[item * width..<(item + 1) * width] }
    var found: [String] = []
    for item in [0, count - 1] {
      let alone = try await fitted.apply(new.taking([item]))
      if !alone.elementsEqual(row(item)) { found.append("rowAlone: item \(item) differs alone") }
    }
    let order = Array((0..<count).reversed())
    let turned = try await fitted.apply(new.taking(order))
    if turned != order.flatMap(row) { found.append("orderOfRows: another order, other results") }
    return found
  }

  /// What is wrong with the answer to data from which little can be learned: it should be finite
  /// numbers, or an error that blames the data.
  private func degenerateProblem(_ data: Dataset) async -> String? {
    do {
      let results = try await fit(data).apply(data)
      return results.allSatisfy(\.isFinite) ? nil : "results are not finite"
    } catch let error as HourglassError {
      switch error {
      case .application, .dataset: return nil
      case .training(let training):
        if case .nonFiniteItem = training { return nil }
        return "the error \(error) does not blame the data"
      default: return "the error \(error) does not blame the data"
      }
    } catch {
      return "the error \(error) is not documented"
    }
  }
}
