import ArgumentParser

/// Throws where the value of an option is out of its range.
func requireOption(_ isRight: Bool, _ option: String, _ expected: String) throws {
  if !isRight { throw ValidationError("\(option) must be \(expected)") }
}
