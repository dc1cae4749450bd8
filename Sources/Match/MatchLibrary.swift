public import HourglassSignatures
public import HourglassTasksCommon

/// A signature database with the matcher that makes its signatures: items go in, answers come out.
///
///     let library = try MatchLibrary(creating: "songs.db", matcher)
///     try await library.add(songs)
///     let answer = try await library.find(query, count: 5)[0]
///
/// The matcher is kept inside the file, so that the file alone is enough. A database of ready
/// coordinates has none.
public struct MatchLibrary: Sendable {
  /// The file.
  package let database: SignatureDatabase
  /// What makes the signatures; none where coordinates were imported.
  public let matcher: FittedMatcher?

  /// Makes a database that keeps a matcher, or gives an empty one that is there a matcher.
  ///
  /// - Throws: `other` where there is a database with items.
  public init(creating path: String, _ matcher: FittedMatcher) throws(HourglassError) {
    do {
      let database = try SignatureDatabase(openingOrCreating: path)
      guard try database.count == 0 else { throw SignatureError.alreadyExists(file: path) }
      try database.setModel(try matcher.stored())
      self.database = database
      self.matcher = matcher
    } catch {
      throw HourglassError(error)
    }
  }

  /// Opens a database that is there.
  public init(contentsOf path: String, readOnly: Bool = false) throws(HourglassError) {
    do {
      database = try SignatureDatabase(contentsOf: path, readOnly: readOnly)
      matcher = try FittedMatcher(storedIn: database)
    } catch {
      throw HourglassError(error)
    }
  }

  /// Whether the file at a path is a database whose making was interrupted.
  package static func isUnfinished(_ path: String) -> Bool {
    do throws(SignatureError) {
      _ = try SignatureDatabase(contentsOf: path, readOnly: true)
      return false
    } catch {
      if case .unfinished = error { return true } else { return false }
    }
  }

  /// The matcher, which whatever takes items needs.
  func requiredMatcher() throws(TaskError) -> FittedMatcher {
    guard let matcher else { throw .noEncoder(file: database.path) }
    return matcher
  }
}

