namespace MyApp.Supervision.Restarts;

/// <summary>What is to become of an instance that ended.</summary>
/// <param name="Reason">For a person: the exit and what follows from it.</param>
public abstract record RestartDecision(string Reason);

/// <summary>Start it again after <paramref name="Delay"/>; zero: at once.</summary>
/// <param name="Alert">This failure makes it a crash loop of which nobody has been told.</param>
public sealed record RestartAfter(TimeSpan Delay, bool CrashLoop, bool Alert, RestartTally Tally, string Reason) : RestartDecision(Reason);

/// <summary>It has done what it was to do.</summary>
public sealed record StayStopped(string Reason) : RestartDecision(Reason);

/// <summary>It failed, and stays down until a person asks.</summary>
public sealed record GiveUp(string Reason) : RestartDecision(Reason);
