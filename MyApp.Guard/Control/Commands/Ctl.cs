using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using MyApp.Supervision.Control;
using MyApp.Supervision.Dossiers;
using MyApp.Supervision.Units;

namespace MyApp.Guard.Control.Commands;

/// <summary><c>myapp-guard ctl</c>: asks a running guard, and prints tables for people or JSON for machines.</summary>
internal sealed class Ctl(CtlOptions options, TextWriter output, TextWriter error, TimeProvider clock)
{
    private const int Succeeded = 0;
    private const int Failed = 1;
    private const int BadInput = 2;
    private const int Conflict = 3;
    private const int AllLogLines = 100;
    private static readonly TimeSpan UpgradePatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private readonly GuardClient guard = new(options.SocketPath ?? new GuardPaths(options.DataFolder!).SocketPath);

    public async Task<int> RunAsync(CancellationToken ct)
    {
        try
        {
            return await CarryOutAsync(ct);
        }
        catch (GuardException e)
        {
            await error.WriteLineAsync($"myapp-guard: {e.Message}{Advice(e.Code)}");
            return e.Code switch
            {
                "bad-request" or "unsupported" => BadInput,
                "conflict" or "port-taken" => Conflict,
                _ => Failed,
            };
        }
    }

    private string Advice(string code) => code switch
    {
        "not-found" => $"\nmyapp-guard ctl {Where} status  shows what there is",
        "unreachable" when options.DataFolder is not null => $"\nmyapp-guard serve --data {options.DataFolder}  starts one",
        _ => "",
    };

    private string Where => options.SocketPath is { } path ? $"--socket {path}" : $"--data {options.DataFolder}";

    private async Task<int> CarryOutAsync(CancellationToken ct) => options.Command switch
    {
        "hello" => Hello(await guard.HelloAsync(ct)),
        "status" => Status(await guard.StatusAsync(options.Words.Count > 0 ? options.Words[0] : null, options.Environment, ct)),
        "watch" => await WatchAsync(ct),
        "logs" => await LogsAsync(ct),
        "why" or "dossier" => await WhyAsync(ct),
        "reload" => Reload(await guard.ReloadAsync(options.DryRun, ct)),
        "metrics" => Print(await guard.MetricsAsync(ct)),
        "upgrade" => await UpgradeAsync(ct),
        "apply" => await ApplyAsync(ct),
        _ => await ChangeAsync(ct),
    };

    private int Hello(GuardHello hello) => Print(
        hello, GuardJson.Default.GuardHello,
        $"guard {hello.Version}, pid {hello.Pid}, since {hello.Since:yyyy-MM-ddTHH:mm:sszzz}, protocol {hello.OldestProtocol} to {hello.Protocol}");

    private int Status(GuardStatus status) => Print(status, GuardJson.Default.GuardStatus, StatusTable.Of(status, clock.GetUtcNow()));

    private async Task<int> WatchAsync(CancellationToken ct)
    {
        await foreach (var unit in guard.WatchAsync(ct))
            Print(unit, GuardJson.Default.UnitStatus, StatusTable.Change(unit));
        return Succeeded;
    }

    private async Task<int> LogsAsync(CancellationToken ct)
    {
        var service = await ServiceAsync(ct);
        await foreach (var line in guard.LogsAsync(service.Name, service.Environment, options.Stream, options.Tail ?? AllLogLines, options.Follow, ct))
            Print(line, GuardJson.Default.GuardLogLine, $"{line.Time:yyyy-MM-ddTHH:mm:ss.ffffffzzz} {line.Instance} {line.Text}");
        return Succeeded;
    }

    private async Task<int> WhyAsync(CancellationToken ct)
    {
        var service = await ServiceAsync(ct);
        var dossiers = await guard.WhyAsync(service.Name, service.Environment, options.Count, ct);
        return Print([.. dossiers], GuardJson.Default.ListExitDossier, dossiers.Count == 0
            ? $"no instance of {service.Name} in {service.Environment} has ended yet"
            : string.Join("\n\n", dossiers.Select(d => string.Join('\n', DossierText.Lines(d, options.Lines)))));
    }

