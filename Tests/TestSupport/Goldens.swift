internal import Foundation
package import HourglassMedia

/// The path of a file that a script of `Scripts/goldens` made.
package func golden(_ name: String) throws -> String {
  guard let folder = Bundle.module.url(forResource: "Goldens", withExtension: nil) else {
    throw CocoaError(.fileNoSuchFile)
  }
  return folder.path + "/" + name
}

/// The bytes of a golden file.
package func goldenBytes(_ name: String) throws -> [UInt8] {
  Array(try Data(contentsOf: URL(fileURLWithPath: golden(name))))
}

/// The value of a golden JSON file.
package func golden<Value: Decodable>(_ type: Value.Type, _ name: String) throws -> Value {
  try JSONDecoder().decode(type, from: Data(goldenBytes(name + ".json")))
}

/// One part of the file of expectations of a folder of goldens.
package func expectation<Value: Decodable>(_ folder: String, _ name: String) throws -> Value {
  let all = try JSONSerialization.jsonObject(with: Data(goldenBytes("\(folder)/expected.json")))
  guard let all = all as? [String: Any], let part = all[name] else {
    throw CocoaError(.coderValueNotFound)
  }
  return try JSONDecoder().decode(Value.self, from: JSONSerialization.data(withJSONObject: part))
}

/// What `Scripts/goldens/make_images.py` says that an image file holds.
package struct ExpectedImage: Decodable {
  package let width: Int
  package let height: Int
  package let channels: Int
  package let depth: Int
  package let samples: [Int]
}

/// What `Scripts/goldens/make_sounds.py` says that a sound file holds.
package struct ExpectedSound: Decodable {
  package let rate: Int
  package let count: Int
  package let channels: [[Float]]
}

extension Image.Samples {
  /// The samples as whole numbers.
  package var numbers: [Int] {
    switch self {
    case .bytes(let samples): samples.map(Int.init)
    case .words(let samples): samples.map(Int.init)
    }
  }
}

/// An image of slopes, another one in each channel.
package func slopes(_ width: Int, _ height: Int, channels: Int, depth: Int = 8) -> Image {
  let planes = (0..<channels).map { channel in
    (0..<width * height).map { index in
      let (y, x) = index.quotientAndRemainder(dividingBy: width)
      return (Float(x) / Float(width) + Float(y * (channel + 1)) / Float(4 * height)) / 2
    }
  }
  return Image(planes: planes, width: width, height: height, depth: depth)
}

/// A sound of sine waves, another one in each channel.
package func waves(
  _ rate: Int,
  _ count: Int,
  channels: Int = 1,
  hertz: Double = 440
) -> Sound {
  let channels = (0..<channels).map { channel in
    (0..<count).map { index in
      Float(0.5 * sin(2 * .pi * hertz * Double(channel + 1) * Double(index) / Double(rate)))
    }
  }
  return Sound(name: "waves", sampleRate: rate, channels: channels)
}
