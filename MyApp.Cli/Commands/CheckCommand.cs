using System.CommandLine;
using MyApp.Cli.Output;
using MyApp.Cli.Sources;
using MyApp.Deployment.Preflight;
using MyApp.Deployment.Preflight.Artifact;
using MyApp.Deployment.Preflight.Host;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Targets;

namespace MyApp.Cli.Commands;

/// <summary><c>myapp check [DIR]</c>: every rule of preflight against a spec, this machine and, if there is one, an executable.</summary>
internal static class CheckCommand
{
    // What can't be read at all is told as a finding too, so that one format tells everything.
    private const string Syntax = "spec.syntax";
    private const string SyntaxHelp = "docs/preflight.md#specsyntax";

    public static Command Create(CommandRunner runner)
    {
        var folder = FolderArgument.Create();
        var artifact = new Option<string?>("--artifact") { Description = "Check this executable too", HelpName = "FILE" };
        var specOnly = new Option<bool>("--spec-only") { Description = "Look at nothing but the spec, e.g. where another machine is to run it" };
        var strict = new Option<bool>("--strict") { Description = "Warnings fail too" };
        var sarif = new Option<bool>("--sarif") { Description = "Print SARIF 2.1.0, which code hosts show beside the lines" };
        var rules = new Option<bool>("--rules") { Description = "List the rules and their levels instead" };
        var set = new SetOption();
        var command = new ExampleCommand("check", "Says what speaks against running a project in an environment, and what to do about it; changes nothing.", """
            myapp check
            myapp check services/orders --env prod --strict
            myapp check --spec-only --sarif > check.sarif
            myapp check --rules
            """) { folder, artifact, specOnly, strict, sarif, rules };
        set.AddTo(command);
        return runner.Attach(command, (call, parse, ct) => parse.GetValue(rules)
            ? Task.FromResult(PrintRules(call.Screen))
            : RunAsync(call, new(parse.GetValue(folder)!, parse.GetValue(artifact), parse.GetValue(specOnly), parse.GetValue(strict), parse.GetValue(sarif), set.Around(parse)), ct));
    }

    private static async Task<int> RunAsync(Invocation call, Wanted wanted, CancellationToken ct)
    {
        var around = wanted.SpecOnly ? wanted.Around : await ConfigServerValues.AroundAsync(call, wanted.Folder, wanted.Around, ct);
        var (read, shown) = Project.ReadSpec(call, wanted.Folder, around);
        var findings = new List<(string Service, Finding Finding)>();
        findings.AddRange(read.Problems.Select(problem => ("", new Finding(Syntax, Severity.Error, problem.Message, problem.Path, problem.Origin, problem.Fix, SyntaxHelp))));
        if (read.File is { } file)
        {
            var secrets = new KnownSecrets(call);
            foreach (var service in Project.Of(call, wanted.Folder, file).Services)
                findings.AddRange((await CheckAsync(call, file.Find(service, call.Settings.Environment)!, secrets, wanted, ct)).Select(finding => (service, finding)));
        }

        var report = new CheckReport(call.Settings.Environment, [.. findings.Select(each => CheckedFinding.Of(each.Service, each.Finding))]);
        if (wanted.Sarif)
            call.Screen.Raw(SarifLog.Write([.. findings.Select(each => each.Finding)], shown));
        else if (call.Screen.IsJson)
            call.Screen.Document(report, CliJson.Default.CheckReport);
        else
            report.Print(call.Screen);
        return report.Errors > 0 || (wanted.Strict && report.Warnings > 0) ? ExitCode.BadInput : ExitCode.Ok;
    }

    private static async Task<IEnumerable<Finding>> CheckAsync(Invocation call, ServiceSpec spec, KnownSecrets secrets, Wanted wanted, CancellationToken ct)
    {
        IEnumerable<Finding> findings = PreflightRules.Check(spec, call.Today);
        if (wanted.Artifact is { } artifact)
            findings = findings.Concat(PreflightRules.Check(ReadArtifact(call, spec, artifact), call.Today));
        if (wanted.SpecOnly)
            return findings;
        var host = await HostInspection.InspectAsync(spec, await secrets.OfAsync(spec, ct), call.Host.Clock, ct);
        return findings.Concat(PreflightRules.Check(host, call.Today));
    }

    private static ArtifactFacts ReadArtifact(Invocation call, ServiceSpec spec, string path)
    {
        try
        {
            return ArtifactFacts.Read(spec, call.Host.FullPath(path), call.DataPaths().Services);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException(ExitCode.BadInput, $"--artifact: {path} can't be read: {e.Message}", e);
        }
    }

    private static int PrintRules(Screen screen)
    {
        var rules = PreflightRules.All.Select(rule => new RuleView(rule.Id, rule.Title, rule.InProd, rule.Elsewhere, rule.Acceptable, rule.Help)).ToList();
        if (screen.IsJson)
        {
            screen.Document(rules, CliJson.Default.IReadOnlyListRuleView);
            return ExitCode.Ok;
        }

        var table = new TextTable("RULE", "PROD", "ELSEWHERE", "SAYS");
        foreach (var rule in rules)
            table.Add(rule.Id, rule.InProd.ToString().ToLowerInvariant(), rule.Elsewhere.ToString().ToLowerInvariant(), rule.Title);
        table.Print(screen);
        return ExitCode.Ok;
    }

    private sealed record Wanted(string Folder, string? Artifact, bool SpecOnly, bool Strict, bool Sarif, SpecSurroundings? Around);
}
