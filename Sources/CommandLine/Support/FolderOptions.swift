import ArgumentParser
import HourglassData
import HourglassModelFiles

/// How a folder of many files is read.
struct FolderOptions: ParsableArguments {
  @Flag(help: "Skip the files of a folder that cannot be read, and count them.")
  var skipUnreadable = false

  @Flag(
    help: ArgumentHelp(
      "Do not keep the decoded pixels of a folder of 1,000 images or more for the next time (they "
        + "are kept in \(UserFolders.shown), at most 2 GiB a folder)."
    )
  )
  var noCache = false

  /// Where decoded pixels are kept.
  var cacheFolder: String? { noCache ? nil : UserFolders.cache }
}
