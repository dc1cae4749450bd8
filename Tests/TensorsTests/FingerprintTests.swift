import HourglassSystem
import HourglassTensors
import Testing

@Suite struct FingerprintTests {
  /// The hashes come from the Python package xxhash 3, `xxh64(text).hexdigest()`.
  @Test(arguments: [
    ("", "ef46db3751d8e999"), ("a", "d24ec4f1a98c6e5b"), ("abc", "44bc2cf5ad770999"),
    ("Nobody inspects the spammish repetition", "fbcea83c8a378bf1"),
  ])
  func itIsTheHashXXH64(_ text: String, _ expected: String) {
    let bytes = Array(text.utf8)
    #expect(Fingerprint.hexadecimal(Fingerprint.hash(bytes.span.bytes)) == expected)
  }

  @Test func everyLengthOfTailIsRead() {
    let bytes = (0...100).map { UInt8($0) }
    #expect(Fingerprint.hexadecimal(Fingerprint.hash(bytes.span.bytes)) == "e99038495f85381e")
    let hashes = (0...100).map { Fingerprint.hash(bytes.span.extracting(first: $0).bytes) }
    #expect(Set(hashes).count == 101)
    // Piece by piece it is the same, wherever the pieces end.
    for size in 1...70 {
      var stream = Fingerprint.Stream()
      for start in stride(from: 0, to: 101, by: size) {
        let piece = Array(bytes[start..<min(start + size, 101)])
        stream.append(piece.span.bytes)
      }
      #expect(Fingerprint.hexadecimal(stream.hash) == "e99038495f85381e", "\(size)")
    }
    #expect(Fingerprint.hexadecimal(0x1f) == "000000000000001f")
  }

  @Test func textsAndNumbersAreTakenAsBytes() {
    func hash(_ texts: [String]) -> UInt64 {
      var stream = Fingerprint.Stream()
      for text in texts { stream.append(text) }
      return stream.hash
    }
    #expect(hash(["ab", "c"]) == hash(["ab", "c"]))
    #expect(hash(["ab", "c"]) != hash(["a", "bc"]) && hash(["ab"]) != hash(["ab", ""]))
    var stream = Fingerprint.Stream()
    stream.append(0x0807_0605_0403_0201)
    let bytes: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]
    #expect(stream.hash == Fingerprint.hash(bytes.span.bytes))
  }
}
