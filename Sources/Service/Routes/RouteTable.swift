internal import HTTPTypes
internal import HourglassModelFiles

/// Which methods each address takes, as the document of the interface has them.
struct RouteTable: Sendable {
  private var routes: [(parts: [String], methods: [HTTPRequest.Method])] = []

  init() throws {
    let text = EmbeddedFiles.text(of: "openapi.json")
    let document = try JSONValue(text: text, file: "openapi.json")
    guard case .object(let paths)? = document["paths"] else { return }
    for (path, operations) in paths {
      guard case .object(let members) = operations else { continue }
      let methods = members.keys.sorted().compactMap { HTTPRequest.Method($0.uppercased()) }
      routes.append((Self.parts(path), methods + (methods.contains(.get) ? [.head] : [])))
    }
  }

  private static func parts(_ path: String) -> [String] {
    path.split(separator: "/").map(String.init)
  }

  /// The methods of an address; none where nothing is.
  func methods(of path: String) -> [HTTPRequest.Method] {
    let parts = Self.parts(path)
    let found = routes.first { route in
      route.parts.count == parts.count
        && zip(route.parts, parts).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
    }
    return found?.methods ?? []
  }
}
