import CHourglassOneDNN
import Foundation
import Testing

/// The instruction sets that oneDNN can be held to, which take other ways through its primitives.
///
/// oneDNN reads the limit once in a process, so that the suites run again in processes of their
/// own: this very program, with the limit in its environment. By hand, the same is
///
///     ONEDNN_MAX_CPU_ISA=SSE41 ./run test --filter "AgreementTests|RandomGraphTests"
@Suite struct InstructionSetTests {
  private static let limit = "ONEDNN_MAX_CPU_ISA"
  private static let suites =
    "AgreementTests/(operations|plans)|NarrowDenseTests|RandomGraphTests|rowsDoNot|notANumberPasses|AdamTraceTests"
    + "|limitIsHeeded"

  private static var environment: [String: String] { ProcessInfo.processInfo.environment }

  /// Whether the program that runs the tests can run itself again.
  private static var canRunAgain: Bool {
    environment[limit] == nil && FileManager.default.fileExists(atPath: "/proc/self/exe")
      && CommandLine.arguments.contains("--testing-library")
  }

  @Test(
    .enabled(if: canRunAgain, "needs Linux, and no limit in ONEDNN_MAX_CPU_ISA"),
    .timeLimit(.minutes(5)),
    arguments: ["SSE41", "AVX", "AVX2", "AVX512_CORE"]
  )
  func executorsAgreeAtLevel(_ level: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = ["--testing-library", "swift-testing", "--filter", Self.suites]
    process.environment = Self.environment.merging([Self.limit: level]) { $1 }
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(text.suffix(4000))")
    #expect(text.contains("limitIsHeeded"), "the tests ran")
  }

  /// Below AVX2 the executor takes inner products over plain layouts.
  @Test(.enabled(if: environment[limit] != nil, "needs a limit in ONEDNN_MAX_CPU_ISA"))
  func limitIsHeeded() throws {
    let levels: [String: Int32] = ["SSE41": 0, "AVX": 0, "AVX2": 1, "AVX512_CORE": 2]
    let wanted = try #require(levels[Self.environment[Self.limit] ?? ""])
    #expect(hg_processor_level() <= wanted)
  }
}