    private int Reload(ReloadReport report)
    {
        Print(report, GuardJson.Default.ReloadReport, report.Changes.Count == 0 && report.Problems.Count == 0 ? "nothing has changed" : string.Join('\n', report.Changes));
        foreach (var problem in report.Problems)
            error.WriteLine(problem);
        if (report.Problems.Count > 0)
            error.WriteLine("myapp-guard: nothing was changed");
        return report.Problems.Count > 0 ? BadInput : report.Changes.Any(c => c.Failure is not null) ? Failed : Succeeded;
    }

    private async Task<int> UpgradeAsync(CancellationToken ct)
    {
        var before = await guard.HelloAsync(ct);
        await guard.UpgradeAsync(options.Binary is { } binary ? Path.GetFullPath(binary) : null, ct);
        for (var begin = clock.GetTimestamp(); clock.GetElapsedTime(begin) < UpgradePatience; await Task.Delay(Look, clock, ct))
        {
            if (await AfterAsync(before, ct) is { } after)
                return Print(after, GuardJson.Default.GuardHello, $"upgraded: {before.Version} → {after.Version} (pid {after.Pid})");
        }

        throw new GuardException("internal", "the guard goes on as it was; its journal says why");
    }

    private async Task<GuardHello?> AfterAsync(GuardHello before, CancellationToken ct)
    {
        try
        {
            return await guard.HelloAsync(ct) is var now && now.Since != before.Since ? now : null;
        }
        catch (GuardException)
        {
            // In between, a connection to the one that goes may be cut off.
            return null;
        }
    }

    private async Task<int> ApplyAsync(CancellationToken ct)
    {
        var path = options.Words[0];
        byte[] text;
        try
        {
            text = await File.ReadAllBytesAsync(path, ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GuardException("bad-request", $"{path} can't be read: {e.Message}");
        }

        var file = UnitFile.Read(path, text);
        if (file.Unit is not { } unit)
            throw new GuardException("bad-request", string.Join('\n', file.Problems));
        await guard.ApplyAsync(unit, ct);
        return Done($"applied {unit.Release}; to send the traffic there: myapp-guard ctl {Where} switch {unit.Service} {unit.Release} --env {unit.Environment}");
    }

    private async Task<int> ChangeAsync(CancellationToken ct)
    {
        var (name, environment) = await ServiceAsync(ct);
        var change = options.Command switch
        {
            "start" => guard.StartAsync(name, environment, ct),
            "stop" => guard.StopAsync(name, environment, ct),
            "restart" => guard.RestartAsync(name, environment, ct),
            "switch" => guard.SwitchAsync(name, environment, options.Words[1], ct),
            _ => guard.RemoveAsync(name, environment, options.Words[1], ct),
        };
        await change;
        return Done($"{options.Command} {string.Join(' ', options.Words)} ({environment}): done");
    }

    // Who has one environment need not name it.
    private async Task<(string Name, string Environment)> ServiceAsync(CancellationToken ct)
    {
        var name = options.Words[0];
        if (options.Environment is { } given)
            return (name, given);
        var found = (await guard.StatusAsync(name, null, ct)).Units.Select(u => u.Environment).Distinct(StringComparer.Ordinal).ToList();
        return found.Count switch
        {
            0 => throw new GuardException("not-found", $"there is no service {name} here"),
            1 => (name, found[0]),
            _ => throw new GuardException("bad-request", $"{name} is in several environments; write --env {string.Join('|', found)}"),
        };
    }

    private int Print<T>(T value, JsonTypeInfo<T> type, string text) => Print(options.Json ? JsonSerializer.Serialize(value, type) : text);

    private int Print(string text)
    {
        output.WriteLine(text.TrimEnd('\n'));
        return Succeeded;
    }

    // A machine has the exit code.
    private int Done(string text) => options.Json ? Succeeded : Print(text);
}
