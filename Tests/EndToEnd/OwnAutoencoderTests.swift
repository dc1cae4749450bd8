import Foundation
import Testing

/// The package in `Examples/OwnAutoencoder`, which uses the library as somebody else's package does.
@Suite(.serialized) struct OwnAutoencoderTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  private static let package = root.appendingPathComponent("Examples/OwnAutoencoder").path
  private static let build = [
    "build", "-c", "release", "--disable-index-store", "--package-path", package,
    "--scratch-path", root.appendingPathComponent(".build/own-autoencoder").path,
  ]

  /// Runs a program to its end and gives its code and what it wrote on both outputs.
  private func run(_ program: String, _ arguments: [String]) throws -> (code: Int32, text: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }

  /// The numbers of the line that starts with a word.
  private func numbers(_ start: String, _ text: String) -> [Double] {
    let line = text.split(separator: "\n").first { $0.hasPrefix(start) } ?? ""
    return line.split(separator: " ").compactMap { Double($0) }
  }

  @Test(.timeLimit(.minutes(30)))
  func isBuiltAndLearns() throws {
    let built = try run("/usr/bin/env", ["swift"] + Self.build)
    try #require(built.code == 0, "the build failed: \(built.text.suffix(4_000))")
    let place = try run("/usr/bin/env", ["swift"] + Self.build + ["--show-bin-path"])
    let bin = try #require(place.text.split(separator: "\n").last)
    let folder = try Folder()
    let data = Self.root.appendingPathComponent("Examples/Data/GrayImages/clothes-images.gz").path
    let samples = folder.path("samples.png")
    let outcome = try run("\(bin)/OwnAutoencoder", [data, samples, "3"])
    try #require(outcome.code == 0, "\(outcome.text)")

    // Noise of 0.3 has a mean square of 0.09; the mean image is wrong by 0.09 too.
    let denoising = numbers("denoising:", outcome.text)
    try #require(denoising.count == 2, "\(outcome.text)")
    #expect(abs(denoising[0] - 0.09) < 0.002)
    #expect(denoising[1] < 0.04)
    let variational = numbers("variational:", outcome.text)
    try #require(variational.count == 1, "\(outcome.text)")
    #expect(variational[0] < 0.03)
    // 8 images of 28 x 28 pixels below each other, in the header of a PNG.
    let image = [UInt8](try Data(contentsOf: URL(fileURLWithPath: samples)))
    try #require(image.count > 24)
    #expect(Array(image[16..<24]) == [0, 0, 0, 28, 0, 0, 0, 224])
  }

  @Test func isShort() throws {
    let source = "\(Self.package)/Sources/OwnAutoencoder/main.swift"
    let lines = try String(contentsOfFile: source, encoding: .utf8).split(separator: "\n")
    #expect(lines.count < 60)
  }
}
