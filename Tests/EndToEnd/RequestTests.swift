import Foundation
import Testing

@Suite struct RequestTests {
  /// A folder with small data of every kind.
  private func prepared() throws -> Folder {
    let folder = try Folder()
    try folder.write(Made.table(rows: 120, columns: 5), to: "data.csv")
    try folder.write(Made.table(rows: 60, columns: 5, seed: 2), to: "new.csv")
    let holes = "a,b,c\n1,2,3\n2,,4\n,4,5\n4,5,6\n5,6,\n6,7,8\n7,8,9\n8,9,10\n"
    try folder.write(holes, to: "holes.csv")
    try folder.write("name,x,y\nfirst,0.5,1\nsecond,2,0.25\nthird,1,1\n", to: "points.csv")
    try folder.write(Made.images(count: 30, side: 8), to: "images.idx")
    try folder.write(Made.images(count: 12, side: 16, channels: 3), to: "colors.idx")
    return folder
  }

  /// A request gives the bytes of its command, in files and on standard output.
  @Test(arguments: [
    "reduce data.csv --epochs 2 --seed 3 -o out.csv --save out.hourglass",
    "reduce data.csv --dimensions auto --keep 0.6 --epochs 1 -o out.npy",
    "features data.csv --probe c1 --dimensions 3 --epochs 2 -o out.csv --plot out.svg",
    "denoise data.csv --epochs 2 -o out.csv",
    "denoise images.idx --add-noise --noise gaussian:25/255 --epochs 1 --figure out.png",
    "detect new.csv --learn-from data.csv --epochs 2 --false-alarms 0.05 -o out.csv",
    "detect data.csv --column c2=category --epochs 2 -o - --save out.hourglass",
    "generate --learn-from data.csv --count 20 --constraint c1<=c2 --epochs 2 -o out.csv",
    "generate --learn-from images.idx --count 4 --epochs 1 --codes mixture -o out.png",
    "impute holes.csv --epochs 2 --draws 2 --intervals -o out.csv",
    "impute images.idx --mask-rate 0.2 --epochs 1 --figure out.png",
    "colorize colors.idx --epochs 1 --saturation 1.5 --figure out.png",
    "inspect data.csv --json",
    "match tune images.idx --largest 2 --epochs 1 --json",
  ])
  func requestsGiveTheBytesOfTheirCommands(_ line: String) throws {
    let words = line.split(separator: " ").map(String.init) + ["--threads", "1"]
    let command = words[0] == "inspect" ? Array(words.dropLast(2)) : words
    let (typed, written) = (try prepared(), try prepared())
    let first = try Program.run(command, in: typed)
    #expect(first.code == 0, "\(first.errors)")
    let printed = try Program.run(command + ["--print-request"], in: written)
    #expect(printed.code == 0, "\(printed.errors)")
    #expect(try written.names() == prepared().names(), "nothing else is done")
    try written.write(printed.output, to: "request.json")
    let asked = ["run", "request.json"] + (words.contains("--json") ? ["--json"] : [])
    let second = try Program.run(asked, in: written)
    #expect(second.code == 0, "\(second.errors)")
    let made = try typed.names()
    #expect(try written.names() == (made + ["request.json"]).sorted())
    for name in made {
      #expect(try typed.bytes(name) == written.bytes(name), "\(name) of \(line)")
    }
    if ["inspect", "match"].contains(words[0]) || words.contains("-") {
      #expect(first.output == second.output)
      #expect(!first.output.isEmpty)
    }
  }

