public import HourglassData
internal import HourglassEncodings

/// The classes of the items that are trained on, so that new ones can be made of a class.
public struct ItemClasses: Hashable, Sendable {
  /// The names of the classes, each once.
  public let names: [String]
  /// The place among the names of the class of each item; `nil` where it is not known.
  public let places: [Int?]

  /// Takes the names of classes and the place of that of each item among them.
  public init(names: [String], places: [Int?]) {
    precondition(
      places.allSatisfy { $0.map(names.indices.contains) ?? true },
      "the class of an item is none of the \(names.count)"
    )
    self.names = names
    self.places = places
  }

  /// The classes that come with images; `nil` where none do.
  public init?(_ images: ImageSet) {
    guard let labels = images.labels else { return nil }
    let known = Set(labels).sorted()
    let order = Dictionary(uniqueKeysWithValues: known.enumerated().map { ($1, $0) })
    self.init(names: known.map { "\($0)" }, places: labels.map { order[$0] })
  }

  /// Those of some items that are of a class.
  func items(_ rows: [Int], of name: Int) -> [Int] { rows.filter { places[$0] == name } }
}

extension ItemClasses {
  /// The names of the classes that enough of some items are of; `nil` where none is.
  func learnable(_ rows: [Int]) -> [String]? {
    var counts = [Int](repeating: 0, count: names.count)
    for row in rows { if let place = places[row] { counts[place] += 1 } }
    let learned = names.indices.filter { counts[$0] >= ClassCodes.leastItems }.map { names[$0] }
    return learned.isEmpty ? nil : learned
  }

  /// Checks that they are those of the items of some data.
  func validate(for data: Dataset) throws(TaskError) {
    guard data.kind == .images else {
      throw .unsuitedKind(
        name: data.name,
        job: "make items of classes from",
        expected: "images (of a table, ask for the value of a column)",
        found: data.kind.phrase
      )
    }
    try requireSetting(
      places.count == data.count,
      "the number of classes of images",
      "one for each of the \(data.count)",
      places.count
    )
    try requireSetting(
      (1...ClassCodes.mostClasses).contains(names.count),
      "the number of different classes",
      "1 to \(ClassCodes.mostClasses)",
      names.count
    )
  }
}
