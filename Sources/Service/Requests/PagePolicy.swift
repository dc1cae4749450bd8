/// What browsers let pages of the server do, as the header Content-Security-Policy says it.
enum PagePolicy {
  /// Of every answer but pages and drawings that jobs write: nothing comes from anywhere else.
  static let own =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    + "media-src 'self' blob:; connect-src 'self'; font-src 'self'; "
    + "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

  /// Of pages and drawings that jobs write: their own scripts alone, in a sandbox without the cookie.
  static let ofJobs =
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; "
    + "style-src 'unsafe-inline'; img-src data:; font-src data:; frame-ancestors 'none'"
}
