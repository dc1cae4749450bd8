internal import HourglassSignatures
public import HourglassTasksCommon

extension FittedMatcher: FittedTask {
  /// What giving signatures needs, and fingerprints of the items that were trained on; no item is
  /// among it.
  public var tensors: [String: Tensor] {
    model.variables.merging(trained.tensors) { variable, _ in variable }
  }

  /// Makes it from what a model file holds.
  public init(contents file: ModelContents) throws {
    let encoding = try file.decoded(\.fields, as: ItemEncoding.self)
    if let problem = encoding.problem { throw file.damaged(problem) }
    let network = try file.decoded(\.architecture, as: SignatureNetwork.self)
    guard let form = encoding.form, network.views.form == form else {
      throw file.damaged("its network should take the items that its fields describe")
    }
    self.init(
      configuration: try file.decoded(\.configuration, as: Matcher.self),
      core: try FittedCore(file),
      encoding: encoding,
      model: try SignatureModel(
        network,
        variables: file.tensors,
        itemShape: encoding.itemShape
      ),
      trained: try TrainedItems(file)
    )
  }
}

extension FittedMatcher {
  /// The model as a signature database keeps it.
  func stored() throws -> StoredModel {
    let bytes = try bytes()
    return StoredModel(
      kind: kind.rawValue,
      fingerprint: Fingerprint.hexadecimal(Fingerprint.hash(bytes.span.bytes)),
      file: bytes
    )
  }

  /// The model that a database keeps; none where it keeps none.
  init?(storedIn database: SignatureDatabase) throws {
    guard let model = try database.model() else { return nil }
    try self.init(ModelFile(bytes: model.file, path: "the model in \(database.path)"))
  }
}
