using System.CommandLine;
using System.Text.RegularExpressions;
using MyApp.Cli.Output;
using MyApp.Cli.Sources;
using MyApp.Deployment.Logs.Rotation;
using MyApp.Deployment.Units;
using MyApp.Supervision.Files;
using MyApp.Supervision.Units;

namespace MyApp.Cli.Commands;

/// <summary>The document of <c>rotation</c>.</summary>
internal sealed record RotationReport(IReadOnlyList<RotationConfig> Files);

/// <summary><c>myapp rotation KIND [DIR]</c>: logs kept by logrotate or journald as an environment's rules say, where the guard does not rotate.</summary>
internal static partial class RotationCommand
{
    private static readonly string[] Signals = ["SIGHUP", "SIGUSR1", "SIGUSR2"];

    public static Command Create(CommandRunner runner)
    {
        var kind = new Argument<string>("KIND") { Description = "logrotate, for files; or journald, for units that write to the journal" };
        kind.AcceptOnlyFromAmong("logrotate", "journald");
        var folder = FolderArgument.Create();
        var logs = new Option<string?>("--logs") { Description = "logrotate: the folder with {environment}/{service}/access.log (default: this machine's)", HelpName = "DIR" };
        var writer = new Option<string>("--writer")
        {
            Description = "logrotate: who has the files open: the guard; or what appends and never opens again, as systemd's append: does", HelpName = "guard|appending", DefaultValueFactory = _ => "guard",
        };
        writer.AcceptOnlyFromAmong("guard", "appending");
        var unit = new Option<string?>("--unit") { Description = "logrotate: the program itself has them open, and opens them again when this systemd unit gets --signal", HelpName = "NAME.service" };
        var signal = new Option<string>("--signal") { Description = "With --unit (default: SIGUSR1)", HelpName = string.Join('|', Signals), DefaultValueFactory = _ => "SIGUSR1" };
        signal.AcceptOnlyFromAmong(Signals);
        var shared = new Option<bool>("--shared") { Description = "journald: without namespaces, one configuration for all of the host" };
        var to = new Option<string?>("--out") { Description = "Write a file for each service into this folder instead", HelpName = "DIR" };
        var set = new SetOption();
        var command = new ExampleCommand("rotation", "Prints a configuration of logrotate or journald that keeps logs as the spec says.", """
            myapp rotation logrotate --env prod --writer appending > /etc/logrotate.d/orders
            myapp rotation logrotate --env prod --unit orders.service --signal SIGHUP
            myapp rotation journald --env prod --out /etc/systemd
            """) { kind, folder, logs, writer, unit, signal, shared, to };
        set.AddTo(command);
        return runner.Attach(command, (call, parse, _) =>
        {
            var project = Project.Read(call, parse.GetValue(folder)!, set.Around(parse));
            var rules = project.Services.Select(service => (service, RuleOf(call, project, service))).ToList();
            var configs = parse.GetValue(kind) == "journald"
                ? Journald(call, rules, parse.GetValue(shared))
                : Logrotate(call, rules, call.Host.FullPath(parse.GetValue(logs) ?? call.DataPaths().Logs), Writer(parse.GetValue(writer)!, parse.GetValue(unit), parse.GetValue(signal)!));
            Tell(call, configs, parse.GetValue(to));
            return Task.FromResult(ExitCode.Ok);
        });
    }

    private static LogRule RuleOf(Invocation call, Project project, string service) =>
        Planner.Plan(project.Spec, service, call.Settings.Environment, project.Folder, call.DataPaths(), call.Today)!.Unit.Logs;

    private static List<RotationConfig> Journald(Invocation call, List<(string Service, LogRule Rule)> rules, bool shared) => shared
        ? [JournaldConfig.WriteShared(call.Settings.Environment, rules)]
        : [.. rules.Select(each => JournaldConfig.Write(each.Service, call.Settings.Environment, each.Rule))];

    private static List<RotationConfig> Logrotate(Invocation call, List<(string Service, LogRule Rule)> rules, string logs, LogWriter writer) =>
        [.. rules.Select(each => LogrotateConfig.Write(logs, each.Service, call.Settings.Environment, each.Rule, writer))];

    private static LogWriter Writer(string writer, string? unit, string signal)
    {
        if (unit is null)
            return writer == "guard" ? new LogWriter.Guard() : new LogWriter.Appending();
        // It becomes a word of a script.
        return UnitName().IsMatch(unit)
            ? new LogWriter.Signalled(unit, signal)
            : throw new CommandFailedException(ExitCode.BadInput, $"--unit: '{unit}' is not the name of a service of systemd, as orders.service is");
    }

    private static void Tell(Invocation call, List<RotationConfig> configs, string? folder)
    {
        if (configs.SelectMany(config => config.Problems).ToList() is { Count: > 0 } problems)
            throw CommandFailedException.BadInput("it can't be kept like that", problems);
        if (folder is not null)
            Directory.CreateDirectory(call.Host.FullPath(folder));
        foreach (var config in configs.Where(_ => folder is not null))
            AtomicFile.WriteAllText(Path.Combine(call.Host.FullPath(folder!), config.Name), config.Text);
        foreach (var note in configs.SelectMany(config => config.Notes.Select(note => $"{config.Name}: {note}")))
            call.Screen.Error(new Styled("! ", Tone.Warning), note);
        if (call.Screen.IsJson)
            call.Screen.Document(new RotationReport(configs), CliJson.Default.RotationReport);
        else
            foreach (var config in configs)
                Print(call.Screen, config, folder);
    }

    private static void Print(Screen screen, RotationConfig config, string? folder)
    {
        if (folder is not null)
            screen.Line(new Styled("✓ ", Tone.Good), new Styled(Path.Combine(folder, config.Name), Tone.Strong), $", for {config.Place}");
        else
            screen.Raw($"# {config.Place}/{config.Name}\n{config.Text}");
    }

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9:_.@-]{0,200}\.service\z", RegexOptions.CultureInvariant)]
    private static partial Regex UnitName();
}
