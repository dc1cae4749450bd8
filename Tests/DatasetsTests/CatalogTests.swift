import Foundation
import HourglassDatasets
import Testing

struct CatalogTests {
  /// The examples of FIPS 180-4 and of NIST's test vectors.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      String(repeating: "a", count: 1_000_000),
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    ),
  ])
  func digestsAreThoseOfTheStandard(_ text: String, _ digest: String) {
    #expect(SHA256.hexadecimal(Array(text.utf8)) == digest)
  }

  @Test func piecesOfAnyLengthGiveTheSameDigest() {
    let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 * 7) }
    let whole = SHA256.hexadecimal(bytes)
    for length in [1, 55, 56, 63, 64, 65, 127, 999] {
      var digest = SHA256()
      for start in stride(from: 0, to: bytes.count, by: length) {
        digest.update(bytes[start..<min(start + length, bytes.count)])
      }
      #expect(digest.finished() == whole, "pieces of \(length)")
    }
  }

  @Test func knownSetsAreWellDescribed() {
    #expect(Set(CatalogEntry.known.map(\.name)).count == CatalogEntry.known.count)
    for entry in CatalogEntry.known { #expect(entry.problem == nil, "\(entry.name)") }
  }

  @Test(arguments: ["../up", "", ".hidden", "a/b", "-o", "a b"])
  func namesThatLeaveTheFolderAreRefused(_ name: String) {
    let file = CatalogEntry.File(
      name: name,
      address: "https://example.org/x",
      byteCount: 1,
      digest: String(repeating: "0", count: 64)
    )
    #expect(CatalogEntry(name: "x", summary: "", licence: "", files: [file]).problem != nil)
  }

  @Test func tablesGetTheirHeader() throws {
    let folder = try TemporaryFolder()
    let raw = folder.path + "/raw"
    try Data("|comment\na, 1 , x.\n\nb, 2, y\n".utf8).write(to: URL(fileURLWithPath: raw))
    let file = CatalogEntry.File(
      name: "raw",
      address: "https://example.org/raw",
      byteCount: 1,
      digest: "",
      preparation: .table(name: "ready.csv", header: ["p", "q", "r"])
    )
    try file.prepare(raw, into: folder.path)
    let text = try String(contentsOfFile: folder.path + "/ready.csv", encoding: .utf8)
    #expect(text == "p,q,r\na,1,x\nb,2,y\n")
  }

  @Test func onlyNamedMembersOfAnArchiveBecomeFiles() throws {
    let folder = try TemporaryFolder()
    let archive = folder.path + "/a.tar"
    let contents = (0..<1300).map { UInt8(truncatingIfNeeded: $0) }
    let bytes =
      Self.member("../evil", Array("evil".utf8)) + Self.member("in/data.bin", contents)
      + [UInt8](repeating: 0, count: 1024)
    try Data(bytes).write(to: URL(fileURLWithPath: archive))
    try Self.archive("in/data.bin").prepare(archive, into: folder.path)
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path + "/data.bin")) == Data(contents))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == [
        "a.tar", "data.bin",
      ]
    )
  }

  /// Cut anywhere within its members, with a wrong sum, and without the member that is wanted.
  @Test func damagedArchivesAreErrorsAndLeaveNothing() throws {
    let folder = try TemporaryFolder()
    let archive = folder.path + "/a.tar"
    let whole = Self.member("in/data.bin", [UInt8](repeating: 7, count: 700))
    var wrong = whole
    wrong[0] = 88
    let other = Self.member("in/other.bin", [1]) + [UInt8](repeating: 0, count: 1024)
    let cuts = [0, 1, 511, 512, 513, 1211].map { Array(whole.prefix($0)) }
    for bytes in cuts + [wrong, other] {
      try Data(bytes).write(to: URL(fileURLWithPath: archive))
      #expect(throws: DatasetError.self, "\(bytes.count) bytes") {
        try Self.archive("in/data.bin").prepare(archive, into: folder.path)
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.tar"])
    }
  }

  private static func archive(_ path: String) -> CatalogEntry.File {
    CatalogEntry.File(
      name: "a.tar",
      address: "https://example.org/a.tar",
      byteCount: 1,
      digest: "",
      preparation: .archive([CatalogEntry.Member(path: path, name: "data.bin")])
    )
  }

  /// A member of a tar archive, as IEEE Std 1003.1 lays it out.
  private static func member(_ name: String, _ contents: [UInt8]) -> [UInt8] {
    var header = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, at offset: Int) {
      for (index, byte) in text.utf8.enumerated() { header[offset + index] = byte }
    }
    func octal(_ number: Int, _ width: Int) -> String {
      let digits = String(number, radix: 8)
      return String(repeating: "0", count: width - digits.count) + digits
    }
    put(name, at: 0)
    put(octal(contents.count, 11), at: 124)
    put("        ", at: 148)
    put("0", at: 156)
    put("ustar", at: 257)
    let sum = header.reduce(0) { $0 + Int($1) }
    put(octal(sum, 6) + "\0 ", at: 148)
    let padding = (512 - contents.count % 512) % 512
    return header + contents + [UInt8](repeating: 0, count: padding)
  }
}
