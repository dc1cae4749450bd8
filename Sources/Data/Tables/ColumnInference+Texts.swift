internal import HourglassSystem
internal import HourglassTensors

extension ColumnInference {
  /// A column of cells of which some are texts, or that is declared to be one of texts, and how it was read.
  ///
  /// - Parameters:
  ///   - codes: The place of the text of each cell in the pool; -1 for a missing one.
  ///   - evidence: What all cells of the column show.
  ///   - words: The words for missing cells.
  func meaning(
    codes: [Int32],
    pool: TextPool,
    evidence: TextEvidence,
    words: MissingWords
  ) throws(DatasetError) -> Meaning {
    let cells = TextCells(codes: codes, pool: pool, evidence: evidence, words: words)
    if let expectation, evidence.values > 0,
      let meaning = try? expectation.meaning(
        codes: codes,
        pool: pool,
        evidence: evidence,
        words: words
      )
    {
      return meaning.asExpected
    }
    switch declared {
    case .number, .integer: return try declaredNumbers(cells)
    case .date, .time: return try declaredDates(cells)
    case nil where pool.count > 1: if let meaning = try values(cells) { return meaning }
    default: break
    }
    return try texts(cells)
  }

  /// The cells of a column of texts.
  fileprivate struct TextCells {
    let codes: [Int32]
    let pool: TextPool
    let evidence: TextEvidence
    let words: MissingWords
  }

  /// Dates, times, durations or numbers; nil where the cells are texts.
  private func values(_ cells: TextCells) throws(DatasetError) -> Meaning? {
    let evidence = cells.evidence
    let durations = evidence.durations.decision()
    if case .dates(let dates) = evidence.dates.outcome(order: dateOrder),
      evidence.areFew(dates.odd, known: evidence.standInCount + dates.farCount),
      durations.map({ dates.odd.count <= $0.odd.count }) ?? true
    {
      return meaning(cells, dates, dates.isTime ? .time : .date)
    }
    if let durations, evidence.areFew(durations.odd, known: evidence.standInCount) {
      return try meaning(cells, durations)
    }
    guard let numbers = evidence.numbers.decision(hasDecimalComma: hasDecimalComma),
      !numbers.areCodes, !refusesDecimalComma || numbers.writing.decimal == .point,
      evidence.standIns.isEmpty || cells.pool.count - evidence.standIns.count > 1
    else { return nil }
    if numbers.odd.count > 0, numbers.writing.affix.isLetterUnit { return nil }
    if numbers.odd.count == 0 {
      let isWhole = numbers.decimals.most == 0
      // Two amounts are two values.
      if cells.pool.count == 2, isWhole, !numbers.isPlain { return nil }
      return try meaning(cells, numbers)
    }
    if numbers.odd.count * 20 <= evidence.values, cells.pool.count > 20 {
      let odd = numbers.odd.placed(in: parts)
      throw .table(.strayText(path: path, column: name, found: odd.description))
    }
    return nil
  }

  // MARK: Declared

  private func declaredNumbers(_ cells: TextCells) throws(DatasetError) -> Meaning {
    let kind = declared ?? .number
    let evidence = cells.evidence
    if let durations = evidence.durations.decision(), durations.odd.count == 0 {
      if kind == .integer, evidence.durations.fractions.count > 0 {
        throw wrongKind(kind, evidence.durations.fractions)
      }
      return try meaning(cells, durations)
    }
    guard evidence.values > 0 else { return try texts(cells) }
    guard let numbers = evidence.numbers.decision(hasDecimalComma: hasDecimalComma) else {
      throw wrongKind(kind, evidence.cells(or: evidence.numbers.others))
    }
    if numbers.odd.count > 0 { throw wrongKind(kind, numbers.odd) }
    if kind == .integer, let fractions = evidence.numbers.fractions[numbers.writing.decimal] {
      throw wrongKind(kind, fractions)
    }
    if kind == .integer, evidence.numbers.large.count > 0 {
      throw wrongKind(kind, evidence.numbers.large, ", beyond 2^53, which would be rounded")
    }
    return try meaning(cells, numbers)
  }

