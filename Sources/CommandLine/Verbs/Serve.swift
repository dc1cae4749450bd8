#if Service
  import ArgumentParser
  import HourglassJobs
  import HourglassService

  /// Offers the tasks over HTTP, and the page in the browser.
  struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "serve",
      abstract: "Offer all tasks in the browser and over HTTP.",
      discussion: """
        Open the address that is printed in a browser of this machine: drop a file, choose a task, \
        watch it train, look at the result, and download it. Programs use the same interface, \
        which /openapi.json describes, with the token that is printed at the start.

        Everything that is uploaded or made is in the folder of --workspace; what --data and \
        --models name is read and never changed. One job trains at a time, others wait in a queue; \
        each is a process of its own. A job that is interrupted, even by a power cut, goes on from \
        its checkpoint when the server starts again on the same folder.

        By default only this machine can reach the server. Another --host needs --token-file, and \
        a proxy before it that speaks TLS (see Documentation/Serve.md): a line for each user with \
        a name, a token of at least 16 characters, and quotas if need be:
          anna 6c1f0a3e9d7b4c2290f1 bytes=20g jobs=50 minutes=600

        EXAMPLES
          hourglass serve
          hourglass serve --data measurements/ --port 9000
          hourglass serve --host 10.0.0.5 --token-file users.txt \\
            --allow-host hourglass.example.org

          curl -H "Authorization: Bearer $TOKEN" -H 'Content-Type: text/csv' \\
            http://127.0.0.1:8080/v1/models/pump.hourglass/score \\
            --data-binary @new.csv
        """
    )

    @Option(help: ArgumentHelp("Offer the data in this folder.", valueName: "folder"))
    var data: String?

    @Option(help: ArgumentHelp("Offer the models in this folder.", valueName: "folder"))
    var models: String?

    @Option(
      help: ArgumentHelp(
        "Keep uploads, jobs and models in this folder, made where it is missing.",
        valueName: "folder"
      )
    )
    var workspace = "hourglass-workspace"

    @Option(
      help: ArgumentHelp(
        "The folder of the example data (default: Examples/Data where it is there, and else one "
          + "table that is built in).",
        valueName: "folder"
      )
    )
    var examples: String?

    @OptionGroup(title: "Network")
    var network: NetworkArguments

    @OptionGroup(title: "Limits")
    var limits: LimitArguments

    @Option(
      help: ArgumentHelp(
        "Serve the page from this folder, to work on it.",
        valueName: "folder",
        visibility: .hidden
      )
    )
    var studio: String?

    /// The settings of the options.
    func settings() throws -> ServiceSettings {
      var settings = ServiceSettings()
      (settings.data, settings.models, settings.workspace) = (data, models, workspace)
      let usual = "Examples/Data"
      settings.examples = examples ?? (FileKind.exists(usual) ? usual : nil)
      settings.studio = studio
      (settings.host, settings.port) = (network.host, network.port)
      (settings.names, settings.tokenFile) = (network.allowHost, network.tokenFile)
      settings.quota = try limits.quota()
      settings.jobs.memory = try LimitArguments.bytes(limits.jobMemory, "--job-memory")
      if let memory = settings.jobs.memory, memory < 64 << 20 {
        throw Failure.usage("--job-memory is at least 64m, which the program itself needs")
      }
      settings.jobs.minutes = limits.jobMinutes
      settings.jobs.requestMinutes = limits.requestMinutes
      settings.maxUpload = try LimitArguments.bytes(limits.maxUpload, "--max-upload") ?? 0
      settings.say = { Console.note($0) }
      try settings.validate()
      return settings
    }

    func run() async throws { try await HourglassServer(try settings()).run() }
  }

  /// Where the server is reached, and by whom.
  struct NetworkArguments: ParsableArguments {
    @Option(help: ArgumentHelp("The port; 0 takes one that is free.", valueName: "n"))
    var port = 8080

    @Option(help: ArgumentHelp("The address to listen on.", valueName: "address"))
    var host = "127.0.0.1"

    @Option(
      help: ArgumentHelp(
        "Answer under this name too, as through a proxy: example.org or example.org:8443; may be "
          + "repeated.",
        valueName: "name"
      )
    )
    var allowHost: [String] = []

    @Option(help: ArgumentHelp("The users and their tokens.", valueName: "file"))
    var tokenFile: String?
  }

  /// What users and jobs may use.
  struct LimitArguments: ParsableArguments {
    @Option(help: ArgumentHelp("The longest upload.", valueName: "size"))
    var maxUpload = "4g"

    @Option(
      help: ArgumentHelp("The memory of each job (default: what there is).", valueName: "size")
    )
    var jobMemory: String?

    @Option(help: ArgumentHelp("The minutes of each job.", valueName: "n"))
    var jobMinutes = 1440.0

    @Option(
      help: ArgumentHelp(
        "The minutes of what a client waits for: scoring, inspecting, finding.",
        valueName: "n"
      )
    )
    var requestMinutes = 5.0

    @Option(help: ArgumentHelp("The room of each user's workspace.", valueName: "size"))
    var quotaBytes: String?

    @Option(help: ArgumentHelp("The jobs that each user keeps, past ones too.", valueName: "n"))
    var quotaJobs: Int?

    @Option(
      help: ArgumentHelp("The minutes of computing of each user and day.", valueName: "n")
    )
    var quotaMinutes: Double?

    /// What each workspace may use.
    func quota() throws -> Quota {
      if let quotaJobs, quotaJobs < 1 { throw Failure.usage("--quota-jobs is at least 1") }
      if let quotaMinutes, !(quotaMinutes > 0) {
        throw Failure.usage("--quota-minutes is above 0")
      }
      return Quota(
        bytes: try Self.bytes(quotaBytes, "--quota-bytes"),
        jobs: quotaJobs,
        minutes: quotaMinutes
      )
    }

    /// The number of bytes of an option.
    static func bytes(_ text: String?, _ option: String) throws -> Int? {
      guard let text else { return nil }
      guard let size = ByteCount(text: text), size.count > 0 else {
        throw Failure.usage("\(option) is a size such as 500m or 4g, found \(text)")
      }
      return size.count
    }
  }
#endif
