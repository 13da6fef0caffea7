using System.CommandLine;
using MyApp.Cli.Sources;
using MyApp.Deployment.Policies;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Units;
using MyApp.Supervision.Units;

namespace MyApp.Cli.Commands;

/// <summary><c>myapp policy simulate [DIR] --exits 1@2s,0@40m</c>: what would follow these exits, on each target.</summary>
internal static class PolicyCommand
{
    public static Command Create(CommandRunner runner) =>
        new("policy", "Shows what a restart policy does before it has to.") { CreateSimulate(runner) };

    private static Command CreateSimulate(CommandRunner runner)
    {
        var folder = new Argument<string?>("DIR")
        {
            Description = "The folder of a myapp.yaml (default: this one where it has one, else a service with every default)", Arity = ArgumentArity.ZeroOrOne,
        };
        var exits = new Option<string>("--exits", "-x") { Description = "CODE@UPTIME or SIGNAL@UPTIME, each with *TIMES and :unready", Required = true, HelpName = "EXITS" };
        var target = new Option<string>("--target", "-t") { Description = "guard, systemd, supervisor or kubernetes", DefaultValueFactory = _ => "guard", HelpName = "T" };
        target.AcceptOnlyFromAmong([.. PolicySimulator.Targets]);
        var command = new ExampleCommand("simulate", "Plays exits against a restart policy: every pause, start, crash loop and end; touches nothing.", """
            myapp policy simulate --exits 1@2s,0@40m
            myapp policy simulate services/orders --exits '1@200ms*6:unready,SIGKILL@3h' --target systemd
            myapp policy simulate --exits '1@1s*5' --output json | jq '.runs[].pause'
            """) { folder, exits, target };
        return runner.Attach(command, (call, parse, _) => Task.FromResult(Run(call, parse.GetValue(folder), parse.GetValue(exits)!, parse.GetValue(target)!)));
    }

    private static int Run(Invocation call, string? folder, string exits, string target)
    {
        var (planned, problem) = ExitScript.Read(exits);
        if (problem is not null)
            throw new CommandFailedException(ExitCode.BadInput, $"--exits: {problem}");
        var unit = UnitOf(call, folder);
        var simulation = PolicySimulator.Run(unit, planned, target);
        if (call.Screen.IsJson)
            call.Screen.Document(simulation, CliJson.Default.Simulation);
        else
            new SimulationText(call.Screen).Print(simulation, unit);
        return ExitCode.Ok;
    }

    private static Unit UnitOf(Invocation call, string? folder)
    {
        if (folder is null && !File.Exists(call.Host.FullPath(SpecReader.DefaultFileName)))
            return Compile(call, SpecReader.Read("service: service\nport: 8080\nhealth: { readiness: { http: /health/ready } }\n", "defaults").File!, "service");
        var project = Project.Read(call, folder ?? ".");
        return project.Services is [var one]
            ? Compile(call, project.Spec, one)
            : throw new CommandFailedException(ExitCode.BadInput, $"which service? Name one of {string.Join(", ", project.Services)} with --service");
    }

    private static Unit Compile(Invocation call, SpecFile file, string service) =>
        UnitCompiler.Compile(file.Find(service, call.Settings.Environment)!, new($"{service}-{call.Settings.Environment}-next", 0), "", call.DataPaths()).Unit;
}
