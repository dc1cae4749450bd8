import HourglassDatasets
import HourglassTensors

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The data sets that can be asked for.
enum Catalog {
  private static let longest = 1 << 20

  /// Those that are known, and those of a file of one's own before them.
  static func entries(_ path: String?) throws -> [CatalogEntry] {
    guard let path else { return CatalogEntry.known }
    let bytes = try CatalogEntry.bytes(ofCatalog: path, limit: longest)
    let own: [CatalogEntry]
    do {
      own = try JSONDecoder().decode([CatalogEntry].self, from: Data(bytes))
    } catch {
      throw Failure(
        "reading the catalog \(path): expected a JSON array of data sets with name, summary, licence "
          + "and files (name, address, byteCount, digest), found something else (\(reason(error))); "
          + "correct the file.",
        exitCode: .data
      )
    }
    for entry in own {
      guard let problem = entry.problem else { continue }
      throw Failure(
        "reading the catalog \(path): the data set '\(entry.name.prefix(40))' is wrong: \(problem); "
          + "correct the file.",
        exitCode: .data
      )
    }
    let names = Set(own.map(\.name))
    return own + CatalogEntry.known.filter { !names.contains($0.name) }
  }

  private static func reason(_ error: any Error) -> String {
    switch error {
    case DecodingError.keyNotFound(let key, _): "'\(key.stringValue)' is missing"
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
      "at " + context.codingPath.map(\.stringValue).joined(separator: ".")
    default: "no JSON"
    }
  }
}
