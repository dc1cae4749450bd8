import ArgumentParser
import HourglassJobs

/// Finds stored items again from damaged copies and query clips.
struct Match: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "match",
    abstract: "Find images, sounds or rows again from damaged copies and query clips.",
    discussion: """
      A database holds a signature for each image or row, and one for each half second of a \
      sound. The first `add` trains an encoder on the items whose signatures are robust to noise, \
      shifts, and changes of brightness or loudness, and keeps it in the database; \
      `find` asks for the nearest ones. The database is one SQLite file.

      EXAMPLES
        hourglass match add songs/ --database songs.db
        hourglass match find clip.wav --database songs.db
        hourglass match find clip.wav --database songs.db --false-accepts 0.01
        hourglass match list --database songs.db
        hourglass match remove old.ogg --database songs.db
        hourglass match export --database songs.db -o signatures.csv
        hourglass match tune songs/
        hourglass match import coordinates.csv --database map.db
        hourglass match find --at 0.45,0.97 --database map.db
      """,
    subcommands: [
      MatchAdd.self, MatchFind.self, MatchList.self, MatchRemove.self, MatchTune.self,
      MatchImport.self, MatchExport.self,
    ]
  )
}

/// The file that every command of `match` but `tune` needs.
struct DatabaseOption: ParsableArguments {
  @Option(name: [.customShort("d"), .long], help: "The signature database.")
  var database: String
}

/// How items are stored.
struct StorageArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How a new database stores signatures: float32, or float16 in half the space.",
      valueName: "type"
    )
  )
  var storage: StoredNumber?

  @Flag(help: "Replace items of the same names.")
  var replace = false

  @Flag(help: "Keep items of the same names as they are.")
  var keep = false

  /// What is done with names that are stored already.
  var names: NameOptions {
    var names = NameOptions()
    names.replace = replace
    names.keep = keep
    return names
  }
}

extension StoredNumber: ExpressibleByArgument {}
extension Coordinates: ExpressibleByArgument {}
