internal import HourglassSystem
internal import HourglassTensors

/// Bytes that can be read at any offset: those of an open file, or some in memory.
protocol PositionedBytes: Sendable {
  /// The number of all bytes.
  var count: Int { get }

  /// Reads bytes from a place on into a part of an array, and says how many: 0 at the end, and
  /// perhaps fewer than there is room for.
  func read(
    at place: Int,
    into bytes: inout [UInt8],
    _ room: Range<Int>
  ) throws(DatasetError) -> Int
}

extension PositionedBytes {
  /// The bytes of a range, fewer where the end comes first.
  func bytes(_ range: Range<Int>) throws(DatasetError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: range.count)
    var found = 0
    while found < bytes.count {
      let more = try read(at: range.lowerBound + found, into: &bytes, found..<bytes.count)
      if more == 0 { break }
      found += more
    }
    bytes.removeLast(bytes.count - found)
    return bytes
  }
}

/// The bytes of an ordinary file, of which none are held.
///
/// The file stays open, so that another one that takes its name meanwhile does not matter.
final class PositionedFile: PositionedBytes {
  /// The number of bytes when the file was opened.
  let count: Int
  private let file: InputFile

  init(path: String) throws(DatasetError) {
    do throws(FileError) {
      file = try InputFile(path: path)
    } catch {
      throw .file(error)
    }
    count = file.size ?? 0
  }

  func read(
    at place: Int,
    into bytes: inout [UInt8],
    _ room: Range<Int>
  ) throws(DatasetError) -> Int {
    do throws(FileError) {
      return try file.read(at: place, into: &bytes, room)
    } catch {
      throw .file(error)
    }
  }
}

/// Bytes in memory, as those of a pipe or of a gzip file must be held.
struct MemoryBytes: PositionedBytes {
  private let all: [UInt8]

  init(_ bytes: [UInt8]) { all = bytes }

  var count: Int { all.count }

  func read(at place: Int, into bytes: inout [UInt8], _ room: Range<Int>) -> Int {
    let moved = max(min(room.count, all.count - place), 0)
    guard moved > 0 else { return 0 }
    bytes.replaceSubrange(
      room.lowerBound..<room.lowerBound + moved,
      with: all[place..<place + moved]
    )
    return moved
  }
}
