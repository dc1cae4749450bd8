internal import HourglassSystem

/// Text and numbers as they stand in HTML and SVG.
enum Markup {
  /// Text that shows as it is between tags and in quoted attributes.
  ///
  /// Characters that XML does not allow become spaces.
  static func escaped(_ text: String) -> String {
    var escaped = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped.append(contentsOf: "&amp;".unicodeScalars)
      case "<": escaped.append(contentsOf: "&lt;".unicodeScalars)
      case ">": escaped.append(contentsOf: "&gt;".unicodeScalars)
      case "\"": escaped.append(contentsOf: "&quot;".unicodeScalars)
      case "'": escaped.append(contentsOf: "&#39;".unicodeScalars)
      case "\n", "\t": escaped.append(scalar)
      case _ where scalar.value < 32 || scalar.value & 0xfffe == 0xfffe: escaped.append(" ")
      default: escaped.append(scalar)
      }
    }
    return String(escaped)
  }

  /// A coordinate with at most two decimal places; what is not a number becomes 0.
  static func number(_ value: Double) -> String {
    guard value.isFinite else { return "0" }
    return NumberText.plain((min(max(value, -1e9), 1e9) * 100).rounded() / 100, digits: 8)
  }

  /// About how wide a line of text is in the widest of the page's fonts, in the unit of its size.
  static func width(of text: String, size: Double) -> Double {
    text.unicodeScalars.reduce(0) { width, scalar in
      let part =
        switch scalar {
        case "i", "l", "j", ".", ",", ":", ";", "'", "|", "I", "!", "(", ")", " ", "-", "t", "f",
          "r":
          0.36
        case "m", "w", "M", "W", "@", "%": 0.88
        case "A"..."Z": 0.68
        case _ where scalar.value >= 0x1100: 1.0
        default: 0.62
        }
      return width + part * size
    }
  }

  /// A line of text cut to about a width, with an ellipsis in place of what is missing.
  static func fitted(_ text: String, size: Double, width: Double) -> String {
    guard Self.width(of: text, size: size) > width else { return text }
    var kept = text
    while !kept.isEmpty, Self.width(of: kept, size: size) > width - size { kept.removeLast() }
    return kept + "…"
  }
}
