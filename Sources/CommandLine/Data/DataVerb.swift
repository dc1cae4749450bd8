import ArgumentParser
import HourglassDatasets
import HourglassTensors

/// Gets public data sets by their names.
struct DataVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Get public data sets by name, to try things on.",
    discussion: """
      Each file is fetched from its public address, checked against its SHA-256 digest, and put in \
      place only then. A download that was cut off goes on where it ended. What is there already is \
      not fetched again.

      Data sets are kept in the folder of -o, else that of the variable HOURGLASS_DATA, else \
      ~/.local/share/hourglass. Downloads need the program curl.

      EXAMPLES
        hourglass data list
        hourglass data fetch fashion-mnist
        hourglass data fetch iris -o data/
        hourglass data fetch mnist --mirror https://files.example.org/mnist
        hourglass data fetch pumps --catalog our-sets.json
      """,
    subcommands: [DataList.self, DataFetch.self]
  )
}

/// Which data sets are known.
struct CatalogOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A file of further data sets: a JSON array of objects with name, summary, licence, and files, "
        + "each with name, address, byteCount and digest (SHA-256).",
      valueName: "file.json"
    )
  )
  var catalog: String?
}

/// Where data sets are kept.
struct DataFolderOption: ParsableArguments {
  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("The folder that holds the data sets.", valueName: "folder")
  )
  var output: String?
}

/// Prints the data sets that are known.
struct DataList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Print the data sets that are known, and which are here.",
    usage: "hourglass data list [<options>]"
  )

  @OptionGroup
  var source: CatalogOption

  @OptionGroup
  var folder: DataFolderOption

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let entries = try Catalog.entries(source.catalog)
    let store = DataStore(output: folder.output)
    let items = entries.map { entry in
      DataListOutcome.Item(
        name: entry.name,
        summary: entry.summary,
        licence: entry.licence,
        bytes: entry.byteCount,
        folder: store.folder(holding: entry)
      )
    }
    if json { return try Console.print(try DataListOutcome(sets: items).jsonLine()) }
    for item in items {
      let size = NumberText.plain(Double(item.bytes / 100_000) / 10)
      try Console.print("\(item.name)  (\(size) MB; \(item.licence))")
      try Console.print("  \(item.summary)")
      if let folder = item.folder { try Console.print("  here: \(folder)") }
    }
  }
}

/// What `data list` prints with `--json`.
struct DataListOutcome: Encodable {
  /// A data set.
  struct Item: Encodable {
    var name: String
    var summary: String
    var licence: String
    var bytes: Int
    var folder: String?
  }

  var sets: [Item]
}
