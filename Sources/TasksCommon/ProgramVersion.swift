/// The version of this library and of the program that is built on it.
public enum ProgramVersion {
  /// The version, by the rules of Semantic Versioning.
  public static let current = "0.1.0"
}
