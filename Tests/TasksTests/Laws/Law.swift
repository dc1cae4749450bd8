import HourglassAutoencoders
import HourglassData
import HourglassEncodings
import HourglassEngines
import HourglassTasksCommon

/// What holds for every task and every kind of data.
struct Law: Sendable {
  let name: String
  /// Whether it can hold for a case at all.
  var applies: @Sendable (LawCase) -> Bool = { _ in true }
  /// Says how a trial breaks it; empty where it holds.
  let violations: @Sendable (LawTrial) async throws -> [String]

  static let all = [
    sameSeedSameBytes, finiteResults, rowAlone, orderOfRows, saveAndLoad, nothingIsChanged,
    betterThanTrivial, degenerateInputs,
  ]

  /// Training twice on the same items gives the same bytes.
  static let sameSeedSameBytes = Law(name: "sameSeedSameBytes") { trial in
    let again = try await trial.lawCase.fit(trial.training)
    return try again.bytes() == trial.saved ? [] : ["two runs gave other bytes"]
  }

  /// There is a result, and all of it are numbers.
  static let finiteResults = Law(name: "finiteResults") { trial in
    if trial.results.isEmpty { return ["there are no results"] }
    return trial.results.allSatisfy(\.isFinite) ? [] : ["results are not finite"]
  }

  /// An item gives the same bits alone, in small batches, and in the company of all others.
  static let rowAlone = Law(name: "rowAlone", applies: \.isForEachItem) { trial in
    let count = trial.new.lawCount
    guard trial.results.count % count == 0 else {
      return ["\(trial.results.count) results of \(count) items"]
    }
    var found: [String] = []
    for item in 0..<count {
      if try await !trial.isSame([item]) { found.append("item \(item) differs alone") }
    }
    for size in [2, 3, 17] where size < count {
      if try await !trial.isSame(Array(1..<1 + size)) {
        found.append("items differ in a batch of \(size)")
      }
    }
    return found
  }

  /// Items in another order give the same results in that order.
  static let orderOfRows = Law(name: "orderOfRows", applies: \.isForEachItem) { trial in
    let count = trial.new.lawCount
    let strides = (0..<count).map { ($0 * 7 + 3) % count }
    for order in [Array((0..<count).reversed()), strides] where Set(order).count == count {
      if try await !trial.isSame(order) { return ["items in another order give other results"] }
    }
    return []
  }

  /// A saved and loaded model has the same bytes and gives the same results.
  static let saveAndLoad = Law(name: "saveAndLoad") { trial in
    let loaded = try trial.fitted.reloaded()
    var found: [String] = []
    if try loaded.bytes() != trial.saved { found.append("saving the loaded model: other bytes") }
    if try await loaded.apply(trial.new) != trial.results {
      found.append("the loaded model gives other results")
    }
    return found
  }

  /// Neither training nor applying changes the items, and applying does not change the model.
  static let nothingIsChanged = Law(name: "nothingIsChanged") { trial in
    var found: [String] = []
    if try await trial.fitted.apply(trial.new) != trial.results {
      found.append("applying twice gives other results")
    }
    if try trial.fitted.bytes() != trial.saved { found.append("applying changed the model") }
    if trial.fingerprints != [trial.training.fingerprint, trial.new.fingerprint] {
      found.append("items were changed")
    }
    return found
  }

  /// On items that it never saw, its error is below that of the trivial answer.
  static let betterThanTrivial = Law(name: "betterThanTrivial") { trial in
    guard let (own, trivial) = try await trial.fitted.errors(trial.new) else {
      return ["nothing was measured"]
    }
    return own < trivial ? [] : ["its error is \(own), the trivial one \(trivial)"]
  }

  /// Few, equal, huge and constant values end in finite results, as many as there are items, or in
  /// an error that blames the data.
  static let degenerateInputs = Law(name: "degenerateInputs") { trial in
    var found: [String] = []
    for (name, data) in try trial.training.degenerate() {
      do {
        let results = try await trial.lawCase.fit(data).apply(data)
        if !results.allSatisfy(\.isFinite) { found.append("\(name): results are not finite") }
        if trial.lawCase.isForEachItem, results.isEmpty || results.count % data.lawCount != 0 {
          found.append("\(name): \(results.count) results of \(data.lawCount) items")
        }
      } catch  where !Law.blamesData(error) {
        found.append("\(name): the error \(error) does not blame the data")
      } catch {}
    }
    return found
  }

  /// Whether an error is one that the documentation of `fit` promises for data that cannot be
  /// trained on.
  private static func blamesData(_ error: any Error) -> Bool {
    switch error as? HourglassError {
    case .application(let error): !error.isFaultOfTheSettings
    // Images are not scaled by what they hold: on huge values a network may diverge, and the error says where.
    case .dataset, .training(.nonFiniteItem), .training(.diverged): true
    default: false
    }
  }
}

/// A case that was fitted to three quarters of its items, and what the model makes of the others.
struct LawTrial: Sendable {
  let lawCase: LawCase
  let training: Dataset
  let new: Dataset
  /// The fingerprints of the training and the new items before anything was done with them.
  let fingerprints: [String]
  let fitted: FittedUnderLaw
  /// The bytes of the fitted model before it was applied.
  let saved: [UInt8]
  /// What the fitted model makes of the new items.
  let results: [Float]

  init(_ lawCase: LawCase) async throws {
    self.lawCase = lawCase
    let whole = try lawCase.data()
    let count = whole.lawCount
    let cut = max(count * 3 / 4, 1)
    training = try whole.taking(Array(0..<cut))
    new = try whole.taking(Array(cut..<count))
    fingerprints = [training.fingerprint, new.fingerprint]
    fitted = try await lawCase.fit(training)
    saved = try fitted.bytes()
    results = try await fitted.apply(new)
  }

  /// Whether some of the new items, by their numbers, give the results that they have among all.
  fileprivate func isSame(_ items: [Int]) async throws -> Bool {
    let width = results.count / new.lawCount
    let expected = items.flatMap { results[$0 * width..<($0 + 1) * width] }
    return try await fitted.apply(new.taking(items)) == expected
  }
}
