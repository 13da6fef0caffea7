using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MyApp.Deployment.Builds.Packaging;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Transport;
using MyApp.Supervision.Units;

namespace MyApp.Deployment.Builds;

/// <summary>Starts an executable a few times and measures how long it takes to accept a connection, and its memory then.</summary>
internal static class StartMeasure
{
    private const int Rounds = 5;
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(1);

    /// <summary>Medians; with neither, why.</summary>
    public static async Task<(TimeSpan? Start, long? Memory, string? Missing)> OfAsync(
        DataPaths paths, ServiceSpec spec, Artifact artifact, TimeProvider clock, CancellationToken ct)
    {
        if (spec.Ports.Count == 0)
            return (null, null, "the service has no port to wait for");
        if (artifact.Platform != Platforms.Native)
            return (null, null, $"it can't run on this {Platforms.Native} machine");
        var (starts, memories) = (new List<TimeSpan>(), new List<long>());
        for (var round = 0; round < Rounds; round++)
        {
            if (await OnceAsync(paths, spec, artifact, clock, ct) is not var (start, memory))
                return (null, null, $"it accepted no connection within {Budget.TotalSeconds:0} s: does it need more than its spec gives?");
            starts.Add(start);
            memories.Add(memory);
        }

        return (starts.Order().ElementAt(Rounds / 2), memories.Order().ElementAt(Rounds / 2), null);
    }

    private static async Task<(TimeSpan Start, long Memory)?> OnceAsync(DataPaths paths, ServiceSpec spec, Artifact artifact, TimeProvider clock, CancellationToken ct)
    {
        var here = spec with { Ports = [.. spec.Ports.Select(port => new UnitPort(port.Name, FreePort()))], Expose = Exposure.Loopback };
        var content = PackageContent.Of(here, artifact, paths, null);
        var pid = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var began = clock.GetTimestamp();
        var run = LocalHost.RunAsync(
            new(content.Store.PathOf(artifact.Digest), content.Args)
            {
                Env = content.Env, WorkingDirectory = "/", Timeout = Budget, User = BuildUser.For(paths), OnStarted = id => pid.TrySetResult(id),
            },
            stop.Token);
        var accepted = await AcceptsAsync(here.Ports[0].Port, run, clock, ct);
        var result = accepted ? (clock.GetElapsedTime(began), Resident(await pid.Task)) : ((TimeSpan, long)?)null;
        await stop.CancelAsync();
        await ((Task)run).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ct.ThrowIfCancellationRequested();
        return result;
    }

    private static async Task<bool> AcceptsAsync(int port, Task run, TimeProvider clock, CancellationToken ct)
    {
        while (!run.IsCompleted)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port, ct);
                return true;
            }
            catch (SocketException)
            {
                await Task.Delay(Look, clock, ct);
            }
        }

        return false;
    }

    // VmRSS:	   12345 kB
    private static long Resident(int pid) =>
        File.ReadLines($"/proc/{pid}/status").Where(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
            .Select(line => long.Parse(line["VmRSS:".Length..^"kB".Length].Trim(), CultureInfo.InvariantCulture) * 1024).FirstOrDefault();

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
