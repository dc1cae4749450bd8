/// What stands before and behind the digits of a number.
struct NumberAffix: Codable, Hashable, Sendable {
  /// `<` and the like before a limit of what was measured; nothing before a measured number.
  var limit = ""
  /// A currency, with the blank behind it.
  var prefix = ""
  /// A currency, a percent sign or a unit, with the blank before it.
  var suffix = ""

  /// The same of a measured number.
  var withoutLimit: NumberAffix { NumberAffix(limit: "", prefix: prefix, suffix: suffix) }

  /// Whether it is a currency.
  var isCurrency: Bool {
    let names = [prefix, suffix].map { Array($0.utf8.filter { $0 != 0x20 }) }
    return names.contains { Self.currencies.contains($0.filter { $0 != 0xa0 && $0 != 0xc2 }) }
      || names.contains { Self.currencies.contains($0) }
  }

  /// Whether it is one letter behind the digits, as in 1.5m: a unit where the numbers have decimals.
  var isLetterUnit: Bool {
    let bytes = Array(suffix.utf8)
    return prefix.isEmpty && bytes.count == 1 && Self.isLetter(bytes[0])
  }

  /// Whether a byte is a letter that may be a unit; numbers behind which stand e, k, M or B are others.
  private static func isLetter(_ byte: UInt8) -> Bool {
    0x41...0x5a ~= byte & 0xdf && byte >= 0x41 && !"eEkKMBbDd".utf8.contains(byte)
  }

  /// Whether it is a percent sign.
  var isPercent: Bool { suffix.hasSuffix("%") }

  /// The signs and abbreviations of currencies.
  static let currencies: Set<[UInt8]> = Set(
    [
      "$", "€", "£", "¥", "₹", "₽", "₩", "₪", "₺", "₴", "₫", "฿", "₦", "₱", "₡", "₵", "₸", "₮",
      "₲", "R$", "A$", "C$", "US$", "HK$", "NZ$", "S$", "NT$", "kr", "kr.", "Kr", "Kč", "zł", "Ft",
      "lei", "лв", "руб", "руб.", "р.", "Rs", "Rs.", "Fr", "Fr.", "SFr.", "Rp", "RM", "USD", "EUR",
      "GBP", "JPY", "CNY", "CHF", "CAD", "AUD", "NZD", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF",
      "RON", "BGN", "RUB", "UAH", "TRY", "ILS", "INR", "IDR", "KRW", "TWD", "HKD", "SGD", "THB",
      "MYR", "PHP", "VND", "ZAR", "NGN", "KES", "EGP", "BRL", "MXN", "ARS", "CLP", "COP", "PEN",
    ].map { Array($0.utf8) }
  )

  /// The units that may stand behind a number without a blank.
  ///
  /// One letter alone is one behind numbers with decimals only: 12A and 12B are codes.
  private static let attachedUnits: Set<[UInt8]> = Set(
    [
      "kg", "mg", "µg", "μg", "ug", "ng", "lb", "lbs", "oz", "km", "cm", "mm", "µm", "μm", "um",
      "nm", "mi", "ft", "yd", "ml", "mL", "cl", "dl", "ms", "µs", "μs", "us", "ns", "min", "hrs",
      "°C", "°F", "°", "kW", "MW", "kWh", "MWh", "mV", "kV", "mA", "Hz", "kHz", "MHz", "GHz", "Pa",
      "hPa", "kPa", "MPa", "bar", "kB", "KB", "MB", "GB", "TB", "px", "pt", "km/h", "m/s", "mph",
      "rpm", "dB", "ppm", "ppb", "‰", "m²", "m³", "cm²", "cm³", "km²", "mg/l", "mg/L", "mg/dL",
      "mmHg", "kcal", "cal", "kJ", "cc", "hp", "mpg",
    ].map { Array($0.utf8) }
  )

  /// Whether a text may stand behind a number.
  ///
  /// - Parameter isAttached: Whether no blank stands between them.
  static func isSuffix(_ name: [UInt8], isAttached: Bool) -> Bool {
    if name == [0x25] || currencies.contains(name) { return true }
    if isAttached {
      return attachedUnits.contains(name) || (name.count == 1 && isLetter(name[0]))
    }
    guard (1...16).contains(name.count) else { return false }
    return name.allSatisfy { byte in
      0x41...0x5a ~= byte & 0xdf || byte >= 0x80 || [0x2f, 0x25, 0x32, 0x33, 0x5e].contains(byte)
    } && !(0x30...0x39 ~= name[0])
  }
}

/// How the sign of a number is written.
enum NumberSign: String, Codable, Hashable, Sendable, CaseIterable {
  /// There is none.
  case none
  /// -5, and -$5.
  case minus
  /// $-5.
  case inner
  /// 5-.
  case trailing
  /// (5).
  case parentheses
  /// −5, with the sign that typesetters take.
  case typographic
  /// +5.
  case plus

  var isNegative: Bool { self != .none && self != .plus }

  /// The bytes of the minus sign that typesetters take.
  static let typographicMinus: [UInt8] = [0xe2, 0x88, 0x92]
}
