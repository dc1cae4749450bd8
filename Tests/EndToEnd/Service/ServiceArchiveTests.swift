import Foundation
import Testing

/// Folders that jobs write, as one file.
@Suite struct ServiceArchiveTests {
  /// The names and the bytes of the files of an archive, by its directory.
  private func files(of bytes: [UInt8]) throws -> [String: [UInt8]] {
    func number(_ place: Int, _ count: Int) -> Int {
      (0..<count).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
    }
    let end = bytes.count - 22
    try #require(end >= 0 && number(end, 4) == 0x0605_4b50)
    var (place, found) = (number(end + 16, 4), [String: [UInt8]]())
    for _ in 0..<number(end + 10, 2) {
      try #require(number(place, 4) == 0x0201_4b50)
      let (size, nameSize, start) = (
        number(place + 24, 4), number(place + 28, 2), number(place + 42, 4)
      )
      let name = Array(bytes[place + 46..<place + 46 + nameSize])
      try #require(number(start, 4) == 0x0403_4b50 && number(start + 8, 2) == 0)
      // The checksum, the sizes and the name stand in both places.
      #expect(bytes[start + 14..<start + 26].elementsEqual(bytes[place + 16..<place + 28]))
      #expect(bytes[start + 30..<start + 30 + nameSize].elementsEqual(name))
      let first = start + 30 + nameSize + number(start + 28, 2)
      found[String(decoding: name, as: UTF8.self)] = Array(bytes[first..<first + size])
      place += 46 + nameSize + number(place + 30, 2)
    }
    #expect(place == end)
    return found
  }

  @Test func aFolderComesAsOneFile() throws {
    let service = try RunningService(in: Folder())
    let images = Made.images(count: 12, side: 12)
    let uploaded = try service.call("POST", "/v1/data/images.idx", body: images)
    try #require(uploaded.status == 201)
    let id = try service.start(
      "{\"task\":\"denoise\",\"data\":[\"uploads/images.idx\"],\"training\":{\"epochs\":1},"
        + "\"options\":{\"addNoise\":true},\"files\":{\"output\":\"denoised\"}}"
    )
    #expect(try service.wait(id)["state"] as? String == "done")
    let listed = try service.get("/v1/jobs/\(id)/files")["files"] as? [[String: Any]] ?? []
    let names = listed.compactMap { $0["name"] as? String }.filter { $0.hasPrefix("denoised/") }
    #expect(names.count == 12)
    let answer = try service.get("/v1/jobs/\(id)/archive?folder=denoised")
    #expect(answer.status == 200)
    #expect(answer.headers["content-type"] == "application/zip")
    #expect(answer.headers["content-length"] == "\(answer.body.count)")
    #expect(answer.headers["content-disposition"] == "attachment; filename*=UTF-8''denoised.zip")
    let found = try files(of: answer.body)
    #expect(found.count == 12)
    for name in names {
      let bytes = try service.get("/v1/jobs/\(id)/file?name=\(name)").body
      #expect(found[String(name.dropFirst(9))] == bytes, "\(name)")
    }
    let whole = try files(of: try service.get("/v1/jobs/\(id)/archive").body)
    #expect(Set(whole.keys).isSuperset(of: names))
    for folder in ["..", "../files", "none", "denoised/../..", "%2Fetc"] {
      let status = try service.get("/v1/jobs/\(id)/archive?folder=\(folder)").status
      #expect([400, 404].contains(status), "\(folder): \(status)")
    }
    #expect(try service.get("/v1/jobs/none/archive").status == 404)
  }
}
