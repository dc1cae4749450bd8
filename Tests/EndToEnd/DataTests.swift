import Foundation
import Testing

/// A server of the files of a folder that can go on in the middle of a file, on a port of its own.
private final class FileServer {
  private static let program = """
    import http.server, os, sys, threading
    os.closerange(3, 256)  # pipes of tests that run beside this one
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            path = os.path.join(sys.argv[1], os.path.basename(self.path))
            if not os.path.exists(path):
                return self.send_error(404)
            body = open(path, "rb").read()
            span = self.headers.get("Range")
            start = int(span.split("=")[1].split("-")[0]) if span else 0
            with open(os.path.join(sys.argv[1], "requests.txt"), "a") as log:
                log.write(os.path.basename(self.path) + " " + str(start) + "\\n")
            self.send_response(206 if span else 200)
            if span:
                self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
            self.send_header("Content-Length", str(len(body) - start))
            self.end_headers()
            self.wfile.write(body[start:])
        def log_message(self, *words):
            pass
    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    with open(os.path.join(sys.argv[1], "port.part"), "w") as file:
        file.write(str(server.server_address[1]))
    os.rename(os.path.join(sys.argv[1], "port.part"), os.path.join(sys.argv[1], "port.txt"))
    threading.Timer(120, os._exit, [0]).start()  # should nobody end it
    server.serve_forever()
    """

  static let isReady: Bool = {
    for tool in ["python3", "curl"] {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = [tool, "--version"]
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try? process.run()
      process.waitUntilExit()
      guard process.terminationStatus == 0 else {
        print("skipped: fetching from a local server; install \(tool)")
        return false
      }
    }
    return true
  }()

  let address: String
  private let process = Process()

  init(folder: Folder) throws {
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", Self.program, folder.url.path]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    let end = Date() + 20
    while folder.text("port.txt").isEmpty, Date() < end { usleep(10_000) }
    let port = try #require(Int(folder.text("port.txt")), "the server did not start")
    address = "http://127.0.0.1:\(port)"
  }

  deinit { kill(process.processIdentifier, SIGKILL) }
}

@Suite(.enabled(if: FileServer.isReady, "needs python3 and curl"), .serialized)
struct DataTests {
  private let folder: Folder
  private let served: Folder
  private let server: FileServer
  private static let contents = "x,y\n1,2\n3,4\n"
  /// What `sha256sum` says of these contents.
  private static let digest =
    "2a2b86e74ffd5e6a9b75e52a105cf9d02920837179f8e8961aa15411d380f7a3"

  init() throws {
    folder = try Folder()
    served = try Folder()
    server = try FileServer(folder: served)
    try Data(Self.contents.utf8).write(to: served.url.appendingPathComponent("points.csv"))
  }

  /// A catalog with one data set, whose file has a size and a digest.
  private func catalog(bytes: Int = contents.utf8.count, digest: String? = nil) throws {
    let text = """
      [{"name": "points", "summary": "two points", "licence": "none", "files": [{"name": "points.csv",
      "address": "\(server.address)/points.csv", "byteCount": \(bytes), "digest": "\(digest ?? Self.digest)"}]}]
      """
    try Data(text.utf8).write(to: folder.url.appendingPathComponent("sets.json"))
  }

  private func fetch(_ more: String...) throws -> Outcome {
    try Program.run(
      ["data", "fetch", "points", "--catalog", "sets.json", "-o", "sets"] + more,
      in: folder
    )
  }

  private var requests: [String] {
    served.text("requests.txt").split(separator: "\n").map(String.init)
  }

  @Test func fetchesOnceAndChecks() throws {
    try catalog()
    let first = try fetch()
    #expect(first.code == 0, "\(first.errors)")
    #expect(first.output.hasPrefix("fetched  points\n  sets/points/points.csv\n"))
    #expect(folder.text("sets/points/points.csv") == Self.contents)
    #expect(folder.text("sets/points/SHA256SUMS").hasSuffix("  points.csv\n"))
    let second = try fetch("--json")
    #expect(second.output.contains("\"wasFetched\":false"))
    #expect(requests == ["points.csv 0"])
    // A file that was changed is fetched anew.
    try Data("changed".utf8).write(to: folder.url.appendingPathComponent("sets/points/points.csv"))
    #expect(try fetch().code == 0)
    #expect(folder.text("sets/points/points.csv") == Self.contents)
  }

  @Test func goesOnWhereItWasCutOff() throws {
    try catalog()
    let place = folder.url.appendingPathComponent("sets/points")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    try Data(Self.contents.utf8.prefix(5)).write(
      to: place.appendingPathComponent(".points.csv.part")
    )
    #expect(try fetch().code == 0)
    #expect(requests == ["points.csv 5"])
    #expect(folder.text("sets/points/points.csv") == Self.contents)
  }

  @Test func beginsAgainWhereTheRestWasOfAnotherFile() throws {
    try catalog()
    let place = folder.url.appendingPathComponent("sets/points")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    try Data("other".utf8).write(to: place.appendingPathComponent(".points.csv.part"))
    #expect(try fetch().code == 0)
    #expect(requests == ["points.csv 5", "points.csv 0"])
    #expect(folder.text("sets/points/points.csv") == Self.contents)
  }

  @Test func wrongContentsAreNotKept() throws {
    try catalog(digest: String(repeating: "0", count: 64))
    let outcome = try fetch()
    #expect(outcome.code == 1)
    #expect(outcome.errors.contains("expected 12 bytes with the SHA-256 digest 0000"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("sets/points")).isEmpty)
  }

  @Test func aFileThatIsLargerThanItSaidIsNotKept() throws {
    try catalog(bytes: 5)
    let outcome = try fetch()
    #expect(outcome.code == 1, "\(outcome.errors)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("sets/points")).isEmpty)
  }

  @Test func aMissingFileIsOneClearError() throws {
    try catalog()
    #expect(try fetch("--mirror", server.address + "/elsewhere/").code == 0)
    let missing = try Program.run(
      ["data", "fetch", "iris", "--mirror", server.address, "-o", "sets"],
      in: folder
    )
    #expect(missing.code == 3)
    #expect(missing.errors.split(separator: "\n").count(where: { $0.hasPrefix("error:") }) == 1)
    #expect(missing.errors.contains("404"))
  }

  @Test func namesAndCatalogsAreChecked() throws {
    let unknown = try Program.run("data", "fetch", "fashion-mnst", in: folder)
    #expect(unknown.code == 2)
    #expect(unknown.errors.contains("did you mean 'fashion-mnist'?"))
    try Data("[{\"name\": 3}]".utf8).write(to: folder.url.appendingPathComponent("sets.json"))
    #expect(try fetch().code == 1)
    let list = try Program.run("data", "list", in: folder)
    #expect(list.code == 0)
    #expect(list.output.contains("cifar10  (170 MB"))
  }
}