extension MatchLibrary {
  /// Stores the items of some data, all or none, and calibrates again from which distance on an item is
  /// not in the database; gives the number of those that were stored.
  ///
  /// Sounds that are silent are not stored.
  ///
  /// A table that is not held in memory is stored block by block. Where that ends early, the blocks so
  /// far are in the database; the policy `keep` goes on from there.
  @discardableResult
  public func add(
    _ data: Dataset,
    ifPresent policy: ReplacementPolicy = .refuse,
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> Int {
    try await add(data, ifPresent: policy, keeping: SoundSpectrograms(), on: engine).stored
  }

  /// The same with the spectrograms that were computed while the matcher was trained.
  ///
  /// - Returns: The number of stored items, and the names of the sounds that are silent, which are not.
  package func add(
    _ data: Dataset,
    ifPresent policy: ReplacementPolicy,
    keeping spectrograms: SoundSpectrograms,
    on engine: ComputeEngine
  ) async throws(HourglassError) -> (stored: Int, silent: [String]) {
    try await HourglassError.wrapping {
      let matcher = try requiredMatcher()
      if case .sounds(let sounds) = data {
        let seed = matcher.configuration.learning.seed
        spectrograms.prepareCalibration(
          of: sounds,
          matcher.trained.calibrating(in: sounds),
          seed: seed
        )
      }
      var stored = 0
      var unseen: [String] = []
      var silent: [String] = []
      if data.isInMemory {
        let new = try await matcher.items(of: data, after: 0, spectrograms, on: engine)
        stored = try database.add(contentsOf: new.items, ifPresent: policy)
        unseen = new.unseen
        silent = new.silent
      } else {
        let batches = try data.batches()
        while let batch = try await batches.next() {
          let new = try await matcher.items(of: batch.data, after: batch.firstRow, on: engine)
          stored += try database.add(contentsOf: new.items, ifPresent: policy)
          unseen += new.unseen
        }
      }
      try await calibrate(with: data, unseen: unseen, matcher, spectrograms, on: engine)
      return (stored, silent)
    }
  }

  /// Finds the stored items nearest to each item of some data.
  ///
  /// - Parameters:
  ///   - count: The most items to find for each.
  ///   - falseAcceptRate: How often an item that is not in the database may be taken for one that is;
  ///     with it, `isInDatabase` of an answer is set.
  ///   - metadata: The values that the metadata of an item must have to be found.
  public func find(
    _ data: Dataset,
    count: Int = 5,
    falseAcceptRate: Double? = nil,
    metadata: [String: String] = [:],
    on engine: ComputeEngine = ComputeEngine()
  ) async throws(HourglassError) -> [MatchAnswer] {
    try await find(
      data,
      count: count,
      falseAcceptRate: falseAcceptRate,
      filter: SignatureFilter(metadata: metadata),
      in: nil,
      on: engine
    )
  }

  /// The same in the signatures of the database, where they were loaded before; a large database makes or
  /// loads the graph of its approximate search otherwise.
  package func find(
    _ data: Dataset,
    count: Int,
    falseAcceptRate: Double?,
    filter: SignatureFilter,
    in index: SignatureIndex?,
    on engine: ComputeEngine
  ) async throws(HourglassError) -> [MatchAnswer] {
    try await HourglassError.wrapping {
      let matcher = try requiredMatcher()
      let index = try index ?? loadedIndex()
      let recall = filter.isEmpty ? index.approximation?.recall : nil
      var answers: [MatchAnswer]
      if case (.sounds(let encoding), .sounds(let sounds)) = (matcher.encoding, data) {
        answers = []
        let queryClips = QueryClipCalibration(try database.note(for: QueryClipCalibration.key))
        for number in 0..<sounds.count {
          let spectrogram = encoding.spectrogram(try sounds.sound(number))
          try encoding.requireLength(spectrogram, name: sounds.names[number])
          let whole = try await matcher.queryClip(of: spectrogram, encoding, on: engine)
          guard let (queryClip, seconds) = whole.sounding else {
            var answer = MatchAnswer(query: sounds.names[number], [SequenceMatch](), index)
            answer.isSilent = true
            answer.isInDatabase = falseAcceptRate.map { _ in false }
            answers.append(answer)
            continue
          }
          let found = try QueryClip.matches(
            for: queryClip.phases,
            in: index,
            spacing: encoding.spacing,
            count: count,
            filter: filter,
            threads: engine.threads
          ).map { $0.moved(to: $0.offset - seconds) }
          var answer = MatchAnswer(query: sounds.names[number], found, index)
          answer.recall = recall
          let isRelative = queryClips?.isRelative == true
          var scale: Double?
          if isRelative, let phase = queryClip.phases.first {
            // Items that are filtered out count for the local distance scale, too.
            scale = try QueryClip.localDistanceScale(
              of: phase.signatures,
              in: index,
              threads: engine.threads
            )
          }
          // Where items were removed until too few are left for the local distance scale, nothing is known
          // of distances.
          let isKnown = !isRelative || scale != nil
          let length = isKnown ? queryClips?.length(of: queryClip.signatures.count) : nil
          try answer.decide(
            by: length.map { [$0.calibration, $0.noisy] } ?? [],
            scale: scale ?? 1,
            growth: length?.growth(to: index.items.count) ?? 1,
            isTrained: true,
            falseAcceptRate: falseAcceptRate,
            file: database.path
          )
          answers.append(answer)
        }
        return answers
      }
      let found = try index.matches(
        for: try await matcher.queries(of: data, on: engine),
        count: count,
        filter: filter,
        threads: engine.threads
      )
      let calibrations = try database.calibration().map { [$0] } ?? []
      let growth = try Self.growth(of: database, to: index.items.count)
      answers = zip(data.itemNames(), found).map { MatchAnswer(query: $0, $1, index) }
      for place in answers.indices {
        answers[place].recall = recall
        try answers[place].decide(
          by: calibrations,
          growth: growth,
          isTrained: true,
          falseAcceptRate: falseAcceptRate,
          file: database.path
        )
      }
      return answers
    }
  }

  /// Finds the stored items nearest to some coordinates.
  public func find(
    at coordinates: [Float],
    count: Int = 5,
    falseAcceptRate: Double? = nil,
    metadata: [String: String] = [:]
  ) throws(HourglassError) -> MatchAnswer {
    try find(
      at: coordinates,
      count: count,
      falseAcceptRate: falseAcceptRate,
      filter: SignatureFilter(metadata: metadata),
      in: nil
    )
  }

  /// The same in the signatures of the database, where they were loaded before.
  package func find(
    at coordinates: [Float],
    count: Int,
    falseAcceptRate: Double?,
    filter: SignatureFilter,
    in index: SignatureIndex?
  ) throws(HourglassError) -> MatchAnswer {
    try HourglassError.wrapping {
      let index = try index ?? loadedIndex()
      let found = try index.matches(for: coordinates, count: count, filter: filter)
      let query = coordinates.map { NumberText.plain(Double($0)) }.joined(separator: ",")
      var answer = MatchAnswer(query: query, found, index)
      answer.recall = filter.isEmpty ? index.approximation?.recall : nil
      try answer.decide(
        by: try database.calibration().map { [$0] } ?? [],
        isTrained: matcher != nil,
        falseAcceptRate: falseAcceptRate,
        file: database.path
      )
      return answer
    }
  }
}

extension MatchLibrary {
  /// Which false-accept rates can be asked of the database.
  package func promise() throws(HourglassError) -> FalseAcceptPromise {
    try Self.promise(of: database)
  }

