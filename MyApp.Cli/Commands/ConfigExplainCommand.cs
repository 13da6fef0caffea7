using System.CommandLine;
using MyApp.Cli.Output;
using MyApp.Cli.Sources;
using MyApp.Deployment.Layering;

namespace MyApp.Cli.Commands;

/// <summary><c>myapp config explain SERVICE [KEY]</c>: which layer won, what it shadowed, and where each was written.</summary>
internal static class ConfigExplainCommand
{
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
        await using var values = new ConfigServerValues(call);
        var (remote, stale) = await values.ReadAsync(project.Spec.Find(name, call.Settings.Environment)!, isNeeded: true, ct);
        var around = new Dictionary<string, IReadOnlyList<RemoteValue>> { [name] = remote };
        var explained = Project.Read(call, folder, new(sets) { Remote = around, Variables = call.Host.Variables() }).Spec.Explain(name, call.Settings.Environment, key);
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
