internal import HourglassSystem

/// The most memory that this process ever had.
enum PeakMemory {
  /// The peak of the resident set in bytes; nil where the system does not say.
  ///
  /// On Linux it is what `/proc/self/status` says: what `getrusage` says there begins with the
  /// memory of the parent at the moment when it started this process.
  static var bytes: Int? {
    #if canImport(Darwin)
      var usage = rusage()
      return getrusage(RUSAGE_SELF, &usage) == 0 ? Int(usage.ru_maxrss) : nil
    #else
      return highWaterMark().map { $0 * 1024 }
    #endif
  }

  private static func highWaterMark() -> Int? {
    guard let file = fopen("/proc/self/status", "r") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 16_384)
    let count = fread(&bytes, 1, bytes.count, file)
    let lines = String(decoding: bytes.prefix(count), as: UTF8.self).split(separator: "\n")
    guard let line = lines.first(where: { $0.hasPrefix("VmHWM:") }) else { return nil }
    return line.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) }
  }
}
