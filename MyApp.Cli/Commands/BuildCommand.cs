using System.CommandLine;
using MyApp.Cli.Builds;
using MyApp.Cli.Sources;
using MyApp.Deployment.Builds;
using MyApp.Deployment.Specs;

namespace MyApp.Cli.Commands;

/// <summary><c>myapp build [SOURCE]</c>: builds on this machine as a ship would, into the same store, or has the control plane build; deploys nothing.</summary>
internal static class BuildCommand
{
    public static Command Create(CommandRunner runner)
    {
        var options = new BuildOptions();
        var folder = new Option<string?>("--out") { Description = "Also write executable, bill of materials and provenance into this folder", HelpName = "DIR" };
        var twice = new Option<bool>("--verify-reproducible") { Description = "Build once more elsewhere, and show what differs" };
        var advise = new Option<bool>("--advise") { Description = "Measure it plain, slim and packed on this machine, and recommend one" };
        var remote = new Option<bool>("--remote") { Description = "Have the control plane build it, and follow its log; Ctrl-C cancels the build" };
        var detach = new Option<bool>("--detach") { Description = "With --remote: ask for it and don't wait ('myapp builds' shows how it goes)" };
        var command = new ExampleCommand("build", "Builds a project, on this machine or by the control plane, and shows what each step did to the size.", """
            myapp build
            myapp build services/orders --output json
            myapp build --platform linux/amd64 --platform linux/arm64 --out dist
            myapp build https://example.com/orders.git#v1.4 --verify-reproducible
            myapp build --remote --platform linux/arm64 --out dist
            """) { folder, twice, advise, remote, detach };
        command.Validators.Add(result =>
        {
            if (result.GetValue(detach) && !result.GetValue(remote))
                result.AddError("--detach: goes with --remote");
            if (result.GetValue(detach) && result.GetResult(folder) is { Implicit: false })
                result.AddError("--out: does not go with --detach; 'myapp builds fetch' writes the files when the build is over");
            foreach (var local in new Option[] { twice, advise }.Where(option => result.GetValue(remote) && result.GetResult(option) is { Implicit: false }))
                result.AddError($"{local.Name}: measures on this machine, and does not go with --remote");
        });
        options.AddTo(command);
        return runner.Attach(command, (call, parse, ct) => parse.GetValue(remote)
            ? new RemoteBuild(call, options).RunAsync(parse, parse.GetValue(detach), parse.GetValue(folder), ct)
            : RunAsync(call, options, parse, new(parse.GetValue(folder), parse.GetValue(twice), parse.GetValue(advise)), ct));
    }

    private static async Task<int> RunAsync(Invocation call, BuildOptions options, ParseResult parse, Asked asked, CancellationToken ct)
    {
        var project = new ProjectBuild(call, options);
        var reports = new List<BuildReport>();
        foreach (var service in await project.RunAsync(parse, ct))
        {
            foreach (var (request, result) in service.Builds)
                reports.Add(await ReportAsync(call, project, service.Spec, request, result, asked, ct));
        }

        await options.Source.WarnOfAsync(call, parse, [.. reports.SelectMany(report => report.Files)], ct);
        if (call.Screen.IsJson)
            call.Screen.Document(new BuildReports(reports), CliJson.Default.BuildReports);
        return reports.TrueForAll(r => r.Artifact is not null && r.Reproducible?.Holds != false) ? ExitCode.Ok : ExitCode.Failed;
    }

    private static async Task<BuildReport> ReportAsync(
        Invocation call, ProjectBuild project, ServiceSpec spec, BuildRequest request, BuildResult result, Asked asked, CancellationToken ct)
    {
        var report = new BuildReport(request.Service, request.Platform, result.Artifact, result.FromCache, result.Steps, result.Failure);
        if (asked.Twice && result.Artifact is { } made)
            report = report with { Reproducible = await Reproducibility.CheckAsync(project.Paths, call.Host.Clock, request, made, new Unheard<BuildNote>(), ct) };
        if (asked.Advice && result.Artifact is not null)
            report = report with { Advice = await Advice.MeasureAsync(project.Paths, call.Host.Clock, spec, request, ct) };
        else if (result.Artifact is { Packed: true } packed)
            report = report with { Packing = await Advice.OfPackingAsync(project.Paths, call.Host.Clock, spec, request, packed, ct) };
        if (asked.Folder is { } folder && result.Artifact is { } artifact)
            report = report with { Files = await ArtifactExport.WriteAsync(new(project.Paths.Artifacts), artifact, call.Host.FullPath(folder), ct) };
        report.Print(call.Screen);
        return report;
    }

    private sealed record Asked(string? Folder, bool Twice, bool Advice);
}
