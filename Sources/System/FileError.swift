/// What the operating system refused to do with a file.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What was being done when the operating system refused.
  package enum Operation: String, Hashable, Sendable {
    /// Opening a file to read it.
    case open
    /// Reading from an open file.
    case read
    /// Making the new file, beside the one that it will replace.
    case create
    /// Writing to the new file.
    case write
    /// Making sure that what was written is on the disk.
    case flush
    /// Closing the new file.
    case close
    /// Giving the new file its name.
    case rename
    /// Removing a file that is no longer needed.
    case remove
    /// Copying a pipe to a temporary file, so that it can be read more than once.
    case spool
  }

  /// The file, as the user named it.
  public let path: String

  /// What was being done.
  package let operation: Operation

  /// The number of the reason, an `errno` of the operating system.
  public let code: Int32

  /// Makes an error from the number of its reason.
  package init(path: String, operation: Operation, code: Int32) {
    self.path = path
    self.operation = operation
    self.code = code
  }

  /// The reason in the words of the operating system, such as "No space left on device".
  public var reason: String {
    guard let text = strerror(code) else { return "error \(code)" }
    return String(cString: text)
  }

  /// What to do about it, one sentence.
  public var hint: String {
    switch (code, operation) {
    case (ENOSPC, .spool):
      "Give a file or a pipe that ends sooner, or set TMPDIR to a folder on a larger disk."
    case (ENOENT, .open): "Check the spelling of the path."
    case (ENOENT, _): "Make the folder first, or check the spelling of the path."
    case (ENOTDIR, _): "A part of the path is a file and not a folder; check the path."
    case (EISDIR, .open), (EISDIR, .read): "Give a file of that folder."
    case (EISDIR, _): "This is a folder; give the name of a file in it."
    case (_, .remove): "Remove it by other means."
    case (EACCES, .open), (EPERM, .open): "Ask for the right to read the file."
    case (EACCES, _), (EPERM, _): "Choose a folder and a file that you may write to."
    case (EROFS, _): "The disk is read-only; choose another folder."
    case (ENOSPC, _), (EDQUOT, _): "Free some space, or write to another disk."
    case (EFBIG, _): "The disk allows no file of this size; write to another one."
    case (ENAMETOOLONG, _): "Choose a shorter name."
    case (ELOOP, _): "The links lead to each other; remove one, or give the file itself."
    case (EMFILE, _), (ENFILE, _): "Too many files are open; raise the limit with ulimit -n."
    case (EIO, _): "The disk or the network drive may be failing; try another one."
    default: "Try again, or use another place."
    }
  }

  /// Whether the machine is at fault (space, input and output) and not the path.
  public var isFaultOfTheMachine: Bool {
    [ENOSPC, EDQUOT, EFBIG, EIO, EMFILE, ENFILE, ENOMEM].contains(code)
  }

  /// What was being done, what the operating system said, and what to do.
  public var description: String {
    let path = path.isEmpty ? "\"\"" : path
    let action =
      switch operation {
      case .open: "cannot open \(path)"
      case .read: "cannot read \(path)"
      case .create: "cannot write \(path): making a new file beside it failed"
      case .write: "cannot write \(path): writing the new file failed"
      case .flush: "cannot write \(path): putting the new file on the disk failed"
      case .close: "cannot write \(path): closing the new file failed"
      case .remove: "cannot remove \(path)"
      case .spool:
        "cannot read \(path): a pipe is copied to a temporary file, and its copy would leave less than 10 % "
          + "or 1 GiB of the disk free"
      case .rename: "cannot write \(path): giving the new file its name failed"
      }
    let kept =
      switch operation {
      case .open, .read, .remove, .spool: ""
      default: " Nothing that was at this path has changed."
      }
    return "\(action): \(reason). \(hint)\(kept)"
  }
}

/// An error that says what a program that it ends should give back to the system.
package protocol ErrorWithExitCode: Error, CustomStringConvertible {
  /// 1 where the data or the model is at fault, 2 where the settings are, 3 where the machine is.
  var exitCode: Int32 { get }
}
