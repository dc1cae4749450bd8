internal import HTTPTypes
internal import HourglassJobs
internal import HourglassSystem
internal import HourglassTasksCommon
internal import Hummingbird

/// Tokens, cookies, and what a caller may use.
struct SessionRoutes: Sendable {
  let parts: ServiceParts
  let cookie: @Sendable (Request, String) -> String

  private struct Login: Decodable { var token: String }

  private struct View: Encodable {
    struct Use: Encodable {
      var used: Double
      var limit: Double?
    }

    var user: String
    var version: String
    var tasks: [String]
    var maxUploadBytes: Int
    var quotas: [String: Use]
  }

  /// Asking for a session needs none.
  func addOpen(to router: RouterGroup<ServiceContext>) {
    router.post("session") { request, context in
      let login = try await request.json(Login.self)
      guard let workspace = parts.callers.workspace(token: login.token) else {
        throw Problem(.unauthorized, "The token is not known here.")
      }
      return Response(
        status: .noContent,
        headers: [.setCookie: cookie(request, parts.callers.begin(workspace))]
      )
    }
  }

  func add(to router: RouterGroup<ServiceContext>) {
    router.get("session") { _, context in
      let workspace = try context.workspace
      let quota = workspace.quota
      let used = workspace.account.used(try await workspace.account.measure(workspace.folder))
      let jobs = await parts.scheduler.views(of: workspace).count
      let view = View(
        user: workspace.user,
        version: ProgramVersion.current,
        tasks: Job.taskNames,
        maxUploadBytes: parts.maxUpload,
        quotas: [
          "bytes": View.Use(used: Double(used), limit: quota.bytes.map(Double.init)),
          "jobs": View.Use(used: Double(jobs), limit: quota.jobs.map(Double.init)),
          "minutes": View.Use(used: workspace.seconds / 60, limit: quota.minutes),
        ]
      )
      return try Response.json(view)
    }
    router.delete("session") { request, _ in
      if let session = request.session { parts.callers.end(session) }
      return Response.nothing
    }
  }
}
