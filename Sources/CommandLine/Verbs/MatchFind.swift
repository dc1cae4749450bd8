import ArgumentParser
import HourglassJobs

/// Asks a database for items.
struct MatchFind: Verb {
  static let configuration = CommandConfiguration(
    commandName: "find",
    abstract: "Find the stored items nearest to an image, a sound, a row, or to coordinates.",
    discussion: """
      For a query clip of a sound the answer also gives the place in the stored sound where it begins. With \
      --false-accepts an item that is not in the database is reported as such; the rate is how often \
      such an item may be taken for a stored one.

      A large database is searched along a graph, which is made once, in minutes, and kept beside it \
      (NAME.index); the answer then gives the recall of the search. \
      With --exact all are compared.

      EXAMPLES
        hourglass match find clip.wav --database songs.db
        hourglass match find damaged.png --database images.db --count 3 \\
          --false-accepts 0.01
        hourglass match find --at 0.45,0.97 --database map.db
      """
  )

  @Argument(help: "What to find: files or folders.")
  var items: [String] = []

  @OptionGroup
  var library: DatabaseOption

  @Option(help: ArgumentHelp("Find the items nearest to these coordinates.", valueName: "x,y"))
  var at: Coordinates?

  @Option(help: ArgumentHelp("The most items to print for each.", valueName: "n"))
  var count: Int = 5

  @Option(
    help: ArgumentHelp(
      "How often an item that is not in the database may be taken for one that is.",
      valueName: "rate"
    )
  )
  var falseAccepts: Double?

  @Option(
    name: .customLong("where"),
    help: ArgumentHelp(
      "Find only items with this metadata; may be repeated.",
      valueName: "key=value"
    )
  )
  var conditions: [String] = []

  @Flag(help: "Compare every signature, however many there are.")
  var exact = false

  @Flag(help: "Search along a graph, however few signatures there are.")
  var approximate = false

  @OptionGroup
  var given: DataArguments

  var saying: OutputArguments { given.saying }

  func request() throws -> JobRequest {
    var options = MatchFindOptions()
    options.database = library.database
    options.at = at
    options.count = count
    options.falseAccepts = falseAccepts
    options.conditions = conditions
    options.exact = exact
    options.approximate = approximate
    return given.request(options, items)
  }
}
