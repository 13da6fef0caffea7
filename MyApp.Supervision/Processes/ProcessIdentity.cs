namespace MyApp.Supervision.Processes;

/// <summary>A process that can't be taken for another one that got its pid later.</summary>
/// <param name="StartTime">Clock ticks after boot, field 22 of /proc/PID/stat; see proc(5).</param>
/// <param name="BootId">/proc/sys/kernel/random/boot_id, as start times are only told apart within one boot.</param>
public sealed record ProcessIdentity(int Pid, long StartTime, string BootId);
