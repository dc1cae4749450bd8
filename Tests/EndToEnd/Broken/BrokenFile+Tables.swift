extension BrokenFile {
  private static let rows = "a,b\n1,2\n3,5\n4,4\n"

  /// Tables.
  static let tables: [BrokenFile] = [
    BrokenFile("empty.csv", "found an empty file", text: ""),
    BrokenFile("blank.csv", "found an empty file", text: "\n\n\n"),
    BrokenFile("header.csv", "found none", text: "a,b\n"),
    BrokenFile("short-row.csv", "found 1", text: rows + "7\n"),
    BrokenFile("long-row.csv", "found 3", text: rows + "7,8,9\n"),
    BrokenFile("open-quote.csv", "found none within 10 bytes", text: rows + "\"7,8\n9,10\n"),
    BrokenFile("after-quote.csv", "found something else", text: rows + "\"7\"x,8\n"),
    BrokenFile("nul.csv", "found the byte 0x00", text: rows + "7,\0\n"),
    BrokenFile("utf16.csv", "line 5: expected text in one encoding") {
      [0xff, 0xfe] + (rows + "x,y").utf16.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] } + [0]
    },
    BrokenFile("no-utf8.csv", "found bytes that are none") {
      Array("a,b\n1,x\n2,é\n3,".utf8) + [0xc3, 0x28, 0x0a]
    },
    BrokenFile("broken.jsonl", "line 2: expected a JSON object", text: "{\"a\": 1}\n{\"a\": }\n"),
    BrokenFile("cut.jsonl", "found a text without", text: "{\"a\": 1}\n{\"a\": 2}\n{\"a\": \"3"),
    BrokenFile("cut.csv.zst", "found that it stops early after 7 bytes") {
      [0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x58, 0x21]
    },
    BrokenFile("document.csv", "found a PDF document", text: "%PDF-1.4\n%âãÏÓ\n1 0 obj\n"),
    BrokenFile(
      "page.csv",
      "found a web page or XML",
      text: "<!DOCTYPE html><html><body>404</body></html>\n"
    ),
    BrokenFile("endless-line.csv", "found a longer one") {
      Array("a,b\n1,".utf8) + [UInt8](repeating: 0x39, count: 24 << 20)
    },
    BrokenFile("many-columns.csv", "found more in the first row") {
      Array(String(repeating: "1,", count: 1_200_000).utf8) + Array("1\n".utf8)
    },
    BrokenFile("infinite.csv", "found \"inf\"", text: "a,b\n1,2\n3,inf\n4,5\n"),
    BrokenFile(
      "huge-number.csv",
      "found \"1e999\" in line 42",
      text: "a,b\n" + (0..<40).map { "\($0 * 7 % 41),\($0)\n" }.joined() + "3,1e999\n"
    ),
    BrokenFile("no-time.csv", "found a, b", options: ["--series", "t"], text: rows),
    BrokenFile("no-column.csv", "found a, b", options: ["--column", "c=number"], text: rows),
    BrokenFile(
      "text-number.csv",
      "found \"x\"",
      options: ["--column", "a=number"],
      text: "a,b\n1,2\nx,3\n"
    ),
    BrokenFile("cut.csv.gz", "found that it stops early after 654 bytes") {
      try Array(Bytes.golden("numbers.gz").dropLast(400))
    },
    BrokenFile("sum.csv.gz", "found damaged data (incorrect data check)") {
      let bytes = try Bytes.golden("numbers.gz")
      return try Bytes.golden("numbers.gz", at: bytes.count - 8, [1, 2, 3, 4])
    },
    BrokenFile("length.csv.gz", "found damaged data (incorrect length check)") {
      let bytes = try Bytes.golden("numbers.gz")
      return try Bytes.golden("numbers.gz", at: bytes.count - 4, [1, 2, 3, 4])
    },
    BrokenFile("damaged.csv.gz", "found damaged data (incorrect data check)") {
      try Bytes.golden("numbers.gz", at: 300, [0xff, 0xff, 0xff, 0xff])
    },
    BrokenFile("tail.csv.gz", "found other bytes") {
      try Bytes.golden("numbers.gz") + Array("tail".utf8)
    },
    BrokenFile("method.csv.gz", "found damaged data (unknown compression method)") {
      try Bytes.golden("numbers.gz", at: 2, [9])
    },
    BrokenFile("flags.csv.gz", "found damaged data (unknown header flags set)") {
      try Bytes.golden("numbers.gz", at: 3, [0xe0])
    },
    BrokenFile("bomb.csv.gz", "found 0x00") {
      let zeros = try Bytes.golden("zeros.gz")
      return Array(repeatElement(zeros, count: 8_000).joined())
    },
  ]
}
