internal import HourglassAutoencoders
internal import HourglassDatasets
internal import HourglassModelFiles
internal import HourglassNetworks
public import HourglassTensors

/// The encodings of a model of a table, and what each application says of itself: the fields of its
/// header.
struct TableModelParts: Codable, Sendable {
  /// How cells become values.
  let encoding: TableEncoding
  /// How cells fall into groups.
  let columns: [CellGroups]
  /// The headers of the applications by their names.
  let views: [String: ModelHeader]

  /// What is wrong with parts that were read from a file, if anything.
  var problem: String? {
    encoding.problem ?? SynthesisFields.table(columns).problem
  }
}

extension FittedTableModel: FittedApplication {
  private static let network = "network."

  /// The variables of the shared network, and beside them what each application measured.
  public var tensors: [String: Tensor] {
    var tensors: [String: Tensor] = [:]
    for (name, tensor) in shared.whole.variables { tensors[Self.network + name] = tensor }
    for (view, application) in views.all {
      let own = application.tensors
      for name in application.header.stateTensors { tensors["\(view).\(name)"] = own[name] }
    }
    return tensors
  }

  private var views: TableViews {
    TableViews(
      reducer: reducer,
      extractor: extractor,
      matcher: matcher,
      denoiser: denoiser,
      detector: detector,
      synthesizer: synthesizer,
      imputer: imputer
    )
  }

  /// The names of the tensors that no gradient was followed of.
  static func stateNames(_ views: TableViews) -> [String] {
    views.all.flatMap { view, application in
      application.header.stateTensors.map { "\(view).\($0)" }
    }
  }

  /// Makes it from what a model file holds.
  public init(contents file: ModelContents) throws {
    let whole = try TableModelFile(file)
    func view<View: FittedApplication>(_ type: View.Type) throws -> View {
      guard let contents = try whole.contents(of: type.application) else {
        throw file.damaged("it has nothing for \(type.application)")
      }
      return try View(contents: contents)
    }
    let hasDenoiser = whole.parts.views[FittedDenoiser.application] != nil
    try self.init(
      configuration: try file.decoded(\.configuration, as: TableLearner.self),
      header: file.header,
      report: try file.report(as: TableModelReport.self),
      checkpoint: nil,
      shared: whole.shared,
      views: TableViews(
        reducer: try view(FittedDimensionReducer.self),
        extractor: try view(FittedFeatureExtractor.self),
        matcher: try view(FittedMatcher.self),
        denoiser: hasDenoiser ? try view(FittedDenoiser.self) : nil,
        detector: try view(FittedAnomalyDetector.self),
        synthesizer: try view(FittedSynthesizer.self),
        imputer: try view(FittedImputer.self)
      )
    )
  }

  /// What a file of a model of a table holds for one application; `nil` where it has nothing for it.
  static func contents(
    of application: String,
    in file: ModelContents
  ) throws -> ModelContents? {
    try TableModelFile(file).contents(of: application)
  }

  /// A file of a model of a table, read as far as all applications need it.
  private struct TableModelFile {
    let file: ModelContents
    let parts: TableModelParts
    let shared: SharedTable

    init(_ file: ModelContents) throws {
      let parts = try file.decoded(\.fields, as: TableModelParts.self)
      if let problem = parts.problem { throw file.damaged(problem) }
      let autoencoder = try file.decoded(\.architecture, as: Autoencoder.self)
      let learnt = parts.columns.filter { $0.count > 0 }
      let layout = autoencoder.fields?.fields ?? []
      guard
        layout == parts.encoding.layout.fields + learnt.map({ .category(levels: $0.count) }),
        autoencoder.renditions?.firstCount == parts.encoding.fields.count
      else { throw file.damaged("its network should be one of its columns") }
      var variables: [String: Tensor] = [:]
      for (name, tensor) in file.tensors where name.hasPrefix(network) {
        variables[String(name.dropFirst(network.count))] = tensor
      }
      self.file = file
      self.parts = parts
      let width = layout.reduce(0) { $0 + $1.width }
      shared = try SharedTable(
        encoding: parts.encoding,
        columns: parts.columns,
        whole: try FittedAutoencoder(
          autoencoder,
          variables: variables,
          itemShape: [width + layout.count],
          record: nil
        )
      )
    }

    func contents(of application: String) throws -> ModelContents? {
      guard let header = parts.views[application] else { return nil }
      var tensors: [String: Tensor]
      switch application {
      case FittedSynthesizer.application: tensors = shared.groups.variables
      case FittedMatcher.application: tensors = shared.signatureVariables
      case FittedImputer.application:
        tensors = [:]
        let prefix = FittedImputer.State.memberPrefix(0)
        for (name, tensor) in shared.rows.variables { tensors[prefix + name] = tensor }
      default: tensors = shared.rows.variables
      }
      let prefix = application + "."
      for (name, tensor) in file.tensors where name.hasPrefix(prefix) {
        tensors[String(name.dropFirst(prefix.count))] = tensor
      }
      return ModelContents(path: file.path, header: header, tensors: tensors)
    }
  }
}
