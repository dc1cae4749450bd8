import ArgumentParser
import HourglassData
import HourglassSystem

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// This program once more, so that each command of the demonstration has a process of its own.
enum ChildProcess {
  /// Runs this program with some arguments, and gives what it printed.
  ///
  /// - Throws: A failure where it does not start, and its exit code where it does not end well; it
  ///   has said why then.
  static func output(of arguments: [String]) throws -> String {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw failure("making a pipe", errno) }
    defer { close(ends[0]) }
    let (status, child) = spawned(arguments, output: ends[1], closing: ends[0])
    close(ends[1])
    guard status == 0 else { throw failure("starting this program again", status) }
    let text = contents(of: ends[0])
    var ending: Int32 = 0
    while waitpid(child, &ending, 0) < 0 && errno == EINTR {}
    if ending == 0 { return text }
    // The lower seven bits are the signal that ended the process, the upper eight its exit code.
    let signal = ending & 0x7f
    guard signal == 0 else {
      throw Failure("the command was ended by the signal \(signal).", exitCode: .machine)
    }
    throw ExitCode(ending >> 8 & 0xff)
  }

  private static func spawned(
    _ arguments: [String],
    output: Int32,
    closing other: Int32
  ) -> (status: Int32, child: pid_t) {
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
    #else
      var actions = posix_spawn_file_actions_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    posix_spawn_file_actions_addclose(&actions, output)
    posix_spawn_file_actions_addclose(&actions, other)
    var words = (["hourglass"] + arguments).map { strdup($0) } + [nil]
    var environment =
      ProcessInfo.processInfo.environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in words + environment { free(text) } }
    var child: pid_t = 0
    let status = posix_spawn(&child, path, &actions, nil, &words, &environment)
    return (status, child)
  }

  /// The file of this program.
  private static var path: String {
    access("/proc/self/exe", X_OK) == 0 ? "/proc/self/exe" : CommandLine.arguments[0]
  }

  private static func contents(of descriptor: Int32) -> String {
    var text: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(descriptor, &piece, piece.count)
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { break }
      text += piece.prefix(count)
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static func failure(_ action: String, _ code: Int32) -> Failure {
    Failure("\(action) failed: \(String(cString: strerror(code))).", exitCode: .machine)
  }
}
