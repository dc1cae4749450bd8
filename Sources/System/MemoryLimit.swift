/// The memory that the decoded values of a file may take.
///
/// A small compressed file can promise, and hold, more than the machine has room for. A reader stops
/// with an error at a quarter of the memory of the machine (or of its container), which leaves room
/// for the array that grows and for learning.
package enum MemoryLimit {
  /// A quarter of the memory of the machine, or of the container where that is less.
  package static let standard: Int = {
    let pages = sysconf(Int32(_SC_PHYS_PAGES))
    let pageSize = sysconf(Int32(_SC_PAGESIZE))
    let machine = pages > 0 && pageSize > 0 ? pages * pageSize : 4 << 30
    return min(machine, containerLimit ?? machine) / 4
  }()

  private static var containerLimit: Int? {
    let paths = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"]
    for path in paths {
      var bytes = [UInt8](repeating: 0, count: 64)
      guard let file = try? InputFile(path: path),
        let count = try? file.read(into: &bytes, from: 0)
      else { continue }
      let digits = bytes.prefix(count).prefix { (0x30...0x39).contains($0) }
      if let limit = Int(String(decoding: digits, as: UTF8.self)), limit > 0 { return limit }
    }
    return nil
  }
}
