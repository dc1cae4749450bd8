internal import HourglassData
internal import HourglassEncodings
internal import HourglassTensors

/// The form of the texts of a column that names its rows, or whose texts hardly ever come again: new ones are
/// written alike, equal none that was trained on, and come once each.
///
/// Running numbers run on: `A-001` to `A-500` is followed by `A-501`. Other texts are taken apart into
/// signs between words, which are kept, and the words. A word that comes in several rows, such as a domain, a
/// first name or an area code, is drawn as often as it comes; others are made of the characters that
/// stand in their place, in the same length.
struct TextForm: Codable, Hashable, Sendable {
  /// How texts are made.
  enum Content: Codable, Hashable, Sendable {
    /// Numbers at equal steps between two texts that are always the same.
    case running(RunningTexts)
    /// Texts of some patterns, with the number of rows of each.
    case patterns([TextPattern], counts: [Int])
    /// Words between blanks, of the pattern of one word; the number of rows with one word, two, and so on.
    case words(TextPattern.Word, counts: [Int])
  }

  /// The name of the column.
  let name: String
  /// How texts are made.
  let content: Content
  /// The share of missing cells.
  let missing: Double
  /// The texts that were there.
  let known: TextFilter

  /// The most patterns that are kept.
  static let mostPatterns = 200
  /// The words of a text above which it is made of words alone.
  private static let mostWords = 4

  /// Learns the form of the cells of a column; nil where all are missing.
  init?(_ column: Table.Column) {
    let texts = (0..<column.count).compactMap { column.text($0) }
    guard !texts.isEmpty else { return nil }
    name = column.name
    missing = 1 - Double(texts.count) / Double(column.count)
    known = TextFilter(texts)
    if let running = RunningTexts(texts) {
      content = .running(running)
      return
    }
    let words = texts.map { $0.split(separator: " ", omittingEmptySubsequences: false).count }
    if words.reduce(0, +) > Self.mostWords * texts.count {
      content = Self.words(texts, words)
      return
    }
    // Where parting digits from letters gives a pattern for nearly every text, as with hexadecimal digits,
    // words are taken whole.
    let parted = texts.map { TextPattern.parts(of: $0, partsDigits: true) }
    let isParted = Set(parted.map(\.key)).count * 20 <= max(texts.count, 60)
    let all = isParted ? parted : texts.map { TextPattern.parts(of: $0, partsDigits: false) }
    let groups = Dictionary(grouping: all, by: \.key)
    guard groups.count * 10 <= max(texts.count, 100) else {
      content = Self.words(texts, words)
      return
    }
    let kept = groups.sorted { (-$0.value.count, $0.key) < (-$1.value.count, $1.key) }
      .prefix(Self.mostPatterns)
    content = .patterns(
      kept.map { TextPattern($0.value) },
      counts: kept.map(\.value.count)
    )
  }

  private static func words(_ texts: [String], _ counts: [Int]) -> Content {
    var rows = [Int](repeating: 0, count: min(counts.max() ?? 1, 1_000))
    for count in counts { rows[min(count, rows.count) - 1] += 1 }
    let words = texts.flatMap { $0.split(separator: " ", omittingEmptySubsequences: false) }
    return .words(TextPattern.Word(words.map(String.init)), counts: rows)
  }

  /// How the texts are made, in a few words.
  var summary: String {
    switch content {
    case .running(let running): "\(name) (running on from \(running.text(0)))"
    case .patterns, .words: "\(name) (new texts of the same form)"
    }
  }

  /// What is wrong with a form that was read from a file, if anything.
  var problem: String? {
    guard known.isGood else { return "its texts should have a filter" }
    switch content {
    case .running(let running):
      return running.step > 0 && (0...18).contains(running.digits)
        ? nil : "its running numbers should rise"
    case .patterns(let patterns, let counts):
      return patterns.count == counts.count && !counts.isEmpty
        && counts.allSatisfy { (1...Self.mostRows).contains($0) } && patterns.allSatisfy(\.isGood)
        ? nil : "its patterns of texts should have words"
    case .words(let word, let counts):
      return (1...1_000).contains(counts.count)
        && counts.allSatisfy { (0...Self.mostRows).contains($0) } && counts.contains { $0 > 0 }
        && word.isGood ? nil : "its texts should have words"
    }
  }

  /// So many new cells, the first of which are the same for any number.
  func drawn(_ count: Int, seed: UInt64) -> Table.Cells {
    .texts(texts(count, seed: seed).texts)
  }

  /// How many of so many new cells are longer than the form, which has too few texts: they have a number behind
  /// them.
  func lengthenedCount(_ count: Int, seed: UInt64) -> Int {
    if case .running = content { return 0 }
    return texts(count, seed: seed).lengthened
  }

  private func texts(_ count: Int, seed: UInt64) -> (texts: [String?], lengthened: Int) {
    var generator = SeededGenerator.named("texts of \(name)", seed: seed)
    var made: Set<String> = []
    var number = 0
    var lengthened = 0
    let texts = (0..<count).map { _ -> String? in
      if missing > 0, Double(generator.nextUniform()) < missing { return nil }
      if case .running(let running) = content {
        number += 1
        return running.text(number - 1)
      }
      var text = ""
      for _ in 0..<Self.mostTries {
        text = drawn(&generator)
        if !known.contains(text), made.insert(text).inserted { return text }
      }
      // All short texts of the form are there already.
      var longer = text
      repeat {
        number += 1
        longer = Self.numbered(text, number)
      } while made.contains(longer) || known.contains(longer) && number < Self.mostNumbers
      made.insert(longer)
      lengthened += 1
      return longer
    }
    return (texts, lengthened)
  }

