/// Numbers as people read them, the same in every locale.
package enum NumberText {
  /// A number with a fixed number of decimal places, such as `0.50`.
  package static func fixed(_ value: Double, places: Int) -> String {
    let scale = pow(10, Double(places))
    guard value.isFinite, abs(value) * scale < 1e15 else { return "\(value)" }
    let scaled = Int64((abs(value) * scale).rounded())
    let unit = Int64(scale)
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard places > 0 else { return "\(sign)\(scaled)" }
    let fraction = String(scaled % unit)
    return "\(sign)\(scaled / unit)." + String(repeating: "0", count: places - fraction.count)
      + fraction
  }

  /// A number with some significant digits, such as `0.0263`, `26.3` or `2630`.
  package static func significant(_ value: Double, digits: Int = 4) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : "\(value)" }
    let exponent = Int(floor(log10(abs(value))))
    if exponent < -5 || exponent >= 15 {
      let mantissa = fixed(value / pow(10, Double(exponent)), places: digits - 1)
      return "\(mantissa)e\(exponent)"
    }
    return fixed(value, places: max(digits - 1 - exponent, 0))
  }

  /// A number with at most some significant digits, without zeros at its end: `255`, `0.0254`.
  package static func plain(_ value: Double, digits: Int = 5) -> String {
    if value == value.rounded(), abs(value) < 1e12 { return "\(Int(value))" }
    let text = significant(value, digits: digits)
    guard text.contains("."), !text.contains("e") else { return text }
    let trimmed = text.reversed().drop { $0 == "0" }.drop { $0 == "." }
    return String(trimmed.reversed())
  }

  /// A whole number with its thousands apart, such as `60,000`.
  package static func grouped(_ value: Int) -> String {
    var digits = Substring(String(value.magnitude))
    var groups: [Substring] = []
    while digits.count > 3 {
      groups.insert(digits.suffix(3), at: 0)
      digits = digits.dropLast(3)
    }
    groups.insert(digits, at: 0)
    return (value < 0 ? "-" : "") + groups.joined(separator: ",")
  }

  /// A large number in short, such as `31.2k` or `1.50M`.
  package static func short(_ value: Double) -> String {
    switch abs(value) {
    case ..<1_000: significant(value, digits: 3)
    case ..<1_000_000: significant(value / 1_000, digits: 3) + "k"
    default: significant(value / 1_000_000, digits: 3) + "M"
    }
  }

  /// A size in bytes, such as `4.5 MiB`.
  package static func bytes(_ count: Int) -> String {
    if count < 1024 { return "\(count) bytes" }
    let units = ["KiB", "MiB", "GiB", "TiB"]
    var value = Double(count) / 1024
    var unit = 0
    while value >= 1024, unit < units.count - 1 {
      value /= 1024
      unit += 1
    }
    return "\(fixed(value, places: 1)) \(units[unit])"
  }

  /// A time, such as `0.4 s`, `24 s` or `1:05:00`.
  package static func seconds(_ value: Double) -> String {
    guard value.isFinite else { return "?" }
    if value < 10 { return fixed(value, places: 1) + " s" }
    let whole = Int(value.rounded())
    if whole < 60 { return "\(whole) s" }
    return clock(value)
  }

  /// A time as on a clock, such as `0:24` or `1:05:00`.
  package static func clock(_ value: Double) -> String {
    guard value.isFinite, value < 1e9 else { return "?" }
    let whole = Int(max(value, 0).rounded())
    let padded = { (number: Int) in number < 10 ? "0\(number)" : "\(number)" }
    if whole < 3600 { return "\(whole / 60):\(padded(whole % 60))" }
    return "\(whole / 3600):\(padded(whole / 60 % 60)):\(padded(whole % 60))"
  }

  /// What several of something are called: rows, patches.
  package static func plural(_ noun: String) -> String {
    noun + (noun.hasSuffix("tch") ? "es" : "s")
  }

  /// A number with its noun, such as `1 row` or `60,000 images`.
  package static func counted(_ count: Int, _ noun: String) -> String {
    "\(grouped(count)) \(count == 1 ? noun : plural(noun))"
  }
}

/// At most the first characters of a text, on one line and without control characters.
package func clipped(_ text: String, to length: Int = 40) -> String {
  let start = String(decoding: text.utf8.prefix(4 * length), as: UTF8.self)
  let line = String(
    String.UnicodeScalarView(
      start.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }
    )
  )
  let isWhole = line.count <= length && start.utf8.count == text.utf8.count
  return isWhole ? line : line.prefix(length) + "…"
}

/// Bytes as in "0x89 0x50".
package func hexadecimal(_ bytes: [UInt8]) -> String {
  bytes.map { ($0 < 16 ? "0x0" : "0x") + String($0, radix: 16, uppercase: true) }
    .joined(separator: " ")
}

/// The name of a file without its folders.
package func lastPart(of path: String) -> String {
  path.split(separator: "/").last.map(String.init) ?? path
}

/// A number of bytes as in "12 MB".
package func megabytes(_ bytes: Int) -> String {
  bytes >> 20 < 1 ? "\(bytes) bytes" : "\(bytes >> 20) MB"
}
