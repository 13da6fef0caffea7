namespace MyApp.Guard.Logs;

/// <summary>How a chunk is treated. Patient: error lines may wait for their file. Last: also the end of the output ends a line.</summary>
internal enum PumpHaste { Patient, Impatient, Last }
