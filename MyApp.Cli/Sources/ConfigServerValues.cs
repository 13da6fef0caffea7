using MyApp.Cli.Output;
using MyApp.Cli.Settings;
using MyApp.Deployment.Environments;
using MyApp.Deployment.Layering;
using MyApp.Deployment.Specs;

namespace MyApp.Cli.Sources;

/// <summary>What the config server keeps for services, or kept when it last answered. It is asked until it does not answer once.</summary>
internal sealed class ConfigServerValues(Invocation call) : IAsyncDisposable
{
    private readonly ISettingsControl? settings = call.Settings.Local ? null : call.ConnectSettings();
    private IReadOnlyList<RemoteValue>? shared;
    private CommandFailedException? away;

    public ValueTask DisposeAsync() => settings?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>What is laid around a spec that a ship would send: below all what the config server keeps for each of its services. With <c>--local</c> that is nothing.</summary>
    /// <param name="around">What is laid around it anyway; null: nothing.</param>
    public static async Task<SpecSurroundings?> AroundAsync(Invocation call, string folder, SpecSurroundings? around, CancellationToken ct)
    {
        // Whose values are wanted, and for which environment, the file says without them.
        if (call.Settings.Local || Project.ReadSpec(call, folder, around).Read.File is not { } file)
            return around;
        await using var values = new ConfigServerValues(call);
        var remote = new SortedDictionary<string, IReadOnlyList<RemoteValue>>(StringComparer.Ordinal);
        foreach (var service in Project.Of(call, folder, file).Services)
            remote[service] = (await values.ReadAsync(file.Find(service, call.Settings.Environment)!, isNeeded: false, ct)).Values;
        return (around ?? new([])) with { Remote = remote };
    }

    /// <returns>The values, and how old they are where they are those it last answered. With <c>--local</c> there are none.</returns>
    /// <param name="isNeeded">In prod, and what inherits from it, having none is a failure; else it is said.</param>
    public async Task<(IReadOnlyList<RemoteValue> Values, StaleValues? Stale)> ReadAsync(ServiceSpec spec, bool isNeeded, CancellationToken ct)
    {
        if (settings is null)
            return ([], null);
        var last = LastKnownValues.Of(call, spec.Service);
        if (away is null && await TryAsync(settings, spec, ct) is { } values)
        {
            if (last.Keep(values) is { } trouble)
                Warn($"the config server's values are not kept for when it is away: {trouble}");
            return (values, null);
        }

        return FindLast(spec, last, isNeeded);
    }

    private async Task<IReadOnlyList<RemoteValue>?> TryAsync(ISettingsControl settings, ServiceSpec spec, CancellationToken ct)
    {
        try
        {
            shared ??= (await settings.ReadConfigAsync(RemoteKeys.EveryService, call.Settings.Environment, null, ct)).Values;
            var own = await settings.ReadConfigAsync(spec.Service, call.Settings.Environment, null, ct);
            return [.. shared, .. own.Values];
        }
        catch (CommandFailedException e) when (e.ExitCode == ExitCode.Failed)
        {
            away = e;
            return null;
        }
    }

    // Elsewhere than in prod the files still explain themselves, and that something is missing must be seen.
    private (IReadOnlyList<RemoteValue> Values, StaleValues? Stale) FindLast(ServiceSpec spec, LastKnownValues last, bool isNeeded)
    {
        var (known, age, trouble) = last.Find();
        if (known is not null)
        {
            Warn($"stale values of the config server, read {Words.Age(age)} ago: {away!.Message}");
            return (known.Values, new(known.ReadAt, (long)age.TotalSeconds));
        }

        if (isNeeded && spec.IsFor(BuiltInEnvironments.Prod))
            throw new CommandFailedException(ExitCode.Failed, $"{spec.Environment} is not explained without the config server's values, and {trouble}: {away!.Message}", away);
        Warn($"{spec.Service}: without the config server's values: {away!.Message}");
        return ([], null);
    }

    private void Warn(string message) => call.Screen.Error(new Styled($"myapp: {message}", Tone.Warning));
}

/// <param name="ReadAt">When it last answered.</param>
internal sealed record StaleValues(DateTimeOffset ReadAt, long AgeSeconds);
