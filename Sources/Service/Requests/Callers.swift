internal import HourglassSystem
internal import Synchronization

/// Who may ask: tokens of programs, and cookies of browsers, with the workspaces that they open.
final class Callers: Sendable {
  private struct Session {
    var user: String
    var used: ContinuousClock.Instant
  }

  /// The name of the cookie.
  static let cookie = "hourglass_session"
  /// The most sessions at once; the one that was not used for the longest makes room.
  private static let room = 10_000
  /// How long a session lasts that nobody uses.
  private let patience: Duration

  private let tokens: [(token: [UInt8], workspace: Workspace)]
  private let sessions = Mutex<[String: Session]>([:])
  /// The workspace that a browser opens without a token; none where everybody needs one.
  let open: Workspace?

  /// - Parameters:
  ///   - tokens: The tokens and what they open.
  ///   - open: What a browser opens that loads the page.
  ///   - patience: How long a session lasts that nobody uses.
  init(
    tokens: [(String, Workspace)],
    open: Workspace?,
    patience: Duration = .seconds(7 * 24 * 3600)
  ) {
    self.patience = patience
    self.tokens = tokens.map { (Array($0.0.utf8), $0.1) }
    self.open = open
  }

  /// All workspaces.
  var workspaces: [Workspace] { tokens.map(\.workspace) }

  /// What a token opens.
  ///
  /// The time that this takes says nothing of the tokens but their number.
  func workspace(token: String) -> Workspace? {
    let given = Array(token.utf8)
    var found: Workspace?
    for (token, workspace) in tokens {
      var differences = UInt8(token.count == given.count ? 0 : 1)
      for (index, byte) in token.enumerated() {
        differences |= byte ^ (index < given.count ? given[index] : 0)
      }
      if differences == 0 { found = workspace }
    }
    return found
  }

  /// What the cookie of a session opens.
  func workspace(session: String) -> Workspace? {
    let now = ContinuousClock.now
    let user = sessions.withLock { sessions in
      if let known = sessions[session], now - known.used > patience { sessions[session] = nil }
      sessions[session]?.used = now
      return sessions[session]?.user
    }
    return user.flatMap { user in tokens.first { $0.workspace.user == user }?.workspace }
  }

  /// Begins a session, and gives the value of its cookie.
  func begin(_ workspace: Workspace) -> String {
    let value = RandomToken.make()
    sessions.withLock { sessions in
      if sessions.count >= Self.room,
        let oldest = sessions.min(by: { $0.value.used < $1.value.used })?.key
      {
        sessions[oldest] = nil
      }
      sessions[value] = Session(user: workspace.user, used: .now)
    }
    return value
  }

  /// Ends a session.
  func end(_ session: String) { sessions.withLock { $0[session] = nil } }
}

/// Texts that nobody can guess.
enum RandomToken {
  /// 32 bytes of the system's random numbers, in hexadecimal digits.
  static func make() -> String {
    var generator = SystemRandomNumberGenerator()
    return (0..<4).map { _ in
      let digits = String(generator.next(), radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }
}
