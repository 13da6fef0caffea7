using System.CommandLine;
using MyApp.Cli.Commands;
using MyApp.Cli.Output;
using MyApp.Cli.Remote;
using MyApp.Cli.Sources;
using MyApp.Deployment.ControlPlane;

namespace MyApp.Cli.Builds;

/// <summary><c>myapp build --remote</c>: the control plane builds the services of a project, and its log is followed to the end.</summary>
internal sealed class RemoteBuild(Invocation call, BuildOptions options)
{
    private static readonly TimeSpan CancelPatience = TimeSpan.FromSeconds(10);
    private readonly BuildLines lines = new(call.Screen, call.Host.Clock);

    /// <param name="detach">Only ask for it.</param>
    /// <param name="folder">Where what was made is written to; null: nowhere.</param>
    public async Task<int> RunAsync(ParseResult parse, bool detach, string? folder, CancellationToken ct)
    {
        using var builds = call.ConnectBuilds();
        var ordered = new List<BuildView>();
        try
        {
            var refused = await OrderAsync(parse, builds, ordered, ct);
            var ended = detach ? ordered : [.. await Task.WhenAll(ordered.Select(build => FollowAsync(builds, build, ordered.Count > 1, ct)))];
            var worst = Print(ended);
            if (folder is not null)
                await SaveAsync(builds, ended, parse, call.Host.FullPath(folder), ct);
            return refused == ExitCode.Ok ? worst : refused;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            foreach (var build in ordered)
                await CancelAsync(builds, build);
            throw;
        }
    }

    private async Task<int> OrderAsync(ParseResult parse, RemoteBuilds builds, List<BuildView> ordered, CancellationToken ct)
    {
        using var checkout = await options.Source.OpenAsync(call, parse, ct);
        var project = Project.Read(call, checkout.Folder, options.Set.Around(parse));
        var platforms = options.PlatformsOf(parse);
        await using var control = call.Connect();
        var source = await SourceUpload.SendAsync(call, control, project, ct);
        var vcs = await checkout.VcsAsync(ct);
        foreach (var service in project.Services)
        {
            var order = new BuildOrder
            {
                Service = service, Environment = call.Settings.Environment, Source = source.Digest, Platforms = platforms.Count > 0 ? platforms : null, Set = options.Set.Asked(parse), Vcs = vcs,
                RequestedBy = Invocation.RequestedBy,
            };
            try
            {
                ordered.Add(await builds.OrderAsync(order, ct));
                Announce(ordered[^1]);
            }
            catch (CommandFailedException e) when (ordered.Count > 0)
            {
                // The ones before it are on their way and are followed all the same.
                ProblemText.Print(e.Problem, call.Screen);
                return e.ExitCode;
            }
        }

        return ExitCode.Ok;
    }

    private void Announce(BuildView build)
    {
        var ahead = build.Ahead switch { null or 0 => "", 1 => ", after 1 other", var n => $", after {n} others" };
        call.Screen.Progress(new Styled(build.Service, Tone.Strong), $": build {build.Id} is asked for{ahead}");
    }

    private Task<BuildView> FollowAsync(RemoteBuilds builds, BuildView build, bool several, CancellationToken ct) =>
        builds.FollowAsync(build.Id, line => lines.Tell(several ? build.Service : null, line), lines.TellReconnecting, ct);

    private async Task SaveAsync(RemoteBuilds builds, IReadOnlyList<BuildView> ended, ParseResult parse, string folder, CancellationToken ct)
    {
        var made = new List<string>();
        foreach (var build in ended)
        {
            var written = await builds.SaveAsync(build, folder, ct);
            if (!call.Screen.IsJson)
                new BuildText(call.Screen, call.Host.Clock).PrintFiles(written);
            made.AddRange(written);
        }

        await options.Source.WarnOfAsync(call, parse, made, ct);
    }

    // The caller's token is cancelled already.
    private async Task CancelAsync(RemoteBuilds builds, BuildView build)
    {
        using var patience = new CancellationTokenSource(CancelPatience, call.Host.Clock);
        try
        {
            await builds.CancelAsync(build.Id, patience.Token);
            call.Screen.Error(new Styled(build.Service, Tone.Strong), $": build {build.Id} is cancelled");
        }
        catch (CommandFailedException e) when (e.ExitCode == ExitCode.Conflict)
        {
            call.Screen.Error(new Styled(build.Service, Tone.Strong), ": ", e.Message);
        }
        catch (Exception e) when (e is CommandFailedException or OperationCanceledException)
        {
            call.Screen.Error(new Styled(build.Service, Tone.Strong), $" is still being built, as the control plane does not answer; end it with: myapp builds cancel {build.Id}");
        }
    }

    private int Print(IReadOnlyList<BuildView> builds)
    {
        foreach (var build in builds)
            new BuildText(call.Screen, call.Host.Clock).PrintEnd(build);
        if (call.Screen.IsJson)
            call.Screen.Document(new BuildList(builds), WireJson.Default.BuildList);
        return builds.Any(build => build.State is BuildState.Failed or BuildState.Cancelled) ? ExitCode.Failed : ExitCode.Ok;
    }
}
