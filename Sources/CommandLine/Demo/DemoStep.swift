import HourglassJobs

/// One job of the demonstration: its command lines and what to show of their results.
struct DemoStep {
  /// An image that a command wrote.
  struct Image {
    var path: String
    var caption: String
  }

  /// Some rows of a table that a command wrote.
  struct QueryClip {
    var path: String
    var caption: String
    /// The columns to show; the first ones where none are named.
    var columns: [String] = []
    /// The column whose largest values come first.
    var largestOf: String?
    /// The number of rows to show.
    var count = 8
  }

  /// A column of numbers of a table that a command wrote, drawn in the order of its rows.
  struct Chart {
    var path: String
    var value: String
    var caption: String
  }

  /// The verb.
  let job: String
  /// The heading of its section.
  var heading: String
  /// What the job is for, in a sentence or two.
  var summary: String
  /// The arguments of each command.
  var commands: [[String]]
  /// What to show.
  var images: [Image] = []
  /// What to show of tables.
  var tables: [QueryClip] = []
  /// What to draw of a table.
  var chart: Chart?
  /// The files that an earlier run may have left and that must not be there.
  var before: [String] = []
  /// Where the data come from, in a sentence.
  var source: String

  /// Makes sure that the example data are there.
  static func checkData(_ folder: String) throws(Failure) {
    guard FileKind.exists("\(folder)/GrayImages/clothes-images.gz") else {
      throw Failure(
        "cannot run the demonstration: expected the example data in \(folder), found none. "
          + "Run it in the folder of the repository, or give --data FOLDER.",
        exitCode: .data
      )
    }
  }

  /// A command as somebody would type it.
  static func commandLine(_ arguments: [String]) -> String {
    (["hourglass"] + arguments).map(quoted).joined(separator: " ")
  }

  private static func quoted(_ word: String) -> String {
    let isPlain =
      !word.isEmpty && word.allSatisfy { $0.isLetter || $0.isNumber || "-_./:,=+%@".contains($0) }
    return isPlain
      ? word
      : "'"
        + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
        + "'"
  }
}
