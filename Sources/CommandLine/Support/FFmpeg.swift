import CHourglassProcess
import HourglassMedia
import HourglassSystem

/// The program that decodes the sounds of files that the library does not read, where it is installed.
///
/// It gets the path of a file as an argument, no shell and no input, opens no address of a network, and is
/// stopped when it takes too long or writes too much.
struct FFmpeg: Sendable {
  private let program: String

  /// The seconds that it may take for a file.
  private static let seconds: Int32 = 300

  /// Looks for `ffmpeg` in the folders of PATH; none where it is in none of them.
  init?() {
    guard let path = getenv("PATH") else { return nil }
    for folder in String(cString: path).split(separator: ":") where folder.hasPrefix("/") {
      let found = "\(folder)/ffmpeg"
      guard access(found, X_OK) == 0 else { continue }
      program = found
      return
    }
    return nil
  }

  /// What decodes sounds by it; none where it is not installed.
  static var decoder: ForeignSounds.Decoder? {
    guard let ffmpeg = FFmpeg() else { return nil }
    return { path throws(MediaError) in try ffmpeg.wave(of: path) }
  }

  /// The sound of a file as a WAV file.
  func wave(of path: String) throws(MediaError) -> [UInt8] {
    let words = [
      program, "-nostdin", "-hide_banner", "-loglevel", "quiet", "-protocol_whitelist", "file,pipe",
      "-i", "file:" + path, "-vn", "-map", "0:a:0", "-c:a", "pcm_s16le", "-f", "wav", "pipe:1",
    ]
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { word in strdup(word) }
    defer { for argument in arguments { free(argument) } }
    arguments.append(nil)
    var child = hg_child()
    defer { hg_child_free(&child) }
    let limit = Sound.standardByteLimit / 2
    let status = hg_child_run(program, arguments, limit, Self.seconds, &child)
    switch status {
    case HG_CHILD_OK where child.size > 0:
      return Array(UnsafeBufferPointer(start: child.bytes, count: child.size))
    case HG_CHILD_LATE:
      throw .sound(.notDecoded(path: path, reason: "was not done after \(Self.seconds) seconds"))
    case HG_CHILD_TOO_LONG: throw .tooLarge(path: path, bytes: limit + 1, limit: limit)
    case HG_CHILD_MEMORY: throw .noMemory(path: path)
    default:
      throw .sound(.notDecoded(path: path, reason: "ended with the code \(child.exit_code)"))
    }
  }
}
