internal import HourglassJobs
internal import HourglassSystem

/// The users of `--token-file`: a line for each, with a name, a token, and quotas where those of the command
/// line do not fit.
///
///     # name token [bytes=20g] [jobs=50] [minutes=600]
///     anna   6c1f0a3e9d7b4c2290f1
///
/// What stands behind # is no part of it.
struct TokenFile {
  struct User: Equatable {
    var name: String
    var token: String
    var quota: Quota
  }

  let users: [User]

  init(contentsOf path: String, quota: Quota) throws {
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let file = try InputFile(path: path)
    var count = 0
    while count < bytes.count, case let more = try file.read(into: &bytes, from: count), more > 0 {
      count += more
    }
    try self.init(text: String(decoding: bytes[..<count], as: UTF8.self), name: path, quota: quota)
  }

  init(text: String, name: String, quota: Quota) throws(Failure) {
    var users: [User] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let words = line.prefix { $0 != "#" }.split { " \t\r".contains($0) }.map(String.init)
      guard let first = words.first else { continue }
      func failure(_ what: String) -> Failure { .usage("\(name), line \(index + 1): \(what)") }
      let letters = "abcdefghijklmnopqrstuvwxyz0123456789-_"
      guard (1...64).contains(first.count), first.allSatisfy({ letters.contains($0) }) else {
        throw failure("a user's name has 1 to 64 of a-z, 0-9, - and _")
      }
      guard words.count > 1, (16...4096).contains(words[1].utf8.count) else {
        throw failure("a token of at least 16 characters stands behind the name")
      }
      guard !users.contains(where: { $0.name == first || $0.token == words[1] }) else {
        throw failure("the name or the token stands there twice")
      }
      var own = quota
      for word in words.dropFirst(2) {
        let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2, Self.set(&own, parts[0], parts[1]) else {
          throw failure("a quota is bytes=20g, jobs=50 or minutes=600")
        }
      }
      users.append(User(name: first, token: words[1], quota: own))
    }
    guard !users.isEmpty else {
      throw .usage("\(name) has no user: write a line with a name and a token for each")
    }
    self.users = users
  }

  private static func set(_ quota: inout Quota, _ name: String, _ value: String) -> Bool {
    switch name {
    case "bytes": quota.bytes = ByteCount(text: value)?.count
    case "jobs": quota.jobs = Int(value).flatMap { $0 > 0 ? $0 : nil }
    case "minutes": quota.minutes = Double(value).flatMap { $0 > 0 && $0.isFinite ? $0 : nil }
    default: return false
    }
    return
      (name == "bytes"
      ? quota.bytes != nil : name == "jobs" ? quota.jobs != nil : quota.minutes != nil)
  }
}
