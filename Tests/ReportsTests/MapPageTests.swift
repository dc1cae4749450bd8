import Foundation
import HourglassMedia
import HourglassReports
import Testing

@Suite struct MapPageTests {
  private let evil = "</script><script>x</script>\"&'\\\u{0}\u{2028}"

  private func map(_ count: Int, names: [String] = ["a", "b"]) -> ScatterMap {
    ScatterMap(
      title: evil,
      x: (0..<count).map { Double($0 % 7) },
      y: (0..<count).map { Double($0 / 7) },
      coloring: .classes(names: names, of: (0..<count).map { $0 % names.count })
    )
  }

  /// What the script of the page reads.
  private func data(_ html: String) throws -> [String: Any] {
    let start = try #require(html.range(of: "id=\"map-data\">")).upperBound
    let end = try #require(html.range(of: "</script>", range: start..<html.endIndex)).lowerBound
    let object = try JSONSerialization.jsonObject(with: Data(html[start..<end].utf8))
    return try #require(object as? [String: Any])
  }

  private func bytes(_ value: Any?) throws -> Data {
    let text = try #require(value as? String)
    return try #require(Data(base64Encoded: text))
  }

  private func floats(_ value: Any?) throws -> [Float] {
    let bytes = try bytes(value)
    return stride(from: 0, to: bytes.count, by: 4).map { place in
      Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[place + $1]) << UInt32(8 * $1) })
    }
  }

  private func gray(_ value: UInt8) -> Image {
    Image(width: 3, height: 2, channels: 1, samples: .bytes(Array(repeating: value, count: 6)))
  }

  @Test func textsOfFilesAreNeverMarkup() throws {
    let page = MapPage(
      map(6, names: [evil, "b"]),
      noun: "row",
      names: Array(repeating: evil, count: 6),
      items: .rows(columns: [evil], Array(repeating: [evil], count: 6)),
      lattice: .rows(columns: [evil], Array(repeating: [evil], count: 16)),
      notes: [evil]
    )
    let html = page.html
    #expect(html.components(separatedBy: "<script").count == 3, "the data and the script, no more")
    #expect(html.components(separatedBy: "</script").count == 3)
    #expect(!html.contains("innerHTML") && !html.contains("document.write"))
    let data = try data(html)
    #expect((data["names"] as? [String])?.first == evil)
    #expect((data["cells"] as? [[String]])?.last == [evil])
    #expect((data["labels"] as? [Any])?.first as? String == evil)
    let lattice = try #require(data["lattice"] as? [String: Any])
    #expect(lattice["side"] as? Int == 4)
    #expect((lattice["cells"] as? [[String]])?.count == 16)
  }

  @Test func pageNeedsNothingElse() {
    let page = MapPage(
      map(20),
      noun: "image",
      items: .images((0..<20).map { gray($0) }),
      lattice: .images((0..<16).map { gray($0) })
    )
    let html = page.html
    #expect(!html.contains("<link") && !html.contains("@import") && !html.contains("url("))
    #expect(html.matches(of: /(?:src|href)="/).isEmpty)
    let addresses = html.matches(of: /"data:([a-z\/]*);/).map { String($0.1) }
    #expect(addresses == ["image/png", "image/png"])
    #expect(!html.contains("https:"))
    #expect(html.contains("<noscript><figure><svg"), "the drawing where there are no scripts")
    #expect(html == page.html)
  }

  @Test func pointsAndWhatBelongsToThemStayTogether() throws {
    var map = map(10)
    map.x[3] = .nan
    let page = MapPage(
      map,
      noun: "row",
      numbers: (0..<10).map { $0 * 5 + 1 },
      items: .rows(columns: ["n"], (0..<8).map { ["\($0)"] })
    )
    let data = try data(page.html)
    let kept = [0, 1, 2, 4, 5, 6, 7, 8, 9]
    #expect(try floats(data["x"]) == kept.map { Float($0 % 7) })
    #expect(try floats(data["y"]) == kept.map { Float($0 / 7) })
    #expect(data["numbers"] as? [Int] == kept.map { $0 * 5 + 1 })
    #expect(data["cells"] as? [[String]] == kept.filter { $0 < 8 }.map { ["\($0)"] })
    let paint = try bytes(data["paint"])
    #expect(paint.map { Int($0) } == kept.map { $0 % 2 })
    let labels = try #require(data["labels"] as? [Any])
    #expect(labels.count == 3 && labels.prefix(2).map { $0 as? String } == ["a", "b"])
    #expect(data["lattice"] is NSNull)
  }

  @Test func numbersColorByShades() throws {
    let values = [0, 1, .nan, 0.5]
    let map = ScatterMap(
      x: [0, 1, 2, 3],
      y: [0, 1, 2, 3],
      coloring: .values(name: "size", of: values)
    )
    let html = MapPage(map, noun: "row").html
    let data = try data(html)
    let paint = try bytes(data["paint"])
    #expect(paint.map { Int($0) } == [0, 23, 24, 12])
    #expect((data["paints"] as? [String])?.count == 25)
    #expect(html.contains("size: "))
  }

  @Test func placesOfALatticeCoverTheBox() {
    let box = MapPage.Box(x: [0, 10], y: [-5, 5])
    let places = box.places(side: 4)
    #expect(places.count == 16)
    #expect(places[0].x < places[1].x && places[0].y == places[1].y, "from left to right")
    #expect(places[0].y > places[4].y, "from the top")
    let step = (box.x.upperBound - box.x.lowerBound) / 4
    #expect(abs(places[0].x - box.x.lowerBound - step / 2) < 1e-9)
    #expect(abs(places[15].y - box.y.lowerBound - step / 2) < 1e-9)
  }
}
