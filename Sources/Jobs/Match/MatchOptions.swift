internal import HourglassSignatures

/// The type of a stored number.
package enum StoredNumber: String, Codable, CaseIterable, Sendable {
  case float32, float16

  var precision: SignaturePrecision { self == .float16 ? .float16 : .float32 }
}

/// What is done with names that are stored already.
package struct NameOptions: Codable, Hashable, Sendable {
  /// Whether items of the same names are replaced.
  package var replace = false
  /// Whether items of the same names are kept as they are.
  package var keep = false

  package init() {}

  func validate() throws(Failure) {
    if replace, keep { throw .usage("--replace and --keep exclude each other") }
  }

  var policy: ReplacementPolicy { replace ? .replace : keep ? .keep : .refuse }
}

/// Coordinates such as `0.45,0.97`.
package struct Coordinates: TextValue {
  package let text: String
  let values: [Float]

  package init?(text: String) {
    var values: [Float] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let value = Float(part), value.isFinite else { return nil }
      values.append(value)
    }
    (self.text, self.values) = (text, values)
  }
}

/// The options of a task on a signature database.
package protocol DatabaseOptions: JobOptions {
  /// The signature database.
  var database: String { get set }
}

extension DatabaseOptions {
  package mutating func replacePaths(_ path: PathReplacement) throws {
    database = try path(database, .database)
  }
}
