import Foundation
import HourglassColorize
import HourglassData
import HourglassDetect
import HourglassGenerate
import Testing

@testable import HourglassJobs

@Suite struct JobRequestTests {
  /// A value that an option reads from a text.
  private static func value<Value: TextValue>(_ text: String) throws -> Value {
    try #require(Value(text: text))
  }

  private static func shape() throws -> ShapeOptions {
    var shape = ShapeOptions()
    shape.dimensions = .automatic
    shape.hidden = try value("64,32")
    shape.architecture = .convolutional
    return shape
  }

  /// The options of every task with every option set.
  static func everyOption() throws -> [any JobOptions] {
    var reduce = ReduceOptions()
    reduce.shape = try shape()
    (reduce.preserve, reduce.neighbors, reduce.neighborWeight) = (.neighbors, 7, 0.5)
    (reduce.plot, reduce.labels, reduce.color) = ("map.svg", "labels", "age")
    (reduce.labelNames, reduce.curve) = (["a", "b"], "curve.svg")
    reduce.keep = try value("neighbors:0.6")
    var features = FeaturesOptions()
    features.shape = try shape()
    (features.mirrorImages, features.probe) = (.alike, "age")
    (features.labels, features.plot) = ("labels", "bars.svg")
    var denoise = DenoiseOptions()
    (denoise.reference, denoise.figure) = ("clean", "rows.png")
    denoise.noise = try value("gaussian:25/255")
    (denoise.noisyOnly, denoise.addNoise) = (true, true)
    var detect = DetectOptions()
    (detect.falseAlarms, detect.falseDiscoveries, detect.latent) = (0.02, 0.1, 6)
    (detect.labels, detect.heatMaps, detect.learned) = ("bad", "maps", .mixed)
    detect.references = 500
    var generate = GenerateOptions()
    (generate.count, generate.balance, generate.lattice) = (9, "sex", true)
    generate.conditions = [try value("sex=Female"), try value("age=")]
    generate.constraints = [try value("a <= b")]
    generate.interpolate = try value("3,17")
    (generate.neighbors, generate.evaluateOn) = ("new.svg", "test.csv")
    (generate.boundSamples, generate.reconstructions) = (500, "pairs.svg")
    (generate.labels, generate.latent, generate.beta) = ("labels", 4, 0.5)
    (generate.codes, generate.architecture) = (.mixture, .dense)
    generate.hidden = try value("128")
    generate.modelType = .vae
    var impute = ImputeOptions()
    (impute.draws, impute.intervals, impute.members) = (3, 0.8, 2)
    (impute.noNeighbors, impute.noRegression, impute.noTrees) = (true, true, true)
    impute.fillRemarks = true
    (impute.mask, impute.maskRate, impute.figure) = ("tears", 0.2, "rows.png")
    var colorize = ColorizeOptions()
    (colorize.figure, colorize.colors, colorize.saturation) = ("rows.png", .vivid, 1.5)
    (colorize.samples, colorize.hints) = (4, [try value("3,4=#ff0000")])
    var add = MatchAddOptions()
    (add.database, add.dimensions, add.storage) = ("songs.db", 16, .float16)
    (add.names.replace, add.names.keep) = (true, true)
    var find = MatchFindOptions()
    (find.database, find.count, find.falseAccepts) = ("songs.db", 3, 0.01)
    (find.at, find.conditions) = (try value("0.5,1"), ["year=1999"])
    (find.exact, find.approximate) = (true, true)
    var tune = MatchTuneOptions()
    (tune.recall, tune.largest) = (0.9, 32)
    var imported = MatchImportOptions()
    (imported.database, imported.storage, imported.names.keep) = ("map.db", .float32, true)
    var list = MatchListOptions()
    (list.database, list.coordinates) = ("songs.db", 2)
    var remove = MatchRemoveOptions()
    remove.database = "songs.db"
    var export = MatchExportOptions()
    export.database = "songs.db"
    return [
      reduce, features, denoise, detect, generate, impute, colorize, add, find, tune, imported,
      list,
      remove, export, InspectOptions(),
    ]
  }

  /// A request with every option set that all tasks share.
  private static func request(_ options: any JobOptions) throws -> JobRequest {
    var request = JobRequest(options, data: ["a.csv", "b.csv"])
    (request.files.output, request.files.save, request.files.model) = ("out.csv", "s", "m")
    request.files.report = "page.html"
    (request.files.learnFrom, request.files.first) = ("normal.csv", 10)
    request.files.from = "start.hourglass"
    var reading = ReadingOptions()
    reading.columns = [try value("zip=category"), try value("size=ordinal:small<large")]
    reading.missing = [try value("-"), try value("country=XX")]
    reading.missingOnly = [try value("NA,-999")]
    (reading.decimalComma, reading.header) = (true, false)
    reading.encoding = .windows1252
    (reading.array, reading.labelsArray) = ("x", "y")
    (reading.series, reading.by, reading.window, reading.stride) = ("time", "pump", 48, 12)
    reading.size = try value("64x48")
    reading.inMemory = try value("500m")
    (reading.skipUnreadable, reading.noCache) = (true, true)
    request.reading = reading
    var training = TrainingOptions()
    (training.epochs, training.minutes, training.batch) = (5, 0.5, 32)
    (training.learningRate, training.seed, training.resume) = (0.25, 7, true)
    (training.checkpoint, training.checkpointEvery) = ("c", 10)
    request.training = training
    (request.computing.precision, request.computing.threads) = (.bfloat16, 2)
    request.baselines = false
    return request
  }

