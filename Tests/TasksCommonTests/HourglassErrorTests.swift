import HourglassAutoencoders
import HourglassData
import HourglassEncodings
import HourglassEngines
import HourglassGraphs
import HourglassModelFiles
import HourglassReduce
import HourglassSystem
import HourglassTasksCommon
import HourglassTensors
import HourglassTestSupport
import Testing

@Suite struct HourglassErrorTests {
  private static let full = FileError(path: "x", operation: .write, code: 28)
  private static let absent = FileError(path: "x", operation: .open, code: 2)

  @Test(
    arguments: [
      (.file(full), 3), (.file(absent), 1), (.dataset(.file(full)), 3),
      (.dataset(.emptyFile(path: "x")), 1), (.dataset(.limitNotPositive(path: "x", limit: 0)), 2),
      (.dataset(.tooLarge(path: "x", bytes: 2, limit: 1)), 3), (.modelFile(.system(full)), 3),
      (.modelFile(.notAModel(file: "x", tensors: [])), 1),
      (HourglassError(EngineError.outOfMemory(bytes: 1)), 3),
      (HourglassError(EngineError.unsupportedPrecision("bfloat16", reason: "old")), 2),
      (HourglassError(GraphError.duplicateName("x", scope: "")), 2), (.training(.noItems), 1),
      (.training(.invalidSetting(name: "x", expected: "y", found: "z")), 2),
      (.training(.diverged(epoch: 1, step: 1, place: nil)), 1),
      (HourglassError(ModelError.nonFiniteVariable(name: "x")), 1),
      (.application(.nothingVaries(name: "x", rows: 3)), 1),
      (.application(.invalidSetting(name: "x", expected: "y", found: "z")), 2),
      (.interrupted(checkpoint: nil), 130), (.interrupted(checkpoint: "x"), 130),
      (.unexpected("x"), 3),
    ] as [(HourglassError, Int32)]
  )
  func exitCodesShowWhatIsAtFault(error: HourglassError, code: Int32) {
    #expect(error.exitCode == code)
    // A sentence, not a word.
    #expect(error.description.count >= 20)
  }

  @Test(
    arguments: [
      .nothingVaries(name: "x.csv", rows: 1), .nothingVaries(name: "x.csv", rows: 5),
      .otherKind(name: "x.csv", expected: "images", found: "rows of a table"),
      .imageSize(name: "x.csv", expected: [1, 2, 3], found: [3, 2, 1]),
      .missingColumns(name: "x.csv", missing: ["a"], found: (0..<9).map { "c\($0)" }),
      .columnCount(name: "x.csv", expected: 1, found: 2),
      .olderModel(file: "x.csv", version: "0.1.0", found: 1, expected: 2),
    ] as [TaskError]
  )
  func textsNameTheData(error: TaskError) {
    #expect(error.description.hasPrefix("cannot "))
    #expect(error.description.contains("x.csv: "))
    #expect(error.description.hasSuffix("."))
  }

  @Test func errorsAreWrappedWhereTheyAreThrown() async throws {
    let error = TaskError.nothingVaries(name: "x", rows: 3)
    #expect(throws: HourglassError.application(error)) {
      try HourglassError.wrapping { throw error }
    }
    await #expect(throws: HourglassError.interrupted(checkpoint: "c")) {
      try await HourglassError.wrapping(checkpoint: "c") {
        await Task.yield()
        throw CancellationError()
      }
    }
    #expect(try HourglassError.wrapping { 3 } == 3)
  }

  @Test func aModelOfAnotherVersionHasOneClearError() async throws {
    let model = try await DimensionReducer(learning: TrainingSettings(epochs: 1))
      .fit(table(curvedRows(40)), session: TrainingSession(engine: smallEngine()))
    var header = model.header
    header.format = 1
    let older = try ModelFile.bytes(tensors: model.tensors, header: header, path: "m")
    #expect(
      throws: HourglassError.application(
        .olderModel(
          file: "old.hourglass",
          version: ProgramVersion.current,
          found: 1,
          expected: ModelFile.formatVersion
        )
      )
    ) { try FittedDimensionReducer(ModelFile(bytes: older, path: "old.hourglass")) }
    header.format = ModelFile.formatVersion
    header.report = .object(["dataName": .string("rows")])
    let bytes = try ModelFile.bytes(tensors: model.tensors, header: header, path: "m")
    do {
      _ = try FittedDimensionReducer(ModelFile(bytes: bytes, path: "old.hourglass"))
      Issue.record("a report of another version was read")
    } catch let error as HourglassError {
      #expect(
        error.description.hasPrefix("cannot read old.hourglass: its evaluation cannot be read")
      )
      #expect(error.exitCode == 1)
    }
  }
}
