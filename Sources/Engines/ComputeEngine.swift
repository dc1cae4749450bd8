package import HourglassGraphs

/// The place where networks are computed: one thread with its plans.
///
/// Plans are no values and belong to the engine's thread; what comes out of the engine (tensors,
/// numbers) may go anywhere. Several tasks may use one engine; their pieces of work take turns.
///
///     let engine = ComputeEngine()
///     let codes = try await model.encode(data, on: engine)
public actor ComputeEngine {
  /// What computes a graph.
  package enum Executor: String, Hashable, Sendable, Codable, CaseIterable {
    /// Plain loops in double precision: slow and exact, for tests.
    case reference
    /// The primitives of oneDNN.
    case oneDNN
  }

  /// How an engine computes.
  package struct Configuration: Hashable, Sendable, Codable {
    /// The number of threads for large work; `nil` is one for each processor core.
    package var threads: Int?
    /// The format in which large products are computed.
    package var precision: ComputePrecision
    /// What computes a graph.
    package var executor = Executor.oneDNN

    /// Makes a configuration; the defaults suit nearly everybody.
    package init(threads: Int? = nil, precision: ComputePrecision = .automatic) {
      self.threads = threads
      self.precision = precision
    }

    /// Makes a configuration with an executor.
    package init(threads: Int? = nil, precision: ComputePrecision = .automatic, executor: Executor)
    {
      self.init(threads: threads, precision: precision)
      self.executor = executor
    }
  }

  /// How this engine computes.
  package nonisolated let configuration: Configuration

  private nonisolated let thread: DedicatedThreadExecutor
  private var kept: [KeptPlan] = []

  /// The number of compiled plans that `keptPlan` holds at most.
  private static let keptPlanLimit = 4

  /// Makes an engine and its thread.
  ///
  /// - Parameters:
  ///   - threads: The number of threads for large work; `nil` is one for each processor core.
  ///   - precision: The format in which large products are computed.
  public init(threads: Int? = nil, precision: ComputePrecision = .automatic) {
    self.init(Configuration(threads: threads, precision: precision))
  }

  /// Makes an engine and its thread by a configuration.
  package init(_ configuration: Configuration) {
    self.configuration = configuration
    thread = DedicatedThreadExecutor()
  }

  /// The engine's own thread as the executor of this actor.
  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    thread.asUnownedSerialExecutor()
  }

  /// The number of threads for large work.
  package nonisolated var threads: Int {
    configuration.threads ?? ProcessorCount.available
  }

  /// Runs a piece of synchronous work on the engine's thread.
  package func perform<Result: Sendable, Failure: Error>(
    _ body: @Sendable (isolated ComputeEngine) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(self)
  }

  /// Compiles a graph; its variables start from the seed, its random numbers are drawn with it.
  ///
  /// The plan must stay on the engine's thread. A precision takes the place of the configured one.
  package func makePlan(
    _ graph: Graph,
    seed: UInt64,
    precision: ComputePrecision? = nil
  ) throws(EngineError) -> any Plan {
    switch configuration.executor {
    case .reference:
      return ReferencePlan(graph, seed: seed, roundsVariables: true)
    case .oneDNN:
      return try OneDNNPlan(
        graph,
        seed: seed,
        threads: threads,
        precision: precision ?? configuration.precision
      )
    }
  }

  /// Gives the plan that was made before for a purpose of an owner, or makes it.
  ///
  /// The few most recently used plans are kept, so that a model that answers many small requests
  /// is compiled once.
  package func keptPlan(
    of owner: any AnyObject & Sendable,
    for purpose: String,
    make: (isolated ComputeEngine) throws -> any Plan
  ) throws -> any Plan {
    if let index = kept.firstIndex(where: { $0.owner === owner && $0.purpose == purpose }) {
      let found = kept.remove(at: index)
      kept.append(found)
      return found.plan
    }
    let plan = try make(self)
    kept.append(KeptPlan(owner: owner, purpose: purpose, plan: plan))
    if kept.count > Self.keptPlanLimit { kept.removeFirst() }
    return plan
  }

  /// Forgets the plans that `keptPlan` holds, with their memory.
  public func releasePlans() {
    kept = []
  }

  private struct KeptPlan {
    let owner: any AnyObject & Sendable
    let purpose: String
    let plan: any Plan
  }
}
