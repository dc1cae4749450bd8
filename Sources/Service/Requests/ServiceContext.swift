internal import HTTPTypes
internal import Hummingbird
internal import Logging

/// What is known of a request while it is answered.
struct ServiceContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  /// Who asks; none before that was found out, and where it does not matter.
  var caller: Workspace?

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
  }

  /// The workspace of who asks.
  var workspace: Workspace {
    @inline(never)
    get throws {
      guard let caller else {
        throw Problem(.unauthorized, "Send a token, or load the page again.")
      }
      return caller
    }
  }
}
