internal import HourglassEncodings
internal import HourglassTensors

/// A pattern of texts: words, and the signs between them, which are always the same.
struct TextPattern: Codable, Hashable, Sendable {
  /// The words in their order.
  let words: [Word]
  /// What stands before each word, and behind the last one.
  let signs: [String]

  /// Learns the words of texts of one pattern.
  init(_ texts: [Parts]) {
    signs = texts.first?.signs ?? [""]
    words = (0..<signs.count - 1).map { place in Word(texts.map { $0.words[place] }) }
  }

  /// A new text.
  func drawn(_ generator: inout SeededGenerator) -> String {
    var text = signs[0]
    for (word, sign) in zip(words, signs.dropFirst()) { text += word.drawn(&generator) + sign }
    return text
  }

  /// Whether a pattern that was read from a file is one.
  var isGood: Bool { signs.count == words.count + 1 && words.allSatisfy(\.isGood) }

  // MARK: Parts

  /// A text, taken apart.
  struct Parts {
    var words: [String]
    var signs: [String]

    /// What texts of one pattern have in common: the signs, and whether words are of digits.
    var key: String
  }

  private enum Sort: Character {
    case digits = "9"
    case letters = "a"
    case any = "x"
    case sign = " "

    init(_ letter: Character, partsDigits: Bool) {
      let isDigit = letter.isASCII && letter.isWholeNumber
      if !isDigit, !letter.isLetter {
        self = .sign
      } else {
        self = partsDigits ? (isDigit ? .digits : .letters) : .any
      }
    }
  }

  /// Takes a text apart; the domain of an address is one word.
  ///
  /// - Parameter partsDigits: Whether digits and letters beside each other are words of their own.
  static func parts(of text: String, partsDigits: Bool) -> Parts {
    var parts = Parts(words: [], signs: [""], key: "")
    var end = text[...]
    if let at = text.lastIndex(of: "@"), at > text.startIndex { end = text[..<at] }
    var sort = Sort.sign
    for letter in end {
      let own = Sort(letter, partsDigits: partsDigits)
      if own == .sign {
        parts.signs[parts.signs.count - 1].append(letter)
        parts.key.append(letter)
      } else if own == sort {
        parts.words[parts.words.count - 1].append(letter)
      } else {
        parts.words.append(String(letter))
        parts.signs.append("")
        // A sign of its own distinguishes a word from a letter that is a sign.
        parts.key += "\u{1}\(own.rawValue)"
      }
      sort = own
    }
    if end.endIndex < text.endIndex {
      parts.signs[parts.signs.count - 1] += "@"
      parts.words.append(String(text[text.index(after: end.endIndex)...]))
      parts.signs.append("")
      parts.key += "@\u{1}x"
    }
    return parts
  }
}

extension TextPattern {
  /// A word in its place in a pattern.
  struct Word: Codable, Hashable, Sendable {
    /// The words that come in several rows, with their numbers.
    let common: [String]
    let counts: [Int]
    /// The number of rows with other words.
    let others: Int
    /// What the characters of other words are, by length and place; those of long words by place alone.
    let lengths: [Letters]

    /// The words of one length.
    struct Letters: Codable, Hashable, Sendable {
      /// The number of rows.
      var rows: Int
      /// For each place its characters in order, one behind the other, and how often each is there.
      var letters: [String]
      var counts: [[Int]]
    }

    /// The most words that are kept.
    private static let mostWords = 5_000
    /// The most lengths that are distinguished.
    private static let mostLengths = 100

    init(_ words: [String]) {
      var numbers: [String: Int] = [:]
      for word in words { numbers[word, default: 0] += 1 }
      // Words that came twice by chance, as two short numbers do, are too few to be known ones.
      let repeats = numbers.filter { $0.value > 1 }.sorted {
        (-$0.value, $0.key) < (-$1.value, $1.key)
      }
      let rows = repeats.reduce(0) { $0 + $1.value }
      let kept = 4 * rows >= words.count ? Array(repeats.prefix(Self.mostWords)) : []
      common = kept.map(\.key)
      counts = kept.map(\.value)
      let known = Set(common)
      let rest = words.filter { !known.contains($0) }
      others = rest.count
      let byLength = Dictionary(grouping: rest.map { Array($0) }, by: { min($0.count, 200) })
      lengths = byLength.sorted { (-$0.value.count, $0.key) < (-$1.value.count, $1.key) }
        .prefix(Self.mostLengths).map { length, words in
          let places = (0..<length).map { place in
            var found: [Character: Int] = [:]
            for word in words { found[word[place], default: 0] += 1 }
            return found.sorted { $0.key < $1.key }
          }
          return Letters(
            rows: words.count,
            letters: places.map { String($0.map(\.key)) },
            counts: places.map { $0.map(\.value) }
          )
        }
    }

    /// A word.
    func drawn(_ generator: inout SeededGenerator) -> String {
      let place = generator.place(counts + [others])
      if place < common.count { return common[place] }
      guard !lengths.isEmpty else { return "" }
      let letters = lengths[generator.place(lengths.map(\.rows))]
      return String(
        zip(letters.letters, letters.counts).map { letters, counts in
          let all = Array(letters)
          return all.isEmpty ? "x" : all[min(generator.place(counts), all.count - 1)]
        }
      )
    }

    /// Whether a word that was read from a file is one.
    var isGood: Bool {
      let rows = 1...TextForm.mostRows
      return common.count == counts.count && counts.allSatisfy(rows.contains)
        && (0...TextForm.mostRows).contains(others) && (others > 0 || !common.isEmpty)
        && (others == 0 || !lengths.isEmpty)
        && lengths.allSatisfy { letters in
          rows.contains(letters.rows) && letters.letters.count == letters.counts.count
            && letters.counts.allSatisfy { $0.allSatisfy(rows.contains) }
        }
    }
  }
}
