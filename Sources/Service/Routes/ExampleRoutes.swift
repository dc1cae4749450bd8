internal import HourglassJobs
internal import HourglassModelFiles
internal import HourglassSystem
internal import Hummingbird

/// Example data, each with a request that shows a task.
struct ExampleRoutes: Sendable {
  func add(to router: RouterGroup<ServiceContext>) {
    router.get("examples") { _, context in
      let workspace = try context.workspace
      return try Response.json(["examples": try await Blocking.run { try Self.examples(workspace) }]
      )
    }
  }

  /// Those whose data are there.
  private static func examples(_ workspace: Workspace) throws -> [JSONValue] {
    let text = EmbeddedFiles.text(of: "Examples/examples.json")
    guard case .array(let all) = try JSONValue(text: text, file: "the examples") else { return [] }
    return all.compactMap { example in
      guard case .object(var members) = example, let request = members["request"],
        let json = try? request.jsonLine(),
        (try? JobPlan(json: json, id: "example", workspace: workspace, isNew: true)) != nil
      else { return nil }
      members["task"] = request["task"]
      return .object(members)
    }
  }
}
