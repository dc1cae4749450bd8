internal import HTTPTypes
internal import HourglassJobs
internal import HourglassModelFiles
internal import Hummingbird

/// What the reader makes of data.
struct InspectRoutes: Sendable {
  let parts: ServiceParts

  func add(to router: RouterGroup<ServiceContext>) {
    router.post("inspect") { request, context in
      try request.requireJSON()
      let workspace = try context.workspace
      let bytes = try await request.shortBody()
      return Response.json(text: try await inspect(bytes, workspace))
    }
  }

  private func inspect(_ bytes: [UInt8], _ workspace: Workspace) async throws -> String {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let given = try? JSONValue(text: text, file: "the body"),
      case .object(let members) = given, let name = given["data"]?.stringValue,
      Set(members.keys).isSubset(of: ["data", "reading", "first"])
    else {
      throw Problem(
        .badRequest,
        "The body is an object with the name of data, and if need be reading and first."
      )
    }
    var whole: [String: JSONValue] = [
      "task": .string("inspect"), "data": .array([.string(name)]),
    ]
    if let reading = members["reading"] { whole["reading"] = reading }
    if let first = members["first"] { whole["files"] = .object(["first": first]) }
    let json = try JSONValue.object(whole).jsonLine()
    let plan = try JobPlan(json: json, id: "inspect", workspace: workspace, isNew: false)
    return try await workspace.withRunFolder { folder in
      try await parts.shortRuns.run(plan.runnable, in: workspace, folder: folder)
    }
  }
}
