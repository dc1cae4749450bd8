internal import HTTPTypes
internal import HourglassJobs
internal import HourglassModelFiles
internal import Hummingbird

/// What the reader makes of data.
struct InspectRoutes: Sendable {
  let parts: ServiceParts

  func add(to router: RouterGroup<ServiceContext>) {
    router.post("inspect") { request, context in try await answer(request, context) }
  }

  private func answer(_ request: Request, _ context: ServiceContext) async throws -> Response {
    try request.requireJSON()
    let workspace = try context.workspace
    let text = try await request.jsonText()
    let result = try await request.whileConnected { try await inspect(text, workspace) }
    return Response.json(text: result).closing
  }

  private func inspect(_ text: String, _ workspace: Workspace) async throws -> String {
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
    let plan = try await Blocking.run {
      try JobPlan(json: json, id: "inspect", workspace: workspace, isNew: false)
    }
    return try await workspace.withRunFolder { folder in
      try await parts.shortRuns.run(plan.runnable, in: workspace, folder: folder)
    }
  }
}
