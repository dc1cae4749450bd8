import ArgumentParser

/// Throws where the value of an option is out of its range.
func requireOption(_ isRight: Bool, _ option: String, _ expected: String) throws {
  if !isRight { throw ValidationError("\(option) must be \(expected)") }
}

/// Throws where a number is given and less than 1.
func requireAtLeastOne(_ value: Int?, _ option: String) throws {
  if let value { try requireOption(value >= 1, option, "at least 1, found \(value)") }
}
