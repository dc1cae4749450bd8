import Foundation
import HourglassSystem
import HourglassTensors
import HourglassTestSupport
import Testing

@Suite final class AtomicFileTests {
  let folder: String

  init() throws {
    folder = NSTemporaryDirectory() + "hourglass-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func contents(_ name: String) -> String? {
    FileManager.default.contents(atPath: "\(folder)/\(name)").map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  @Test func commitPutsTheWholeFileInItsPlace() throws {
    let file = try AtomicFile(replacing: "\(folder)/a.txt")
    try file.write(Array("one ".utf8))
    try file.write([])
    try file.write(Array("two".utf8))
    #expect(contents("a.txt") == nil)
    try file.commit()
    #expect(contents("a.txt") == "one two")
    #expect(try names() == ["a.txt"])
  }

  @Test func aFileThatIsGivenUpLeavesTheFormerOne() throws {
    try AtomicFile.replace("\(folder)/a.txt", with: Array("former".utf8))
    do {
      let file = try AtomicFile(replacing: "\(folder)/a.txt")
      try file.write(Array("new".utf8))
      #expect(try names().count == 2)
    }
    let file = try AtomicFile(replacing: "\(folder)/a.txt")
    file.cancel()
    #expect(contents("a.txt") == "former")
    #expect(try names() == ["a.txt"])
  }

  @Test func numbersAreWrittenAsTheirBytes() throws {
    let file = try AtomicFile(replacing: "\(folder)/numbers")
    let numbers: [Float] = [1, -2]
    try file.write(numbers.span.bytes)
    try file.commit()
    let bytes = FileManager.default.contents(atPath: "\(folder)/numbers").map(Array.init)
    #expect(bytes == [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0])
  }

  @Test func aReplacedFileKeepsItsPermissionsAndItsLink() throws {
    let manager = FileManager.default
    try AtomicFile.replace("\(folder)/a.txt", with: [])
    try manager.setAttributes([.posixPermissions: 0o640], ofItemAtPath: "\(folder)/a.txt")
    try manager.createSymbolicLink(
      atPath: "\(folder)/link",
      withDestinationPath: "\(folder)/a.txt"
    )
    try AtomicFile.replace("\(folder)/link", with: Array("new".utf8))
    #expect(contents("a.txt") == "new")
    #expect(try manager.destinationOfSymbolicLink(atPath: "\(folder)/link") == "\(folder)/a.txt")
    let permissions = try manager.attributesOfItem(atPath: "\(folder)/a.txt")[.posixPermissions]
    #expect(permissions as? Int == 0o640)
  }

  /// Links to where no file is yet, one behind another, stay links.
  @Test func aLinkToAFileThatIsNotThereIsFollowed() throws {
    let manager = FileManager.default
    try manager.createDirectory(atPath: "\(folder)/far", withIntermediateDirectories: true)
    try manager.createSymbolicLink(
      atPath: "\(folder)/far/second",
      withDestinationPath: "\(folder)/far/new.txt"
    )
    try manager.createSymbolicLink(atPath: "\(folder)/first", withDestinationPath: "far/second")
    try AtomicFile.replace("\(folder)/first", with: [1, 2])
    #expect(manager.contents(atPath: "\(folder)/far/new.txt") == Data([1, 2]))
    #expect(try manager.destinationOfSymbolicLink(atPath: "\(folder)/first") == "far/second")
    // A link to itself leads nowhere.
    try manager.createSymbolicLink(atPath: "\(folder)/loop", withDestinationPath: "loop")
    #expect(throws: FileError.self) { try AtomicFile.replace("\(folder)/loop", with: [1]) }
  }

  @Test func aMissingFolderIsNamed() throws {
    let path = "\(folder)/none/a.txt"
    let error = #expect(throws: FileError.self) { try AtomicFile(replacing: path) }
    #expect(
      error?.description == """
        cannot write \(path): making a new file beside it failed: No such file or directory. \
        Make the folder first, or check the spelling of the path. \
        Nothing that was at this path has changed.
        """
    )
    #expect(error?.isFaultOfTheMachine == false)
  }

  @Test(arguments: ["", "/", "/sub", "/sub/"])
  func aFolderIsNoFile(_ suffix: String) throws {
    try FileManager.default.createDirectory(
      atPath: "\(folder)/sub",
      withIntermediateDirectories: true
    )
    let error = #expect(throws: FileError.self) { try AtomicFile(replacing: folder + suffix) }
    #expect(error?.hint == "This is a folder; give the name of a file in it.")
  }

  @Test func anEmptyPathIsRefused() {
    #expect(throws: FileError.self) { try AtomicFile(replacing: "") }
  }

  @Test(.enabled(if: getuid() != 0, "the superuser may write everywhere"))
  func aFolderThatMayNotBeWrittenToIsNamed() throws {
    try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: folder)
    let error = #expect(throws: FileError.self) { try AtomicFile(replacing: "\(folder)/a.txt") }
    #expect(error?.code == EACCES)
    #expect(error?.operation == .create)
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder)
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "needs /dev/full"))
  func aFullDeviceIsReportedAtTheWrite() throws {
    let file = try AtomicFile(replacing: "/dev/full")
    let error = #expect(throws: FileError.self) { try file.write([1, 2, 3]) }
    #expect(
      error?.description == """
        cannot write /dev/full: writing the new file failed: No space left on device. \
        Free some space, or write to another disk. Nothing that was at this path has changed.
        """
    )
    #expect(error?.isFaultOfTheMachine == true)
    #expect(FileManager.default.fileExists(atPath: "/dev/full"))
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/null"), "needs /dev/null"))
  func aDeviceIsWrittenToAndNotReplaced() throws {
    try AtomicFile.replace("/dev/null", with: [1, 2, 3])
    var status = stat()
    #expect(stat("/dev/null", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
  }

  /// Mounts a file system of a few kilobytes, which only the superuser can.
  private static func mountDisk(_ path: String) throws -> Bool {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return getuid() == 0 && mount("tmpfs", path, "tmpfs", 0, "size=64k") == 0
  }

  private static let mountsDisks: Bool = {
    let path = NSTemporaryDirectory() + "hourglass-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: path) }
    guard (try? mountDisk(path)) == true else { return false }
    return umount(path) == 0
  }()

  @Test(.enabled(if: AtomicFileTests.mountsDisks, "needs root and the right to mount a small disk"))
  func aFullDiskLeavesTheFormerFileWhole() throws {
    let disk = "\(folder)/disk"
    let isMounted = try Self.mountDisk(disk)
    try #require(isMounted)
    defer { _ = umount(disk) }
    try AtomicFile.replace("\(disk)/a.bin", with: [7])
    let file = try AtomicFile(replacing: "\(disk)/a.bin")
    let error = #expect(throws: FileError.self) {
      try file.write([UInt8](repeating: 1, count: 1 << 20))
    }
    #expect(error?.code == ENOSPC)
    #expect(try FileManager.default.contentsOfDirectory(atPath: disk) == ["a.bin"])
    #expect(FileManager.default.contents(atPath: "\(disk)/a.bin") == Data([7]))
  }
}
