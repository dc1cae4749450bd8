internal import HourglassSystem

/// The folders of a user that the program may keep files in.
enum UserFolders {
  /// For what can be made again; none for a user without a home.
  static var cache: String? {
    (variable("XDG_CACHE_HOME") ?? variable("HOME").map { $0 + "/.cache" }).map {
      $0 + "/hourglass"
    }
  }

  /// A variable of the environment that is set and not empty.
  private static func variable(_ name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    let text = String(cString: value)
    return text.isEmpty ? nil : text
  }
}
