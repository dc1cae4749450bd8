import ArgumentParser
import HourglassDatasets

/// Fetches a data set, unless it is here.
struct DataFetch: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fetch",
    abstract: "Fetch a data set, check it, and say where it is.",
    usage: "hourglass data fetch <name> [<options>]"
  )

  @Argument(
    help: ArgumentHelp("The data set; 'hourglass data list' names them.", valueName: "name")
  )
  var name: String

  @OptionGroup
  var folder: DataFolderOption

  @OptionGroup
  var source: CatalogOption

  @Option(
    help: ArgumentHelp(
      "Fetch the files, by their names, from this address instead.",
      valueName: "address"
    )
  )
  var mirror: String?

  @OptionGroup
  var saying: ReportOptions

  func validate() throws {
    guard let mirror else { return }
    try requireOption(
      mirror.hasPrefix("https://") || mirror.hasPrefix("http://"),
      "--mirror",
      "an address that begins with https:// or http://, found \(mirror)"
    )
  }

  func run() async throws {
    let entries = try Catalog.entries(source.catalog)
    guard let entry = entries.first(where: { $0.name == name }) else {
      let names = entries.map(\.name)
      let hint =
        Suggestion.nearest(to: name, among: names).map { "did you mean '\($0)'?" }
        ?? "there are \(names.joined(separator: ", "))."
      throw Failure.usage("there is no data set '\(name)'; \(hint)")
    }
    let store = DataStore(output: folder.output)
    if let place = try store.verified(entry) { return try say(entry, place, fetched: false) }
    let place = try store.makeFolder(for: entry)
    let (mirror, isQuiet) = (mirror, saying.quiet)
    try await StopSignals.run {
      for file in entry.files {
        let download = Download(file: file, folder: place, mirror: mirror, isQuiet: isQuiet)
        try await download.run()
      }
    }
    if let code = StopSignals.exitCode { throw ExitCode(code) }
    try store.record(entry, in: place)
    try say(entry, place, fetched: true)
  }

  private func say(_ entry: CatalogEntry, _ place: String, fetched: Bool) throws {
    let files = entry.results.map { place + "/" + $0 }
    if saying.json {
      let outcome = DataFetchOutcome(
        name: entry.name,
        folder: place,
        files: files,
        wasFetched: fetched,
        licence: entry.licence
      )
      return try Console.print(try outcome.jsonLine())
    }
    guard !saying.quiet else { return }
    try Console.print(fetched ? "fetched  \(entry.name)" : "here already  \(entry.name)")
    for file in files { try Console.print("  \(file)") }
    try Console.print("  \(entry.licence)")
  }
}

/// What `data fetch` prints with `--json`.
struct DataFetchOutcome: Encodable {
  var name: String
  var folder: String
  var files: [String]
  var wasFetched: Bool
  var licence: String
}