  /// The names of the properties of a value that its JSON object lacks.
  private func missing(_ value: Any, in json: Any?) -> [String] {
    let members = json as? [String: Any] ?? [:]
    return Mirror(reflecting: value).children.compactMap(\.label).filter { members[$0] == nil }
  }

  @Test func everyOptionOfEveryTaskComesBackFromJSON() throws {
    let all = try Self.everyOption()
    #expect(Set(all.map { type(of: $0).task }) == Set(Job.tasks.keys))
    for options in all {
      let request = try Self.request(options)
      let text = try request.json()
      let task = type(of: options).task
      let json = try #require(
        try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
      )
      #expect(json["task"] as? String == task)
      #expect(
        missing(options, in: json["options"]) == [],
        "not set in this test, or not written: \(task)"
      )
      #expect(missing(request.files, in: json["files"]) == [])
      #expect(missing(request.reading, in: json["reading"]) == [])
      #expect(missing(request.training, in: json["training"]) == [])
      #expect(missing(request.computing, in: json["computing"]) == [])
      let read = try JobRequest(json: text, name: "request.json")
      #expect(try read.json() == text, "\(task)")
      #expect(type(of: read.options).task == task)
      #expect(read.files == request.files && read.reading == request.reading)
      #expect(read.training == request.training && read.computing == request.computing)
      #expect(read.data == request.data && !read.baselines)
    }
  }

  @Test func whatIsLeftOutHasTheValuesOfNoOption() throws {
    for (task, type) in Job.tasks {
      let read = try JobRequest(json: #"{"task": "\#(task)"}"#, name: "r")
      #expect(try read.json() == JobRequest(type.init()).json())
    }
  }

  private static let mistakes: [(String, String)] = [
    (#"{"task": "reduce", "data": []}"#, "reduce takes 1 of data, found 0"),
    (#"{"task": "generate", "data": ["x"]}"#, "generate takes 0 of data, found 1"),
    (#"{"task": "match add", "data": []}"#, "match add takes at least 1 of data"),
    (#"{"task": "detect", "data": ["-"], "files": {"learnFrom": "-"}}"#, "standard input (-)"),
    (
      #"{"task": "reduce", "data": ["x"], "training": {"epochs": 0}}"#,
      "--epochs must be at least 1"
    ),
    (#"{"task": "reduce", "data": ["x"], "reading": {"window": 5}}"#, "--window needs --series"),
    (
      #"{"task": "reduce", "data": ["x"], "computing": {"threads": 0}}"#, "--threads must be from 1"
    ),
    (
      #"{"task": "reduce", "data": ["x"], "options": {"keep": "0.9"}}"#,
      "--keep needs --dimensions auto"
    ),
    (
      #"{"task": "reduce", "data": ["x"], "options": {"neighbors": 3}}"#,
      "--neighbors needs --preserve"
    ),
    (
      #"{"task": "features", "data": ["x"], "options": {"plot": "p"}}"#,
      "--plot needs --probe or --labels"
    ),
    (
      #"{"task": "detect", "data": ["x"], "options": {"falseAlarms": 0.1, "falseDiscoveries": 0.1}}"#,
      "--false-discoveries must be used without --false-alarms"
    ),
    (#"{"task": "generate"}"#, "give training data with --learn-from"),
    (#"{"task": "impute", "data": ["x"], "options": {"draws": 2}}"#, "--draws needs --output"),
    (
      #"{"task": "impute", "data": ["x"], "options": {"draws": 2}, "files": {"output": "-"}}"#,
      "--draws needs --output with the name of a file"
    ),
    (
      #"{"task": "colorize", "data": ["x"], "options": {"samples": 2}}"#, "--samples needs --output"
    ),
    (#"{"task": "match export"}"#, "export needs --output"),
    (#"{"task": "match find"}"#, "give items to find, or coordinates"),
    (
      #"{"task": "match tune", "data": ["x"], "training": {"resume": true}}"#,
      "tune keeps no checkpoints"
    ),
  ]

  @Test(arguments: mistakes)
  func mistakesAreFoundBeforeAFileIsRead(_ json: String, _ message: String) throws {
    let request = try JobRequest(json: json, name: "r")
    let failure = #expect(throws: Failure.self) { try request.validate() }
    #expect(failure?.exitCode == 2)
    #expect(failure?.message.contains(message) == true, "\(failure?.message ?? "none")")
  }

  @Test func standardInputIsAnsweredLiveOnlyWithAModelAndRowByRow() {
    var request = JobRequest(DetectOptions(), data: ["-"])
    #expect(!DetectOptions().isLive(request))
    request.files.model = "m"
    #expect(DetectOptions().isLive(request))
    var together = DetectOptions()
    together.falseDiscoveries = 0.1
    #expect(!together.isLive(request))
    request.reading.series = "time"
    #expect(!DetectOptions().isLive(request))
  }
}
