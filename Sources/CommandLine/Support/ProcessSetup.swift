import HourglassSystem

/// What a program must put right about itself before it opens its first file.
enum ProcessSetup {
  /// Makes sure that the three standard streams are there, and that a reader that goes away ends
  /// the program quietly.
  static func run() {
    // A stream that is closed would give its number to the next file, and messages would be
    // written into that file.
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
      // Results must not vanish: writing them to what is only read from fails.
      _ = open("/dev/null", descriptor == STDOUT_FILENO ? O_RDONLY : O_RDWR)
    }
    // Some parents ignore SIGPIPE, and their children inherit that.
    signal(SIGPIPE, SIG_DFL)
  }
}

/// Ends the process; the parser's method of the same name hides the one of the system.
func endProcess(_ code: Int32) -> Never { exit(code) }
