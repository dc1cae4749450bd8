import ArgumentParser
import HourglassJobs

/// Stores items with their signatures.
struct MatchAdd: TaskVerb {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Store items; a new database trains its encoder on them.",
    discussion: """
      Where there is no database yet, an encoder is trained on the first ITEMS, or from \
      --learn-from, or taken from --model. The report shows how many items are found again from \
      augmented copies, and how many by PCA of the same size and by the raw values.

      Items are named after their files; items of one file by the name of the file and a number. \
      A table that is larger than --in-memory is stored block by block; --keep goes on with one that \
      was interrupted.

      EXAMPLES
        hourglass match add songs/ --database songs.db
        hourglass match add more-songs/ --database songs.db
        hourglass match add images.idx.gz --database images.db --dimensions 16 \\
          --minutes 2
      """
  )

  @Argument(help: "Images, sounds, or a table: files or folders.")
  var items: [String]

  @OptionGroup
  var library: DatabaseOption

  @Option(
    help: ArgumentHelp("The dimensions of a signature (default: 32).", valueName: "n")
  )
  var dimensions: Int?

  @OptionGroup(title: "Storing")
  var stored: StorageArguments

  @OptionGroup
  var shared: TaskArguments<ReadingArguments>

  func request() throws -> JobRequest {
    var options = MatchAddOptions()
    options.database = library.database
    options.dimensions = dimensions
    options.storage = stored.storage
    options.names = stored.names
    return shared.request(options, items)
  }
}
