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
        var set = SetOption.Create();
        var command = new ExampleCommand("explain", "Tells of each value which layer it comes from and what it shadows; changes nothing.", """
            myapp config explain orders --env prod
            myapp config explain orders run.env.GIN_MODE --env prod
            myapp config explain orders replicas --set replicas=3 --output json
            """) { service, key, folder, set };
        return runner.Attach(command, (call, parse, _) => Task.FromResult(
            Run(call, parse.GetValue(folder)!, parse.GetValue(service), parse.GetValue(key), parse.GetValue(set)!)));
    }

    private static int Run(Invocation call, string folder, string? service, string? key, IReadOnlyList<string> sets)
    {
        var project = Project.Read(call, folder, sets);
        var name = service ?? (project.Services is [var only] ? only : null);
        if (name is null || !project.Spec.Services.Contains(name))
            throw new CommandFailedException(ExitCode.BadInput, $"{(name is null ? "which service?" : $"there is no service '{name}':")} {project.Spec.FileName} has {string.Join(", ", project.Spec.Services)}");
        var explained = project.Spec.Explain(name, call.Settings.Environment, key);
        if (call.Screen.IsJson)
            call.Screen.Document(new ExplainReport(name, call.Settings.Environment, explained), CliJson.Default.ExplainReport);
        else
            foreach (var each in explained)
                Print(call.Screen, each);
        return ExitCode.Ok;
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

        if (Masked(each) is { } masked)
            screen.Line(new Styled($"  warning: the {masked.Layer}'s value is newer than what the project says, and is masked by it", Tone.Warning));
    }

    // A file has no date of its own, so any value that was set remotely and does not hold is worth a word.
    private static WrittenValue? Masked(Explanation each) =>
        each.Written.Skip(1).FirstOrDefault(written => written.Kind == LayerKind.ConfigServer && written.Value != each.Value);
}

/// <summary>The document of <c>config explain</c>.</summary>
internal sealed record ExplainReport(string Service, string Environment, IReadOnlyList<Explanation> Keys);
