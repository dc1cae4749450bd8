import Foundation
import Hourglass

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The reader that is tried: `HOURGLASS_FUZZ`, one of `table`, `dataset`, `image`, `sound`,
/// `series`, `model`.
private let reader = ProcessInfo.processInfo.environment["HOURGLASS_FUZZ"] ?? "table"

/// The file that the bytes are written to: in memory, where there is such a place.
private let path: String = {
  let folder = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : NSTemporaryDirectory()
  return "\(folder)/hourglass-fuzz-\(getpid())"
}()

/// Reads some bytes as a file: they are understood or refused with an error, and nothing else.
private func tryReading(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let data = Array(UnsafeBufferPointer(start: bytes, count: count))
  guard let file = fopen(path, "wb") else { return 0 }
  fwrite(data, 1, data.count, file)
  fclose(file)
  defer { unlink(path) }
  do {
    switch reader {
    case "table":
      let table = try Table(contentsOf: path)
      for column in table.columns { _ = (0..<table.rowCount).map { column.text($0) } }
      _ = table.fingerprint
    case "image":
      let image = try Image.load(contentsOf: path, pixelLimit: 1 << 20)
      _ = image.planes()
    case "sound":
      let sound = try Sound.load(contentsOf: path)
      _ = sound.channels.count
    case "series":
      var options = DatasetOptions()
      options.series = SeriesOptions(timeColumn: "t", window: 4)
      _ = try Dataset.load(contentsOf: path, options: options).fingerprint
    case "model": _ = try ModelFile(contentsOf: path).tensors()
    default: _ = try Dataset.load(contentsOf: path).fingerprint
    }
  } catch {
    _ = "\(error)"
  }
  return 0
}

/// The driver of libFuzzer (LLVM, "libFuzzer: a library for coverage-guided fuzz testing").
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

@main
struct Fuzz {
  static func main() {
    var count = CommandLine.argc
    var arguments = CommandLine.unsafeArgv
    exit(runDriver(&count, &arguments) { tryReading($0, $1) })
  }
}
