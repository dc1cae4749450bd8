import Foundation
import HourglassMedia
import HourglassTensors
import Testing

/// What `Scripts/goldens/make_images.py` says that an image file holds.
struct ExpectedImage: Decodable {
  let width: Int
  let height: Int
  let channels: Int
  let depth: Int
  let samples: [Int]
}

/// What `Scripts/goldens/make_sounds.py` says that a sound file holds.
struct ExpectedSound: Decodable {
  let rate: Int
  let count: Int
  let channels: [[Float]]
}

/// One part of the file of expectations of a folder of goldens.
func expectation<Value: Decodable>(_ folder: String, _ name: String) throws -> Value {
  let data = try Data(contentsOf: URL(fileURLWithPath: golden("\(folder)/expected.json")))
  let all = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  let part = try JSONSerialization.data(withJSONObject: try #require(all[name]))
  return try JSONDecoder().decode(Value.self, from: part)
}

extension Image.Samples {
  /// The samples as whole numbers.
  var numbers: [Int] {
    switch self {
    case .bytes(let samples): samples.map(Int.init)
    case .words(let samples): samples.map(Int.init)
    }
  }
}

/// An image of slopes, another one in each channel.
func slopes(_ width: Int, _ height: Int, channels: Int, depth: Int = 8) -> Image {
  let planes = (0..<channels).map { channel in
    (0..<width * height).map { index in
      let (y, x) = index.quotientAndRemainder(dividingBy: width)
      return (Float(x) / Float(width) + Float(y * (channel + 1)) / Float(4 * height)) / 2
    }
  }
  return Image(planes: planes, width: width, height: height, depth: depth)
}

/// A sound of sine waves, another one in each channel.
func waves(_ rate: Int, _ count: Int, channels: Int = 1, hertz: Double = 440) -> Sound {
  let channels = (0..<channels).map { channel in
    (0..<count).map { index in
      Float(0.5 * sin(2 * .pi * hertz * Double(channel + 1) * Double(index) / Double(rate)))
    }
  }
  return Sound(name: "waves", sampleRate: rate, channels: channels)
}
