using System.Globalization;
using System.Text;
using MyApp.Supervision.Units;

namespace MyApp.Deployment.Builds.Packaging;

/// <summary>
/// A systemd.service(5) file for one copy of a packaged service, with nobody of ours on the host. What systemd has no word for is in
/// <see cref="Losses"/>.
/// </summary>
internal static class ServiceUnitFile
{
    /// <param name="executable">Absolute path where the package puts it.</param>
    public static string Write(PackageContent content, string executable)
    {
        var unit = content.Unit;
        var file = new StringBuilder();
        Section("Unit", ("Description", Escape(content.Spec.Service)), ("Wants", "network-online.target"), ("After", "network-online.target"));
        Section("Service", [
            ("Type", unit.Startup?.Notify == true ? "notify" : unit.Job is not null ? "oneshot" : "exec"),
            ("ExecStart", string.Join(' ', content.Args.Prepend(executable).Select(Word))),
            .. content.Env.Select(pair => ("Environment", Word($"{pair.Key}={pair.Value}", dollars: false))),
            ("EnvironmentFile", $"-/etc/default/{content.Spec.Service}"),
            .. Identity(unit), .. Life(unit), .. Limits(unit), .. Walls(unit)]);
        Section("Install", ("WantedBy", "multi-user.target"));
        return file.ToString();

        void Section(string name, params IEnumerable<(string Key, string Value)> lines)
        {
            file.Append(file.Length == 0 ? "" : "\n").Append('[').Append(name).Append("]\n");
            foreach (var (key, value) in lines)
                file.Append(key).Append('=').Append(value).Append('\n');
        }
    }

    /// <summary>One line each; what is written of the service and does nothing under this file.</summary>
    public static IReadOnlyList<string> Losses(PackageContent content)
    {
        var (spec, losses) = (content.Spec, new List<string>());
        if (spec.Health.Readiness is not null || spec.Health.Liveness is not null || spec.Health.Startup is { Notify: false })
            losses.Add("health: systemd asks no probes; a program that hangs is not restarted");
        if (spec.DependsOn.Count > 0)
            losses.Add("dependsOn: systemd does not wait for what is not its own");
        if (spec.Replicas > 1)
            losses.Add($"replicas: one copy runs, and not {spec.Replicas}");
        if (spec.OnDemand is not null)
            losses.Add("onDemand: it runs always");
        if (spec.Job?.Schedule is { } schedule)
            losses.Add($"job.schedule: the package has no timer for '{schedule}'");
        if (spec.Stop.PreStop.Count > 0)
            losses.Add("stop.preStop: it is not run");
        return losses;
    }

    private static IEnumerable<(string Key, string Value)> Identity(Unit unit)
    {
        if (unit.User is { } user)
            yield return ("User", user);
        else
            yield return ("DynamicUser", "yes");
        if (unit.Process.Groups.Count > 0)
            yield return ("SupplementaryGroups", string.Join(' ', unit.Process.Groups));
        if (unit.WorkingDirectory is { } folder)
            yield return ("WorkingDirectory", Escape(folder));
        yield return ("UMask", Convert.ToString(unit.Process.Umask, 8).PadLeft(4, '0'));
        if (unit.Process.Nice is { } nice)
            yield return ("Nice", Text(nice));
        if (unit.Process.OomScoreAdjust is { } score)
            yield return ("OOMScoreAdjust", Text(score));
    }

    private static IEnumerable<(string Key, string Value)> Life(Unit unit)
    {
        // A oneshot unit may not be restarted always.
        var policy = unit.Job is not null && unit.Restart.Policy == RestartPolicy.Always ? RestartPolicy.OnFailure : unit.Restart.Policy;
        yield return ("Restart", policy switch { RestartPolicy.Always => "always", RestartPolicy.OnFailure => "on-failure", _ => "no" });
        yield return ("RestartSec", Milliseconds(unit.Restart.Initial));
        if (unit.Restart.NoRestartExits.Count > 0)
            yield return ("RestartPreventExitStatus", string.Join(' ', unit.Restart.NoRestartExits));
        yield return ("KillMode", "mixed");
        yield return ("TimeoutStopSec", Milliseconds(unit.Stop.Grace));
        if (unit.Heartbeat is { } heartbeat)
            yield return ("WatchdogSec", Milliseconds(heartbeat.Interval));
    }

    private static IEnumerable<(string Key, string Value)> Limits(Unit unit)
    {
        var limits = unit.Resources;
        if (limits.CpuLimitMillicores is { } cpu)
            yield return ("CPUQuota", $"{Text((cpu + 9) / 10)}%");
        if (limits.MemoryRequestBytes is { } low)
            yield return ("MemoryLow", Text(low));
        if (limits.MemoryLimitBytes is { } high)
            yield return ("MemoryMax", Text(high));
        if (limits.Pids is { } tasks)
            yield return ("TasksMax", Text(tasks));
        if (limits.Files is { } files)
            yield return ("LimitNOFILE", Text(files));
        if (unit.Process.CoreBytes is { } core)
            yield return ("LimitCORE", Text(core));
        if (unit.Process.LockedBytes is { } locked)
            yield return ("LimitMEMLOCK", Text(locked));
        if (unit.Process.StackBytes is { } stack)
            yield return ("LimitSTACK", Text(stack));
    }

    private static IEnumerable<(string Key, string Value)> Walls(Unit unit) =>
    [
        ("NoNewPrivileges", unit.Process.NoNewPrivileges ? "yes" : "no"), ("ProtectSystem", "strict"), ("ProtectHome", "yes"), ("PrivateTmp", "yes"),
        ("PrivateDevices", "yes"), ("ProtectKernelTunables", "yes"), ("ProtectKernelModules", "yes"), ("ProtectControlGroups", "yes"),
        ("RestrictSUIDSGID", "yes"), ("StateDirectory", unit.Service),
    ];

    /// <summary>One word of a command line or assignment (systemd.syntax(7)): in quotes, with specifiers and, in commands, variables taken literally.</summary>
    internal static string Word(string text) => Word(text, dollars: true);

    private static string Word(string text, bool dollars)
    {
        var escaped = Escape(text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal));
        return $"\"{(dollars ? escaped.Replace("$", "$$", StringComparison.Ordinal) : escaped)}\"";
    }

    private static string Escape(string text) => text.Replace("%", "%%", StringComparison.Ordinal);

    private static string Milliseconds(TimeSpan time) => $"{Text((long)time.TotalMilliseconds)}ms";

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
