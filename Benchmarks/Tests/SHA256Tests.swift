import Testing

@testable import HourglassBenchmarks

struct SHA256Tests {
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

  @Test func filesHaveTheDigestOfTheirBytes() throws {
    let folder = try Folder()
    for count in [0, 3, 1 << 18, (1 << 18) + 1] {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7) }
      let path = folder.path("bytes")
      try folder.write(bytes, to: "bytes")
      #expect(try SHA256.hexadecimal(ofFile: path) == SHA256.hexadecimal(bytes), "\(count)")
    }
    #expect(throws: (any Error).self) { try SHA256.hexadecimal(ofFile: folder.path("none")) }
  }
}
