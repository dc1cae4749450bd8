import Foundation
import HourglassMedia
import HourglassTensors
import HourglassTestSupport
import Testing

@Suite(
  .enabled(
    if: Python.has("PIL", "numpy", "soundfile"),
    "needs python3 with the packages pillow and soundfile (HOURGLASS_TEST_PYTHON)"
  )
)
struct MediaPythonTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: [
    ("a.png", 1, 8), ("a.png", 2, 8), ("a.png", 3, 8), ("a.png", 4, 8), ("a.png", 1, 16),
    ("a.jpg", 1, 8), ("a.jpg", 3, 8),
  ])
  func pillowReadsWhatWeWrite(_ name: String, _ channels: Int, _ depth: Int) throws {
    let profile = channels == 3 ? try goldenBytes("Images/srgb.icc") : nil
    let image = slopes(20, 10, channels: channels, depth: depth)
      .with(colorProfile: profile, exif: ImageFileTests.exif(orientation: 1))
    let path = folder.path + "/" + name
    try image.write(to: path, quality: 100)
    let (status, output) = try Python.run(
      """
      import sys, numpy
      from PIL import Image
      image = Image.open(sys.argv[1])
      print(image.size, len(image.info.get("icc_profile", b"")), image.getexif().get(274))
      print(*numpy.array(image).reshape(-1).tolist())
      """,
      path
    )
    #expect(status == 0)
    let lines = output.split(separator: "\n")
    try #require(lines.count == 2)
    #expect(lines[0] == "(20, 10) \(profile?.count ?? 0) 1")
    let numbers = lines[1].split(separator: " ").compactMap { Int($0) }
    let read = try Image.load(contentsOf: path)
    let differences = zip(numbers, read.samples.numbers).map { abs($0 - $1) }
    #expect(numbers.count == image.samples.count)
    #expect(differences.max() ?? 256 <= (name == "a.png" ? 0 : 1))
  }

  @Test(arguments: ["a.wav", "a.flac", "a.ogg"])
  func soundfileReadsWhatWeWrite(_ name: String) throws {
    let path = folder.path + "/" + name
    try waves(22050, 4000, channels: 2).write(to: path)
    let (status, output) = try Python.run(
      """
      import sys, soundfile
      samples, rate = soundfile.read(sys.argv[1], dtype="float32")
      print(rate, *samples.shape)
      print(*samples.T.reshape(-1).tolist())
      """,
      path
    )
    #expect(status == 0)
    let lines = output.split(separator: "\n")
    try #require(lines.count == 2)
    #expect(lines[0] == "22050 4000 2")
    let numbers = lines[1].split(separator: " ").compactMap { Float($0) }
    let read = try Sound.load(contentsOf: path).channels.joined()
    let differences = zip(numbers, read).map { abs($0 - $1) }
    #expect(numbers.count == 8000)
    #expect(differences.max() ?? 1 <= (name == "a.ogg" ? 1e-4 : 0))
  }
}
