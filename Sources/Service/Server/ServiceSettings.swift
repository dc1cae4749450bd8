package import HourglassJobs
internal import HourglassSystem

/// How a server is started.
package struct ServiceSettings: Sendable {
  /// The address to listen on.
  package var host = "127.0.0.1"
  /// The port; 0 takes one that is free.
  package var port = 8080
  /// Other names under which the server is reached.
  package var names: [String] = []
  /// The folder that everything is kept in.
  package var workspace = "hourglass-workspace"
  /// A folder of data that all may read.
  package var data: String?
  /// A folder of models that all may use.
  package var models: String?
  /// The folder of the example data.
  package var examples: String?
  /// The file of the users and their tokens.
  package var tokenFile: String?
  /// What each workspace may use.
  package var quota = Quota()
  /// What each process may use.
  package var jobs = JobLimits()
  /// The bytes of the longest body that is stored.
  package var maxUpload = 4 << 30
  /// A folder that the page is served from in place of the one that is compiled in.
  package var studio: String?
  /// Takes a line for who started the server.
  package var say: @Sendable (String) -> Void = { _ in }

  /// Makes settings of which each can be changed.
  package init() {}

  /// Checks what can be checked before anything is opened.
  package func validate() throws(Failure) {
    guard (0...65_535).contains(port) else {
      throw .usage("--port is a number from 0 to 65535, found \(port)")
    }
    guard HostRules.isLoopback(host) || tokenFile != nil else {
      throw .usage(
        "--host \(host) can be reached from other machines, for which --token-file is needed: a "
          + "file with a line for each user, of a name and a token of at least 16 characters"
      )
    }
    for name in names {
      guard tokenFile != nil || HostRules.isLoopback(HostRules.Authority(name)?.name ?? "") else {
        throw .usage(
          "--allow-host \(name) lets others come through a proxy, for which --token-file is needed: a "
            + "file with a line for each user, of a name and a token of at least 16 characters"
        )
      }
    }
    guard jobs.requestMinutes > 0, jobs.requestMinutes <= 1440 else {
      throw .usage("--request-minutes is above 0 and at most 1440, found \(jobs.requestMinutes)")
    }
    guard jobs.minutes > 0, jobs.minutes.isFinite else {
      throw .usage("--job-minutes is above 0, found \(jobs.minutes)")
    }
    for (option, folder) in [
      ("--data", data), ("--models", models), ("--examples", examples), ("--studio", studio),
    ] {
      guard let folder else { continue }
      guard FolderFile(Folders.resolved(folder), name: "")?.kind == .folder else {
        throw .usage("\(option) \(folder) is no folder that can be read")
      }
    }
  }
}