  /// The same of a database whose matcher is not read.
  package static func promise(
    of database: SignatureDatabase
  ) throws(HourglassError) -> FalseAcceptPromise {
    try HourglassError.wrapping {
      let clips = QueryClipCalibration(try database.note(for: QueryClipCalibration.key))
      if let clips {
        let count = try database.count
        let worst = clips.lengths.max {
          $0.smallestRate(among: count) < $1.smallestRate(among: count)
        }
        return FalseAcceptPromise(
          items: worst?.calibration.itemCount ?? 0,
          smallestRate: worst.map { min($0.smallestRate(among: count), 1) },
          stored: worst.flatMap { $0.stored < count ? $0.stored : nil },
          ofTrained: clips.lengths.contains(where: \.ofTrained)
        )
      }
      let calibration = try database.calibration()
      let growth = try growth(of: database, to: database.count)
      return FalseAcceptPromise(
        items: calibration?.itemCount ?? 0,
        smallestRate: calibration.map { min($0.smallestRate * growth, 1) },
        stored: growth > 1 ? Int((Double(try database.count) / growth).rounded()) : nil
      )
    }
  }

  /// The names of the stored items, in the order in which they were added.
  ///
  /// - Throws: What keeps the file from being read.
  public func names() throws(HourglassError) -> [String] {
    try HourglassError.wrapping { try database.items().map(\.name) }
  }

  /// Removes stored items, all that are named or none.
  ///
  /// - Throws: `signatures` where one is not there.
  public func remove(_ names: [String]) throws(HourglassError) {
    try HourglassError.wrapping { try database.remove(names) }
  }

  /// The signatures, with a graph where there are many; a task that is cancelled gives it up.
  private func loadedIndex() throws -> SignatureIndex {
    try database.index(for: .automatic) { _ in try Task.checkCancellation() }
  }
}

extension MatchAnswer {
  fileprivate init(query: String, _ matches: [Match], _ index: SignatureIndex) {
    self.query = query
    self.matches = matches.map {
      Found(
        name: $0.name,
        distance: $0.distance,
        metadata: index.metadata(ofItem: $0.itemID)
      )
    }
  }

  fileprivate init(query: String, _ matches: [SequenceMatch], _ index: SignatureIndex) {
    self.query = query
    self.matches = matches.map {
      Found(
        name: $0.name,
        distance: $0.distance,
        offset: $0.offset,
        metadata: index.metadata(ofItem: $0.itemID)
      )
    }
  }
}

extension SignatureIndex {
  /// What is known about an item; numbers of items ascend.
  fileprivate func metadata(ofItem id: Int64) -> [String: String] {
    var (low, high) = (0, items.count)
    while low < high {
      let middle = (low + high) / 2
      if items[middle].id < id { low = middle + 1 } else { high = middle }
    }
    return low < items.count && items[low].id == id ? items[low].metadata : [:]
  }
}