  /// The commands of a database: each is run as a command, and as a request on a database of its own.
  @Test func requestsOfDatabasesDoAsTheirCommands() throws {
    let (typed, written) = (try prepared(), try prepared())
    let lines = [
      "match add images.idx --database images.db --epochs 1 --threads 1 --storage float16",
      "match find images.idx --first 2 --database images.db --threads 1",
      "match find images.idx --first 1 --exact --count 2 --database images.db --threads 1",
      "match list --database images.db --coordinates 2",
      "match export --database images.db -o codes.csv",
      "match remove images.idx:2 images.idx:3 --database images.db",
      "match import points.csv --database map.db",
      "match import points.csv --database map.db --replace",
      "match find --at 0.5,0.9 --database map.db --false-accepts 0.5",
    ]
    for line in lines {
      let words = line.split(separator: " ").map(String.init)
      let first = try Program.run(words, in: typed)
      #expect(first.code == 0, "\(line): \(first.errors)")
      let request = try Program.run(words + ["--print-request"], in: written).output
      try written.write(request, to: "request.json")
      let second = try Program.run("run", "request.json", in: written)
      #expect(second.code == 0, "\(line): \(second.errors)")
      if !words.contains("add") { #expect(first.output == second.output) }
    }
    #expect(try typed.bytes("codes.csv") == written.bytes("codes.csv"))
    #expect(typed.text("codes.csv").split(separator: "\n").count == 31)
  }

  @Test func whatIsLeftOutIsAsWithoutTheOption() throws {
    let folder = try prepared()
    try Program.run("reduce", "data.csv", "--epochs", "1", "-o", "typed.csv", in: folder)
    let request = """
      {"task": "reduce", "data": ["data.csv"], "training": {"epochs": 1}, "files": {"output": "out.csv"}}
      """
    try folder.write(request, to: "request.json")
    let outcome = try Program.run("run", "request.json", "--quiet", in: folder)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(try folder.bytes("typed.csv") == folder.bytes("out.csv"))
  }

  @Test func pathsAreRelativeToTheRequest() throws {
    let folder = try prepared()
    let request = #"{"task": "inspect", "data": ["../data.csv"]}"#
    try folder.write(Array(request.utf8), to: "requests/look.json", making: "requests")
    let outcome = try Program.run("run", "requests/look.json", in: folder)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.hasPrefix("requests/../data.csv: a table of 120 rows and 5 columns"))
    // Data from standard input have no folder.
    try folder.write(#"{"task": "inspect", "data": ["-"]}"#, to: "requests/piped.json")
    let script = "printf 'a,b\\n1,2\\n3,4\\n' | \(Program.path) run requests/piped.json"
    let piped = try Running(["-c", script], in: folder, program: "/bin/sh").wait()
    #expect(piped.output.contains("a table of 2 rows and 2 columns"), "\(piped.errors)")
  }

  @Test(arguments: [
    ("", "is not valid JSON at byte 0"),
    ("{", "the request request.json is not valid JSON at byte 1"),
    ("[]", "should name a task"),
    (#"{"task": "sing"}"#, "should name a task: one of colorize, denoise, detect"),
    (#"{"task": "detect", "data": ["x"], "speed": 3}"#, "an unknown member speed"),
    (
      #"{"task": "detect", "data": ["x"], "options": {"falseAlarm": 0.1}}"#,
      "an unknown member options.falseAlarm"
    ),
    (
      #"{"task": "detect", "data": ["x"], "training": {"epochs": "many"}}"#,
      "training.epochs"
    ),
    (#"{"task": "denoise", "data": ["x"], "options": {"noise": "loud"}}"#, "options.noise"),
    (#"{"task": "colorize", "data": ["x"], "options": {"colors": "loud"}}"#, "options.colors"),
    (#"{"task": "detect", "data": []}"#, "detect takes 1 of data, found 0"),
    (
      #"{"task": "detect", "data": ["x"], "options": {"falseAlarms": 2}}"#,
      "--false-alarms must be above 0 and below 1, found 2.0"
    ),
    (
      #"{"task": "reduce", "data": ["x"], "files": {"model": "m", "save": "n"}}"#,
      "--save has no use with --model"
    ),
  ])
  func mistakesInRequestsAreOneClearError(_ request: String, _ message: String) throws {
    let folder = try Folder()
    try folder.write(request, to: "request.json")
    let outcome = try Program.run("run", "request.json", in: folder)
    #expect(outcome.code == 2, "\(outcome.errors)")
    #expect(outcome.output == "")
    #expect(outcome.errors.hasPrefix("error: "))
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
    #expect(!outcome.errors.contains("model file"))
    #expect(outcome.errors.split(separator: "\n").count == 1)
  }
}
