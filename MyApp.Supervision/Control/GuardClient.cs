using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using MyApp.Supervision.Configs;
using MyApp.Supervision.Dossiers;
using MyApp.Supervision.Units;

namespace MyApp.Supervision.Control;

/// <summary>Talks to the guard over its unix socket, one connection a request. Every method throws <see cref="GuardException"/>.</summary>
public sealed class GuardClient(string socketPath)
{
    public string SocketPath { get; } = socketPath;

    public async Task<GuardHello> HelloAsync(CancellationToken ct) =>
        (await AskAsync(new() { Id = "1", Op = "hello" }, ct)).Hello ?? throw Unexpected("hello");

    /// <param name="service">Null: every unit.</param>
    /// <param name="environment">Null: every environment.</param>
    public async Task<GuardStatus> StatusAsync(string? service, string? environment, CancellationToken ct) =>
        (await AskAsync(new() { Id = "1", Op = "status", Service = service, Environment = environment }, ct)).Status ?? throw Unexpected("status");

    /// <summary>Throws what <see cref="ApplyAsync"/> would throw of the unit itself, its ports aside; changes nothing.</summary>
    public Task CheckAsync(Unit unit, CancellationToken ct) => AskAsync(new() { Id = "1", Op = "check", Unit = unit }, ct);

    public Task ApplyAsync(Unit unit, CancellationToken ct) => AskAsync(new() { Id = "1", Op = "apply", Unit = unit }, ct);

    public Task SwitchAsync(string service, string environment, string release, CancellationToken ct) =>
        AskAsync(new() { Id = "1", Op = "switch", Service = service, Environment = environment, Release = release }, ct);

    public Task RemoveAsync(string service, string environment, string release, CancellationToken ct) =>
        AskAsync(new() { Id = "1", Op = "remove", Service = service, Environment = environment, Release = release }, ct);

    /// <summary>Gives the instances of a release other values of its file, in turn; returns when that has begun. <see cref="UnitStatus.Values"/> tells how it ends.</summary>
    /// <param name="revision">What the values are called there.</param>
    public Task RefreshAsync(string service, string environment, string release, IReadOnlyDictionary<string, ConfigValue> values, string revision, CancellationToken ct) =>
        AskAsync(new() { Id = "1", Op = "refresh", Service = service, Environment = environment, Release = release, Values = values, Revision = revision }, ct);

    public Task StartAsync(string service, string environment, CancellationToken ct) => OnServiceAsync("start", service, environment, ct);

    /// <summary>Returns when every instance has ended.</summary>
    public Task StopAsync(string service, string environment, CancellationToken ct) => OnServiceAsync("stop", service, environment, ct);

    public Task RestartAsync(string service, string environment, CancellationToken ct) => OnServiceAsync("restart", service, environment, ct);

    public async IAsyncEnumerable<GuardLogLine> LogsAsync(
        string service, string environment, string? stream, int tail, bool follow, [EnumeratorCancellation] CancellationToken ct,
        DateTimeOffset? since = null)
    {
        var request = new GuardRequest
        {
            Id = "1", Op = "logs", Service = service, Environment = environment, Stream = stream, Tail = tail, Follow = follow, Since = since,
        };
        await foreach (var answer in StreamAsync(request, ct))
        {
            if (answer.Log is { } line)
                yield return line;
        }
    }

    /// <summary>Every unit once, then each again as it changes, until cancelled or the guard ends.</summary>
    public async IAsyncEnumerable<UnitStatus> WatchAsync([EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var answer in StreamAsync(new() { Id = "1", Op = "watch" }, ct))
        {
            if (answer.Changed is { } unit)
                yield return unit;
        }
    }

    /// <summary>Why instances of a service ended, the last exit first.</summary>
    /// <param name="count">At most so many.</param>
    public async Task<IReadOnlyList<ExitDossier>> WhyAsync(string service, string environment, int count, CancellationToken ct)
    {
        var dossiers = new List<ExitDossier>();
        await foreach (var answer in StreamAsync(new() { Id = "1", Op = "why", Service = service, Environment = environment, Tail = count }, ct))
        {
            if (answer.Dossier is { } dossier)
                dossiers.Add(dossier);
        }

        return dossiers;
    }

    /// <summary>Reads the folder of units again and applies the difference; returns when that is done.</summary>
    public async Task<ReloadReport> ReloadAsync(bool dryRun, CancellationToken ct) =>
        (await AskAsync(new() { Id = "1", Op = "reload", DryRun = dryRun }, ct)).Reload ?? throw Unexpected("reload");

    public async Task<string> MetricsAsync(CancellationToken ct) =>
        (await AskAsync(new() { Id = "1", Op = "metrics" }, ct)).Metrics ?? throw Unexpected("metrics");

    /// <summary>Makes the guard become another binary; returns when that is about to happen. <c>hello</c> then tells of the new one.</summary>
    /// <param name="binary">Null: the file it was started from, which may have been replaced.</param>
    public Task UpgradeAsync(string? binary, CancellationToken ct) => AskAsync(new() { Id = "1", Op = "upgrade", Binary = binary }, ct);

    private Task OnServiceAsync(string op, string service, string environment, CancellationToken ct) =>
        AskAsync(new() { Id = "1", Op = op, Service = service, Environment = environment }, ct);

    private async Task<GuardResponse> AskAsync(GuardRequest request, CancellationToken ct)
    {
        await foreach (var answer in StreamAsync(request, ct))
            return answer;
        throw Unexpected(request.Op);
    }

    private async IAsyncEnumerable<GuardResponse> StreamAsync(GuardRequest request, [EnumeratorCancellation] CancellationToken ct)
    {
        using var socket = await ConnectAsync(ct);
        await using var stream = new NetworkStream(socket);
        await WriteLineAsync(stream, JsonSerializer.SerializeToUtf8Bytes(request, GuardJson.Default.GuardRequest), ct);
        using var reader = new StreamReader(stream);
        while (await ReadLineAsync(reader, ct) is { } line)
        {
            var answer = JsonSerializer.Deserialize(line, GuardJson.Default.GuardResponse) ?? throw Unexpected(request.Op);
            if (answer.Fault is { } fault)
                throw new GuardException(fault.Code, fault.Message);
            yield return answer;
            if (answer.Done)
                yield break;
        }
    }

    private async Task<Socket> ConnectAsync(CancellationToken ct)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), ct);
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new GuardException("unreachable", $"no guard answers at {SocketPath}: {e.Message}", e);
        }
    }

    private async Task WriteLineAsync(NetworkStream stream, byte[] line, CancellationToken ct)
    {
        try
        {
            await stream.WriteAsync((byte[])[.. line, (byte)'\n'], ct);
        }
        catch (IOException e)
        {
            throw Closed(e);
        }
    }

    private async Task<string?> ReadLineAsync(StreamReader reader, CancellationToken ct)
    {
        try
        {
            return await reader.ReadLineAsync(ct);
        }
        catch (IOException e)
        {
            throw Closed(e);
        }
    }

    private GuardException Closed(IOException e) => new("unreachable", $"the guard at {SocketPath} closed the connection: {e.Message}", e);

    private static GuardException Unexpected(string op) => new("internal", $"the guard gave no answer to '{op}'");
}