  private func declaredDates(_ cells: TextCells) throws(DatasetError) -> Meaning {
    let kind = declared ?? .date
    if let epoch {
      return try meaning(cells, epoch)
    }
    guard cells.evidence.values > 0 else { return try texts(cells) }
    switch cells.evidence.dates.outcome(order: dateOrder) {
    case .none: throw wrongKind(kind, cells.evidence.cells(or: cells.evidence.dates.others))
    case .ambiguous:
      throw wrongKind(
        kind,
        cells.evidence.all,
        " with an ambiguous order of day and month (add :day-first or :month-first)"
      )
    case .dates(let dates):
      if dates.isTime != (kind == .time) {
        throw wrongKind(kind, cells.evidence.all, ", of the kind \(dates.isTime ? "time" : "date")")
      }
      // What stands for no date is missing.
      if dates.odd.count > dates.placeholders.count { throw wrongKind(kind, dates.odd) }
      return meaning(cells, dates, kind)
    }
  }

  // MARK: Values

  private func meaning(
    _ cells: TextCells,
    _ dates: DateEvidence.Decision,
    _ kind: ColumnKind
  ) -> Meaning {
    let format = dates.format
    let values = TextValues(
      cells.codes,
      cells.pool,
      words: cells.words,
      read: { format.seconds(ofCell: $0) },
      write: format.isMixed == true ? { Array(format.text($0).utf8) } : nil
    )
    let column = Table.Column(
      name: name,
      kind: kind,
      cells: .numbers(values.numbers, missing: values.missing),
      dateFormat: format,
      writing: nil,
      originals: values.originals
    )
    let rule: ColumnRule =
      declared != nil ? .declared : kind == .time ? .timesOfDay : .dates
    var meaning = Meaning(column: column, rule: rule, detail: format.pattern, odd: dates.odd)
    meaning.unreadCount = dates.unreadCount + cells.evidence.quotedWords
    return meaning
  }

  /// A column of numbers that count since 1970.
  private func meaning(
    _ cells: TextCells,
    _ epoch: DateFormat.Epoch
  ) throws(DatasetError) -> Meaning {
    let decision = cells.evidence.numbers.decision(hasDecimalComma: false)
    guard let decision, decision.odd.count == 0, decision.isPlain else {
      throw wrongKind(.date, cells.evidence.cells(or: cells.evidence.numbers.others))
    }
    let format = DateFormat(epoch: epoch, decimals: decision.decimals.most ?? 6)
    let values = TextValues(
      cells.codes,
      cells.pool,
      words: cells.words,
      read: { format.seconds(of: $0) },
      write: nil
    )
    let column = Table.Column(
      name: name,
      kind: .date,
      cells: .numbers(values.numbers, missing: values.missing),
      dateFormat: format,
      writing: nil,
      originals: values.originals
    )
    return Meaning(column: column, rule: .declared, detail: format.pattern)
  }

  private func meaning(
    _ cells: TextCells,
    _ durations: (writing: NumberWriting, odd: OddCells)
  ) throws(DatasetError) -> Meaning {
    let decimals = cells.evidence.durations.decimals
    var meaning = try meaning(cells, durations.writing, decimals)
    meaning.odd = durations.odd
    meaning.unreadCount += durations.odd.count
    if declared == nil { meaning.rule = .durations }
    return meaning
  }

  private func meaning(
    _ cells: TextCells,
    _ numbers: NumberEvidence.Decision
  ) throws(DatasetError) -> Meaning {
    let writing = numbers.isPlain ? nil : numbers.writing
    var meaning = try meaning(cells, writing, numbers.decimals)
    if declared == nil, meaning.column.kind != .constant, !numbers.isPlain {
      meaning.rule = .writtenNumbers
    }
    meaning.detail = writing?.summary
    return meaning
  }

  /// A column of numbers that are plain, or written in a way.
  private func meaning(
    _ cells: TextCells,
    _ writing: NumberWriting?,
    _ counts: DecimalCounts
  ) throws(DatasetError) -> Meaning {
    let decimals = counts.most.flatMap { $0 <= NumberFormat.mostDecimals ? $0 : nil }
    let format = NumberFormat(decimals: decimals, isFixed: counts.areEqual)
    let values = TextValues(
      cells.codes,
      cells.pool,
      words: cells.words,
      takesStandIns: true,
      read: { (writing ?? NumberWriting()).number(of: $0) },
      write: writing?.writer(format)
    )
    var meaning = try meaning(
      numbers: values.numbers,
      missing: values.missing,
      decimals: decimals,
      isFixed: counts.areEqual
    )
    let standIns = cells.evidence.standIns.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    meaning.standIns = standIns.map { ColumnReading.MissingWord(word: $0.key, count: $0.value) }
    meaning.unreadCount = cells.evidence.quotedWords + cells.evidence.standInCount
    guard writing != nil else { return meaning }
    // What names rows, or is one of two values, is kept as it is written.
    guard case .numbers = meaning.column.cells else { return try texts(cells) }
    meaning.column = meaning.column.written(writing, originals: values.originals)
    return meaning
  }

