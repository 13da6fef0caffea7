using System.CommandLine;
using MyApp.Cli.Output;
using MyApp.Deployment.ControlPlane;
using MyApp.Supervision.Dossiers;

namespace MyApp.Cli.Commands;

/// <summary><c>myapp why SERVICE</c>: what its instances last ended of.</summary>
internal static class WhyCommand
{
    private const int DefaultCount = 1;
    private const int DefaultLines = 20;

    public static Command Create(CommandRunner runner)
    {
        var service = ServiceArgument.Create("Which one");
        var count = new Option<int>("--count", "-n") { Description = $"Exits from the last back, 1 to {WhyView.MostExits}", DefaultValueFactory = _ => DefaultCount, HelpName = "N" };
        var lines = new Option<int>("--lines") { Description = $"Of its last lines, at most {ExitDossier.KeptLines}", DefaultValueFactory = _ => DefaultLines, HelpName = "N" };
        var goroutines = new Option<bool>("--goroutines") { Description = "Also the goroutines a Go program printed at SIGQUIT, whole" };
        var command = new ExampleCommand("why", "Tells why a service last ended: the cause, its last lines, what is different from the release that worked.", """
            myapp why orders
            myapp why orders --count 5 --lines 0 --env prod
            myapp why orders --output json | jq -r '.exits[0].reason'
            """) { service, count, lines, goroutines };
        return runner.Attach(command, (call, parse, ct) => RunAsync(
            call, call.RequireService(parse.GetValue(service)), parse.GetValue(count), Math.Clamp(parse.GetValue(lines), 0, ExitDossier.KeptLines), parse.GetValue(goroutines), ct));
    }

    private static async Task<int> RunAsync(Invocation call, string service, int count, int lines, bool goroutines, CancellationToken ct)
    {
        if (count is < 1 or > WhyView.MostExits)
            throw new CommandFailedException(ExitCode.BadInput, $"--count must be 1 to {WhyView.MostExits}");
        var environment = call.Settings.Environment;
        await using var control = call.Connect();
        var why = await control.ReadWhyAsync(service, environment, count, ct);
        if (call.Screen.IsJson)
            call.Screen.Document(why, WireJson.Default.WhyView);
        else if (why.Exits.Count == 0)
            call.Screen.Line($"no instance of {service} in {environment} has ended yet, as far as the guard remembers");
        else
            Print(call.Screen, why.Exits, lines, goroutines);
        return ExitCode.Ok;
    }

    private static void Print(Screen screen, IReadOnlyList<ExitDossier> exits, int lines, bool goroutines)
    {
        for (var i = 0; i < exits.Count; i++)
        {
            if (i > 0)
                screen.Line("");
            var first = true;
            foreach (var line in DossierText.Lines(exits[i], lines))
            {
                screen.Line(new Styled(TerminalText.CleanLine(line), first ? Tone.Strong : Tone.Plain));
                first = false;
            }

            foreach (var line in goroutines ? exits[i].Goroutines?.TrimEnd().Split('\n') ?? [] : [])
                screen.Line("  ", TerminalText.CleanLine(line));
        }
    }
}
