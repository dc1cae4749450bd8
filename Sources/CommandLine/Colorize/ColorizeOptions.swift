import ArgumentParser
import HourglassAutoencoders
import HourglassColorize

/// The colors of `--colors`.
enum ColorChoiceOption: String, ExpressibleByArgument, CaseIterable {
  case mean, vivid

  /// The same for the library.
  var choice: ColorChoice { self == .mean ? .mean : .vivid }
}

/// A hint such as `120,80=#b22222`.
struct HintOption: ExpressibleByArgument, Hashable {
  let hint: ColorHint

  init?(argument: String) {
    let parts = argument.split(separator: "=", omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    let place = parts[0].split(separator: ",", omittingEmptySubsequences: false)
    let digits = parts[1].dropFirst()
    guard place.count == 2, let x = Int(place[0]), let y = Int(place[1]), parts[1].first == "#",
      digits.count == 6, digits.allSatisfy(\.isHexDigit), let color = UInt32(digits, radix: 16)
    else { return nil }
    hint = ColorHint(
      x: x,
      y: y,
      red: UInt8(color >> 16),
      green: UInt8(color >> 8 & 255),
      blue: UInt8(color & 255)
    )
  }
}
