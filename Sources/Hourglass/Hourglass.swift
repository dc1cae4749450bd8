// What `import Hourglass` gives: the public part of the rooms that a user of the library meets.

@_exported public import HourglassAutoencoders
@_exported public import HourglassColorize
@_exported public import HourglassData
@_exported public import HourglassDenoise
@_exported public import HourglassDetect
@_exported public import HourglassEncodings
@_exported public import HourglassEngines
@_exported public import HourglassEvaluation
@_exported public import HourglassFeatures
@_exported public import HourglassGenerate
@_exported public import HourglassGraphs
@_exported public import HourglassImpute
@_exported public import HourglassMedia
@_exported public import HourglassModelFiles
@_exported public import HourglassNetworks
@_exported public import HourglassReduce
@_exported public import HourglassSystem
@_exported public import HourglassTasksCommon
@_exported public import HourglassTensors

#if SQLite
  @_exported public import HourglassMatch
  @_exported public import HourglassSignatures
#endif