  // MARK: Texts

  private func texts(_ cells: TextCells) throws(DatasetError) -> Meaning {
    let (codes, pool) = (cells.codes, cells.pool)
    let present = presentCount ?? codes.count { $0 >= 0 }
    let rule = declared == nil ? rule(cells, present) : .declared
    let kind = declared ?? rule.kindOfTexts
    if pool.mayRepeat, !kind.holdsTexts {
      // Declared to be a category, which has each level once.
      let (distinct, numbers) = pool.distinct()
      return try texts(
        TextCells(
          codes: codes.map { $0 < 0 ? -1 : numbers[Int($0)] },
          pool: distinct,
          evidence: cells.evidence,
          words: cells.words
        )
      )
    }
    let levels = pool.texts
    if kind == .boolean && levels.count > 2 {
      throw wrongKind(.boolean, cells.evidence.all, ", more than two values")
    }
    if kind == .constant && levels.count > 1 {
      throw wrongKind(.constant, cells.evidence.all, ", more than one value")
    }
    if let levels = self.levels, kind == .ordinal, cells.evidence.unlisted.count > 0 {
      throw wrongKind(.ordinal, cells.evidence.unlisted, ", \(DeclaredLevels(levels).absence)")
    }
    let detail = detail(rule, cells)
    if kind.holdsTexts {
      let texts = Table.Column(
        name: name,
        kind: kind,
        cells: .texts(codes.map { $0 < 0 ? nil : levels[Int($0)] })
      )
      return Meaning(column: texts, rule: rule, detail: detail)
    }
    let order = Self.order(levels)
    var rank = [Int32](repeating: 0, count: levels.count)
    for (position, level) in order.enumerated() { rank[level] = Int32(position) }
    let column = Table.Column(
      name: name,
      kind: kind,
      cells: .codes(codes.map { $0 < 0 ? -1 : rank[Int($0)] }, levels: order.map { levels[$0] })
    )
    return Meaning(
      column: kind == .ordinal ? try ordered(column) : column,
      rule: rule,
      detail: detail
    )
  }

  private func rule(_ cells: TextCells, _ present: Int) -> ColumnRule {
    let levelCount = distinctCount ?? cells.pool.count
    if levelCount < 2 { return levelCount == 0 ? .empty : .oneValue }
    if levelCount == 2 { return .twoValues }
    let isNearlyUnique = present >= Self.fewestIdentifiers && levelCount * 10 >= present * 9
    let isMany = levelCount > Self.mostLevels
    let numbers = cells.evidence.numbers.decision(hasDecimalComma: hasDecimalComma)
    if let numbers, numbers.areCodes, numbers.odd.count == 0 {
      return isNearlyUnique || isMany ? .uniqueCodes : .codes
    }
    if isNearlyUnique || isMany,
      WordEvidence(cells.pool).areWords(areUnique: isNearlyUnique, present)
    {
      return .words
    }
    if isNearlyUnique { return .nearlyUnique }
    if isMany { return .manyTexts }
    if case .ambiguous = cells.evidence.dates.outcome(order: nil),
      cells.evidence.areFew(cells.evidence.dates.others)
    {
      return .ambiguousDates
    }
    return .texts
  }

  /// What to know of a column of texts beside its rule: that most of its cells are of another kind.
  private func detail(_ rule: ColumnRule, _ cells: TextCells) -> String? {
    guard declared == nil, [.nearlyUnique, .manyTexts, .words, .texts].contains(rule) else {
      return nil
    }
    let all = cells.evidence.values
    if case .ambiguous = cells.evidence.dates.outcome(order: nil) {
      return "dates whose day and month cannot be distinguished: "
        + "--column \"\(name)=date:day-first\" or month-first"
    }
    if case .dates(let dates) = cells.evidence.dates.outcome(order: dateOrder),
      dates.odd.count * 2 < all
    {
      return "no dates: \(dates.odd.description)"
    }
    if let numbers = cells.evidence.numbers.decision(hasDecimalComma: hasDecimalComma),
      numbers.odd.count > 0, numbers.odd.count * 2 < all
    {
      return "no numbers: \(numbers.odd.description)"
    }
    return nil
  }
}

extension ColumnRule {
  /// The kind of a column of texts by this rule.
  fileprivate var kindOfTexts: ColumnKind {
    switch self {
    case .empty, .oneValue: .constant
    case .twoValues: .boolean
    case .words: .text
    case .uniqueCodes, .nearlyUnique, .manyTexts: .identifier
    default: .category
    }
  }
}
