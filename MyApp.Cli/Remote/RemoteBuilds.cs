using System.Globalization;
using System.Text.Json;
using MyApp.Cli.Output;
using MyApp.Deployment.Builds;
using MyApp.Deployment.ControlPlane;

namespace MyApp.Cli.Remote;

/// <summary>The control plane's queue of builds. Every method throws <see cref="CommandFailedException"/>.</summary>
internal sealed class RemoteBuilds(ApiConnection api) : IDisposable
{
    private const string Root = "api/v1/builds";

    /// <summary>The last event of a log: the build as it is then.</summary>
    private const string End = "end";

    public Task<BuildView> OrderAsync(BuildOrder order, CancellationToken ct) =>
        api.PostAsync(Root, order, WireJson.Default.BuildOrder, WireJson.Default.BuildView, ct);

    /// <summary>Newest first.</summary>
    /// <param name="service">Null: of every service.</param>
    /// <param name="environment">Null: in every environment.</param>
    public Task<BuildList> ListAsync(string? service, string? environment, int most, CancellationToken ct)
    {
        var only = service is null ? "" : $"&service={Uri.EscapeDataString(service)}";
        var where = environment is null ? "" : $"&environment={Uri.EscapeDataString(environment)}";
        return api.GetAsync(string.Create(CultureInfo.InvariantCulture, $"{Root}?limit={most}{only}{where}"), WireJson.Default.BuildList, ct);
    }

    public Task<BuildView> ReadAsync(Guid build, CancellationToken ct) => api.GetAsync($"{Root}/{build}", WireJson.Default.BuildView, ct);

    /// <summary>Writes what a build made into a folder.</summary>
    /// <returns>The paths of what was written.</returns>
    public async Task<IReadOnlyList<string>> SaveAsync(BuildView build, string folder, CancellationToken ct)
    {
        var written = new List<string>();
        foreach (var file in build.Platforms.Select(platform => platform.Artifact).OfType<Artifact>().SelectMany(ArtifactExport.FilesOf))
        {
            // It is another machine's word, and becomes a path on this one.
            if (file.Name != Path.GetFileName(file.Name) || file.Name.StartsWith('.') || file.Name.Any(char.IsControl))
                throw new CommandFailedException(ExitCode.Failed, $"the control plane names a file that is not taken: {TerminalText.CleanLine(file.Name)}");
            try
            {
                written.Add(await ArtifactExport.SaveAsync(file, folder, (target, token) => api.DownloadAsync($"{Root}/{build.Id}/files/{Uri.EscapeDataString(file.Name)}", target, token), ct));
            }
            catch (InvalidDataException e)
            {
                throw new CommandFailedException(ExitCode.Failed, e.Message, e);
            }
        }

        return written;
    }

    /// <summary>Exit code 3 where it is over already.</summary>
    public async Task<BuildView> CancelAsync(Guid build, CancellationToken ct)
    {
        using var nothing = new ByteArrayContent([]);
        using var response = await api.PostAsync($"{Root}/{build}/cancel", nothing, mayTakeLong: false, ct);
        return await ApiAnswers.ReadAsync(response, WireJson.Default.BuildView, ct);
    }

    /// <summary>Tells every line from the first, each once, until the build is over; a connection that is lost is made again.</summary>
    public Task<BuildView> FollowAsync(Guid build, Action<BuildLogLine> onLine, Action<string> onReconnecting, CancellationToken ct) =>
        ReadLogAsync($"{Root}/{build}/log", new ResumingEvents(api, onReconnecting), onLine, ct);

    /// <param name="follow">Until the build is over; else the lines that are there.</param>
    /// <inheritdoc cref="FollowAsync"/>
    public Task<BuildView> ReadLogAsync(Guid build, bool follow, Action<BuildLogLine> onLine, Action<string> onReconnecting, CancellationToken ct) =>
        ReadLogAsync($"{Root}/{build}/log{(follow ? "" : "?follow=false")}", new ResumingEvents(api, onReconnecting) { FailFirst = true }, onLine, ct);

    public void Dispose() => api.Dispose();

    private static async Task<BuildView> ReadLogAsync(string path, ResumingEvents events, Action<BuildLogLine> onLine, CancellationToken ct)
    {
        BuildView? end = null;
        await events.ReadAsync(
            _ => path,
            item =>
            {
                if (item.EventType == End)
                    end = JsonSerializer.Deserialize(item.Data, WireJson.Default.BuildView);
                else if (JsonSerializer.Deserialize(item.Data, WireJson.Default.BuildLogLine) is { } line)
                    onLine(line);
                return end is null;
            },
            _ => Task.FromResult(end is not null),
            ct);
        return end!;
    }
}
