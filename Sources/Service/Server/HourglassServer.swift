internal import HTTPTypes
internal import HourglassJobs
internal import HourglassSystem
internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import ServiceLifecycle
internal import UnixSignals

/// The server of `hourglass serve`.
package struct HourglassServer: Sendable {
  private let settings: ServiceSettings
  private let callers: Callers
  private let scheduler: JobScheduler
  private let logger: Logger
  private let lock: WorkspaceLock
  /// The token that is printed; none where users have their own.
  private let token: String?

  /// Opens the workspaces; the server is not reached yet.
  package init(_ settings: ServiceSettings) throws {
    try settings.validate()
    self.settings = settings
    var logger = Logger(label: "hourglass") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = .warning
    self.logger = logger
    scheduler = JobScheduler(limits: settings.jobs, logger: logger)
    if !FileKind.exists(settings.workspace) {
      try Folders.make(settings.workspace)
      // What is uploaded is for nobody else of the machine.
      chmod(settings.workspace, 0o700)
    }
    let root = Folders.resolved(settings.workspace)
    lock = try WorkspaceLock(root)
    let shared = SharedFolders(
      data: settings.data.map { Folders.resolved($0) },
      models: settings.models.map { Folders.resolved($0) },
      examples: try settings.examples.map { Folders.resolved($0) } ?? Self.ownExamples(in: root)
    )
    func workspace(_ user: String, _ quota: Quota) throws -> Workspace {
      let folder = "\(root)/\(user)"
      let workspace = Workspace(user: user, folder: folder, shared: shared, quota: quota)
      try workspace.prepare()
      return workspace
    }
    if let file = settings.tokenFile {
      let users = try TokenFile(contentsOf: file, quota: settings.quota).users
      let tokens = try users.map { ($0.token, try workspace($0.name, $0.quota)) }
      (token, callers) = (nil, Callers(tokens: tokens, open: nil))
    } else {
      let token = RandomToken.make()
      let own = try workspace("local", settings.quota)
      (self.token, callers) = (token, Callers(tokens: [(token, own)], open: own))
    }
  }

  /// The example that is compiled in, in a folder of its own.
  private static func ownExamples(in root: String) throws -> String {
    let folder = "\(root)/.examples"
    try Folders.make("\(folder)/Tables")
    let file = "\(folder)/Tables/penguins.csv"
    try AtomicFile.replace(file, with: EmbeddedFiles.bytes(of: "Examples/penguins.csv") ?? [])
    return folder
  }

  /// Answers requests until a signal comes, or the task is cancelled.
  ///
  /// - Parameter ready: Takes the port and the token, where there is one for all, when requests are answered.
  package func run(ready: @escaping @Sendable (Int, String?) -> Void = { _, _ in }) async throws {
    signal(SIGPIPE, SIG_IGN)
    _ = MetricsRegistry.shared
    for workspace in callers.workspaces { await scheduler.load(workspace) }
    let rules = OwnNames(host: settings.host, names: settings.names)
    // What is wrong with the names is found before anything is opened.
    _ = try HostRules(host: settings.host, port: 1, names: settings.names)
    let application = Application(
      router: try router(rules),
      server: .http1(
        configuration: HTTP1Channel.Configuration(
          idleTimeout: .seconds(60),
          httpDecoderConfiguration: .init(
            maxHeaderFieldSize: 16 << 10,
            maxHeaderListSize: 32 << 10,
            maxHeaderFieldCount: 100
          )
        )
      ),
      configuration: ApplicationConfiguration(
        address: .hostname(settings.host, port: settings.port),
        backlog: 4096
      ),
      services: [SchedulerService(scheduler: scheduler)],
      onServerRunning: { channel in
        let port = channel.localAddress?.port ?? settings.port
        rules.set(port: port)
        await scheduler.begin()
        settings.say(greeting(port))
        ready(port, token)
      },
      logger: logger
    )
    let group = ServiceGroup(
      configuration: Self.configuration([application], logger)
    )
    try await group.run()
    withExtendedLifetime(lock) {}
  }

  private static func configuration(
    _ services: [any Service],
    _ logger: Logger
  ) -> ServiceGroupConfiguration {
    var configuration = ServiceGroupConfiguration(
      services: services,
      gracefulShutdownSignals: [.sigterm, .sigint],
      logger: logger
    )
    configuration.maximumGracefulShutdownDuration = .seconds(30)
    return configuration
  }

  private func greeting(_ port: Int) -> String {
    let host = settings.host.contains(":") ? "[\(settings.host)]" : settings.host
    var lines = [
      "Hourglass at http://\(host):\(port)/  (Ctrl-C ends it; jobs go on at the next start)"
    ]
    if let token {
      lines.append("for programs: Authorization: Bearer \(token)")
    }
    return lines.joined(separator: "\n")
  }

  private func router(_ rules: OwnNames) throws -> Router<ServiceContext> {
    let router = Router(context: ServiceContext.self, options: [.autoGenerateHeadEndpoints])
    let table = try RouteTable()
    router.addMiddleware {
      AnswerRules(methods: { table.methods(of: $0) })
      MetricsMiddleware()
      OriginRules(names: rules)
      CallerRules(callers: callers)
    }
    let parts = ServiceParts(
      callers: callers,
      scheduler: scheduler,
      shortRuns: ShortRuns(limits: settings.jobs, users: callers.workspaces.count),
      maxUpload: settings.maxUpload,
      studio: settings.studio
    )
    let cookie: @Sendable (Request, String) -> String = { $0.cookie($1) }
    PageRoutes(parts: parts, cookie: cookie).add(to: router)
    let session = SessionRoutes(parts: parts, cookie: cookie)
    session.addOpen(to: router.group("v1"))
    let known = router.group("v1").add(middleware: KnownCallersOnly())
    session.add(to: known)
    DataRoutes(parts: parts).add(to: known)
    InspectRoutes(parts: parts).add(to: known)
    ExampleRoutes().add(to: known)
    JobRoutes(parts: parts).add(to: known)
    ModelRoutes(parts: parts).add(to: known)
    DatabaseRoutes(parts: parts).add(to: known)
    return router
  }
}

/// Ends the jobs when the server ends.
private struct SchedulerService: Service {
  let scheduler: JobScheduler

  func run() async throws {
    try? await gracefulShutdown()
    await scheduler.shutDown()
  }
}

/// One server at a time for a folder.
final class WorkspaceLock: Sendable {
  private let descriptor: Int32

  init(_ folder: String) throws {
    descriptor = open("\(folder)/.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw FileError(path: "\(folder)/.lock", operation: .create, code: errno)
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw Failure.usage(
        "another server uses the folder \(folder); end it, or name another one with --workspace"
      )
    }
  }

  deinit { close(descriptor) }
}
