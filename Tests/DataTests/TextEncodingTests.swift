import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassData

@Suite struct TextEncodingTests {
  private static let text =
    "Straße;Größe;Ort\r\nCafé-Weg;2,5;Orléans\r\n\"a;b\nc\";3,5;„Zürich“\r\nx;;Köln €\r\n"

  /// The text in every encoding, with and without a byte-order mark.
  private static let files: [(bytes: [UInt8], encoding: TextEncoding, hasMark: Bool)] = {
    TextEncoding.allCases.flatMap { encoding in
      var bytes: [UInt8] = []
      _ = encoding.encode(Array(text.utf8), to: &bytes)
      let mark = encoding.byteOrderMark
      return [(bytes, encoding, false)] + (mark.isEmpty ? [] : [(mark + bytes, encoding, true)])
    }
  }()

  private func table(
    _ stream: any ByteStream,
    _ encoding: TextEncoding? = nil
  ) throws -> Table {
    var options = TableOptions()
    options.encoding = encoding
    return try Table(
      ByteSource(stream, path: "t"),
      options: options,
      memoryLimit: large
    )
  }

  @Test func everyEncodingMeansTheSame() throws {
    let folder = try TemporaryFolder()
    let whole = try table(MemoryStream(Array(Self.text.utf8)))
    #expect(whole.columns.map(\.name) == ["Straße", "Größe", "Ort"])
    #expect(whole.rowCount == 3)
    #expect(whole.columns[0].text(1) == "a;b\nc")
    #expect(whole.columns[2].text(1) == "„Zürich“")
    #expect(whole.columns[2].text(2) == "Köln €")
    for file in Self.files {
      #expect(try table(MemoryStream(file.bytes)) == whole, "\(file.encoding), \(file.hasMark)")
      #expect(try table(MemoryStream(file.bytes), file.encoding) == whole)
      let path = try folder.file(file.bytes, name: "t")
      for window in [40, 41, 64] {
        let some = try Table(contentsOf: path, memoryLimit: large, windowSize: window)
        #expect(some == whole)
      }
    }
  }

  @Test func aCharacterThatIsCutIsWhole() throws {
    let whole = try table(MemoryStream(Array(Self.text.utf8)))
    for file in Self.files {
      for stream in waysToCut(file.bytes) {
        #expect(try table(stream) == whole, "\(file.encoding)")
      }
    }
  }

  @Test func theEncodingAndTheMarkAreFound() throws {
    let folder = try TemporaryFolder()
    for file in Self.files {
      let format = try TextFormat(contentsOf: folder.file(file.bytes))
      #expect(format?.encoding == file.encoding)
      #expect(format?.hasByteOrderMark == file.hasMark)
      #expect(format?.lineEnd == [13, 10])
    }
  }

  @Test func windows1252IsFoundHoweverLateItShows() throws {
    let folder = try TemporaryFolder()
    let rows = (0..<80_000).map { "\($0 % 7),x\($0 % 5),1234567890\n" }.joined()
    let path = try folder.file(
      Array(("a,b,c\n" + rows).utf8) + Array("1,caf".utf8) + [0xe9] + Array(",1\n".utf8)
    )
    let table = try Table(contentsOf: path)
    #expect(table.rowCount == 80_001)
    #expect(table.columns[1].text(80_000) == "café")
    #expect(try TextFormat(contentsOf: path)?.encoding == .utf8)
    #expect(try TextFormat(contentsOf: path, readsWhole: true)?.encoding == .windows1252)
    #expect(try StoredTable(contentsOf: path).schema.columns[1].kind == .category)
  }

  @Test func mixedEncodingsAreAnErrorWithTheLine() throws {
    let folder = try TemporaryFolder()
    let bytes: [[UInt8]] = [
      // UTF-8 first, and a byte that is none; and the other way around.
      Array("a,b\nx,é\ny,".utf8) + [0xe9] + Array("\n".utf8),
      Array("a,b\nx,".utf8) + [0xe9] + Array("\ny,é\n".utf8),
      // A byte that Windows-1252 does not have.
      Array("a,b\nx,1\ny,".utf8) + [0x81] + Array("z\n".utf8),
      // Half a character of UTF-16, in the middle and at the end.
      [0xff, 0xfe] + "a,b\nx,1\ny,".utf16.flatMap { [UInt8($0), 0] } + [0, 0xd8, 0x0a, 0],
      [0xff, 0xfe] + "a,b\nx,1\ny,z".utf16.flatMap { [UInt8($0), 0] } + [0x41],
    ]
    for (number, some) in bytes.enumerated() {
      let path = try folder.file(some)
      #expect(throws: DatasetError.notUTF8(path: path, line: 3), "file \(number)") {
        try Table(contentsOf: path)
      }
    }
    // What is declared is believed.
    var options = TableOptions()
    options.encoding = .windows1252
    let table = try Table(contentsOf: folder.file(bytes[0]), options: options)
    #expect(table.columns[1].text(0) == "Ã©")
    #expect(table.columns[1].text(1) == "é")
  }

  @Test func aZeroInATextIsNoUTF16() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("a,weight\n1,\0\n")
    #expect(throws: DatasetError.controlByte(path: path, line: 2, byte: 0)) {
      try Table(contentsOf: path)
    }
  }

  @Test(arguments: [
    ("UTF-8", TextEncoding.utf8), ("utf-16", .utf16LittleEndian), ("UTF-16BE", .utf16BigEndian),
    ("latin1", .windows1252), ("ISO-8859-1", .windows1252), ("cp1252", .windows1252),
  ])
  func namesAreThoseThatPeopleUse(_ name: String, _ encoding: TextEncoding) {
    #expect(TextEncoding(name: name) == encoding)
    #expect(TextEncoding(name: "koi8-r") == nil)
  }

  @Test func everyByteOfWindows1252ComesBack() throws {
    let bytes = (0x20...0xff).map { UInt8($0) }
    let stream = TextDecodingStream(MemoryStream(bytes), encoding: .windows1252, isFound: false)
    var text = [UInt8](repeating: 0, count: 1000)
    let count = try stream.read(into: &text, from: 0)
    var back: [UInt8] = []
    #expect(TextEncoding.windows1252.encode(Array(text.prefix(count)), to: &back) == nil)
    #expect(back == bytes)
    #expect(TextEncoding.windows1252.encode(Array("aЖ".utf8), to: &back) == "Ж")
  }

  @Test func partsMayHaveDifferentEncodings() throws {
    let folder = try TemporaryFolder()
    for (number, file) in Self.files.enumerated() {
      _ = try folder.file(file.bytes, name: "part-\(number)")
    }
    let table = try Table(contentsOf: folder.path)
    #expect(table.rowCount == 3 * Self.files.count)
    #expect(
      (0..<table.rowCount).allSatisfy { $0 % 3 != 2 || table.columns[2].text($0) == "Köln €" }
    )
  }
}
