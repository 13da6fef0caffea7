using System.CommandLine;
using MyApp.Cli.Output;
using MyApp.Cli.Settings;
using MyApp.Cli.Sources;
using MyApp.Deployment.Environments;
using MyApp.Deployment.Layering;
using MyApp.Deployment.Specs;

namespace MyApp.Cli.Commands;

/// <summary><c>myapp config explain SERVICE [KEY]</c>: which layer won, what it shadowed, and where each was written.</summary>
internal static class ConfigExplainCommand
{
    // The name under which the config server keeps what every service has.
    private const string EveryService = "application";

    public static Command Create(CommandRunner runner)
    {
        var service = new Argument<string?>("SERVICE") { Description = "Which one (default: the only one of the file)", Arity = ArgumentArity.ZeroOrOne };
        var key = new Argument<string?>("KEY") { Description = "Path of one key, e.g. run.env.GIN_MODE (default: all that are written)", Arity = ArgumentArity.ZeroOrOne };
        var folder = new Option<string>("--dir", "-C") { Description = "The project's folder (default: this one)", DefaultValueFactory = _ => ".", HelpName = "DIR" };
        var set = new SetOption();
        var command = new ExampleCommand("explain", "Tells of each value which layer it comes from and what it shadows; with --local without the config server; changes nothing.", """
            myapp config explain orders --env prod
            myapp config explain orders run.env.GIN_MODE --env prod
            myapp config explain orders replicas --set replicas=3 --output json
            """) { service, key, folder };
        set.AddTo(command);
        return runner.Attach(command, (call, parse, ct) => RunAsync(call, parse.GetValue(folder)!, parse.GetValue(service), parse.GetValue(key), set.Given(parse), ct));
    }

    private static async Task<int> RunAsync(Invocation call, string folder, string? service, string? key, IReadOnlyList<string> sets, CancellationToken ct)
    {
        var project = Project.Read(call, folder);
        var name = Choose(project, service);
        var (remote, stale) = call.Settings.Local ? ([], null) : await ReadRemoteAsync(call, project.Spec.Find(name, call.Settings.Environment)!, ct);
        var explained = Project.Read(call, folder, new(sets) { Remote = remote, Variables = call.Host.Variables() }).Spec.Explain(name, call.Settings.Environment, key);
        if (call.Screen.IsJson)
            call.Screen.Document(new ExplainReport(name, call.Settings.Environment, explained, stale), CliJson.Default.ExplainReport);
        else
            foreach (var each in explained)
                Print(call.Screen, each);
        return ExitCode.Ok;
    }

    private static string Choose(Project project, string? service)
    {
        var name = service ?? (project.Services is [var only] ? only : null);
        return name is not null && project.Spec.Services.Contains(name)
            ? name
            : throw new CommandFailedException(ExitCode.BadInput, $"{(name is null ? "which service?" : $"there is no service '{name}':")} {project.Spec.FileName} has {string.Join(", ", project.Spec.Services)}");
    }

    private static async Task<(IReadOnlyList<RemoteValue> Values, StaleValues? Stale)> ReadRemoteAsync(Invocation call, ServiceSpec spec, CancellationToken ct)
    {
        var last = LastKnownValues.Of(call, spec.Service);
        try
        {
            await using var settings = call.ConnectSettings();
            var shared = await settings.ReadConfigAsync(EveryService, call.Settings.Environment, null, ct);
            var own = await settings.ReadConfigAsync(spec.Service, call.Settings.Environment, null, ct);
            IReadOnlyList<RemoteValue> values = [.. shared.Values, .. own.Values];
            if (last.Keep(values) is { } trouble)
                Warn(call, $"the config server's values are not kept for when it is away: {trouble}");
            return (values, null);
        }
        catch (CommandFailedException e) when (e.ExitCode == ExitCode.Failed)
        {
            return FindLast(call, spec, last, e);
        }
    }

    // Elsewhere than in prod the files still explain themselves, and that something is missing must be seen.
    private static (IReadOnlyList<RemoteValue> Values, StaleValues? Stale) FindLast(Invocation call, ServiceSpec spec, LastKnownValues last, CommandFailedException away)
    {
        var (known, age, trouble) = last.Find();
        if (known is not null)
        {
            Warn(call, $"stale values of the config server, read {Words.Age(age)} ago: {away.Message}");
            return (known.Values, new(known.ReadAt, (long)age.TotalSeconds));
        }

        if (spec.IsFor(BuiltInEnvironments.Prod))
            throw new CommandFailedException(ExitCode.Failed, $"{spec.Environment} is not explained without the config server's values, and {trouble}: {away.Message}", away);
        Warn(call, $"without the config server's values: {away.Message}");
        return ([], null);
    }

    private static void Warn(Invocation call, string message) => call.Screen.Error(new Styled($"myapp: {message}", Tone.Warning));

    private static void Print(Screen screen, Explanation each)
    {
        screen.Line(new Styled(each.Key, Tone.Strong), each.Value is null ? " has its default" : $" = {TerminalText.CleanLine(each.Value)}");
        for (var i = 0; i < each.Written.Count; i++)
        {
            var written = each.Written[i];
            var what = i > 0 ? written.Appends || each.Written[i - 1].Appends ? "below   " : "shadowed" : written.Appends ? "appended" : "set     ";
            screen.Line(new Styled($"  {what} by {written.Layer} at {written.Origin}: {TerminalText.CleanLine(written.Value)}", i == 0 ? Tone.Plain : Tone.Faint));
        }

        if (each.MaskedRemote is { } masked)
            screen.Line(new Styled($"  warning: {masked.Origin} is masked by {each.Written[0].Origin}", Tone.Warning));
    }
}

/// <summary>The document of <c>config explain</c>.</summary>
/// <param name="Stale">The config server did not answer, and these are its values of before; null: it did, or was not asked.</param>
internal sealed record ExplainReport(string Service, string Environment, IReadOnlyList<Explanation> Keys, StaleValues? Stale);

/// <param name="ReadAt">When it last answered.</param>
internal sealed record StaleValues(DateTimeOffset ReadAt, long AgeSeconds);
