// What `import Hourglass` gives: the public part of the rooms that a user of the library meets.

@_exported public import HourglassApplications
@_exported public import HourglassAutoencoders
@_exported public import HourglassDatasets
@_exported public import HourglassEngines
@_exported public import HourglassGraphs
@_exported public import HourglassModelFiles
@_exported public import HourglassNetworks
@_exported public import HourglassSignatures
@_exported public import HourglassTensors
