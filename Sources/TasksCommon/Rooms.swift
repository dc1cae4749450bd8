// The rooms that every task may use: `import HourglassTasksCommon` in a task gives all of them.

@_exported public import HourglassAutoencoders
@_exported public import HourglassData
@_exported public import HourglassEncodings
@_exported public import HourglassEngines
@_exported public import HourglassEvaluation
@_exported public import HourglassGraphs
@_exported public import HourglassMedia
@_exported public import HourglassModelFiles
@_exported public import HourglassNetworks
@_exported public import HourglassStatistics
@_exported public import HourglassSystem
@_exported public import HourglassTensors
