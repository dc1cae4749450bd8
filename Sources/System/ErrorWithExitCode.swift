/// An error that says what a program that it ends should give back to the system.
package protocol ErrorWithExitCode: Error, CustomStringConvertible {
  /// 1 where the data or the model is at fault, 2 where the settings are, 3 where the machine is.
  var exitCode: Int32 { get }
}