  /// The draws after which a text is numbered.
  private static let mostTries = 40
  /// The number above which it is not looked for among the known texts: no filter of a good file has so many.
  private static let mostNumbers = 1 << 24
  /// The most rows that a model file may count.
  static let mostRows = 1 << 40

  private func drawn(_ generator: inout SeededGenerator) -> String {
    switch content {
    case .running(let running): return running.text(0)
    case .patterns(let patterns, let counts):
      return patterns[generator.place(counts)].drawn(&generator)
    case .words(let word, let counts):
      let count = generator.place(counts) + 1
      return (0..<count).map { _ in word.drawn(&generator) }.joined(separator: " ")
    }
  }

  /// A text with a number, which an address has before its domain.
  private static func numbered(_ text: String, _ number: Int) -> String {
    guard let sign = text.lastIndex(of: "@") else { return "\(text)\(number)" }
    return "\(text[..<sign])\(number)\(text[sign...])"
  }
}

/// Texts that are a number, one step after the other, between two texts that are always the same.
struct RunningTexts: Codable, Hashable, Sendable {
  /// What stands before the number.
  let before: String
  /// What stands behind it.
  let after: String
  /// The digits that numbers are filled up to with zeros.
  let digits: Int
  /// The number that follows the last one.
  let next: Int
  /// The distance of two numbers, at least 1.
  let step: Int

  /// The fewest texts that show a step.
  private static let fewest = 5

  /// Takes texts apart; nil where they do not run on: at least nine in ten of the numbers from the least to the
  /// greatest, and none of them twice.
  init?(_ texts: [String]) {
    guard texts.count >= Self.fewest, let first = texts.first, let run = Self.lastDigits(first)
    else { return nil }
    before = String(first[..<run.lowerBound])
    after = String(first[run.upperBound...])
    var numbers: [Int] = []
    var widths: Set<Int> = []
    var hasZero = false
    for text in texts {
      guard text.hasPrefix(before), text.hasSuffix(after),
        text.utf8.count > before.utf8.count + after.utf8.count
      else { return nil }
      let part = text.dropFirst(before.count).dropLast(after.count)
      guard part.utf8.count <= 18, part.utf8.allSatisfy({ (48...57).contains($0) }),
        let number = Int(part)
      else { return nil }
      numbers.append(number)
      widths.insert(part.utf8.count)
      hasZero = hasZero || part.utf8.count > 1 && part.hasPrefix("0")
    }
    if hasZero, widths.count > 1 { return nil }
    numbers.sort()
    let steps = zip(numbers.dropFirst(), numbers).map { $0 - $1 }
    guard let least = steps.min(), least > 0, let low = numbers.first, let high = numbers.last,
      steps.allSatisfy({ $0 % least == 0 }), (high - low) / least <= numbers.count * 10 / 9
    else { return nil }
    digits = hasZero ? widths.first ?? 0 : 0
    step = least
    next = high + least
  }

  /// The digits of a text that stand last.
  private static func lastDigits(_ text: String) -> Range<String.Index>? {
    guard let last = text.lastIndex(where: { $0.isASCII && $0.isWholeNumber }) else { return nil }
    var start = last
    while start > text.startIndex {
      let place = text.index(before: start)
      guard text[place].isASCII, text[place].isWholeNumber else { break }
      start = place
    }
    return start..<text.index(after: last)
  }

  /// The text of so many steps behind the last one.
  func text(_ place: Int) -> String {
    let number = "\(next &+ step &* place)"
    let zeros = String(repeating: "0", count: max(digits - number.utf8.count, 0))
    return before + zeros + number + after
  }
}

/// A set of texts in a few bits each, without the texts: it has all that were put into it, and about one in 300
/// others.
///
/// Reference: Bloom, 1970, "Space/time trade-offs in hash coding with allowable errors",
/// doi:10.1145/362686.362692.
struct TextFilter: Codable, Hashable, Sendable {
  private var bits: [UInt32]

  /// Whether it has bits.
  var isGood: Bool { !bits.isEmpty }

  private static let bitsPerText = 12
  private static let hashCount: UInt64 = 8

  init(_ texts: [String]) {
    bits = [UInt32](repeating: 0, count: texts.count * Self.bitsPerText / 32 + 1)
    for text in texts {
      for place in places(text) { bits[place / 32] |= 1 << UInt32(place % 32) }
    }
  }

  /// Whether a text is among them.
  func contains(_ text: String) -> Bool {
    places(text).allSatisfy { bits[$0 / 32] >> UInt32($0 % 32) & 1 == 1 }
  }

  private func places(_ text: String) -> [Int] {
    guard !bits.isEmpty else { return [] }
    let bytes = Array(text.utf8)
    let hash = Fingerprint.hash(bytes.span.bytes)
    let second = (hash >> 32) | 1
    return (0..<Self.hashCount).map { number in
      Int((hash &+ number &* second &* 0x9e37_79b9_7f4a_7c15) % UInt64(bits.count * 32))
    }
  }
}
