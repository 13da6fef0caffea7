using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text.Json;
using MyApp.Supervision.Control;
using MyApp.Supervision.Dossiers;

namespace MyApp.Tests.Support;

/// <summary>Answers on a guard's socket what a test tells it to, and keeps what it was asked. It runs nothing.</summary>
internal sealed class FakeGuard : IAsyncDisposable
{
    // Never disposed: it has no timer, and late talks may still ask it.
    private readonly CancellationTokenSource end = new();
    private readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly ConcurrentDictionary<(string Service, string Environment, string Release), UnitStatus> units = new();
    private readonly ConcurrentQueue<string> asked = new();
    private readonly List<GuardLogLine> lines = [];
    private readonly Lock gate = new();
    private readonly Task serving;
    private TaskCompletionSource next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public FakeGuard(string dataFolder)
    {
        var path = new GuardPaths(dataFolder).SocketPath;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        serving = ServeAsync();
    }

    /// <summary>Commands it got, e.g. <c>stop orders dev</c>, in order.</summary>
    public IReadOnlyCollection<string> Asked => asked;

    /// <summary>Answers every command (start, stop, restart) with this fault; null: carries them out.</summary>
    public GuardFault? Refusal { get; set; }

    /// <summary>The newest protocol it says it speaks.</summary>
    public int Protocol { get; set; } = GuardHello.CurrentProtocol;

    /// <summary>What it tells of exits, the last one first.</summary>
    public IReadOnlyList<ExitDossier> Dossiers { get; set; } = [];

    /// <summary>Called with a command's word and service before it is answered.</summary>
    public Action<string, string> OnCommand { get; set; } = static (_, _) => { };

    public void Set(UnitStatus unit)
    {
        units[(unit.Service, unit.Environment, unit.Release)] = unit;
        Beat();
    }

    public void Say(GuardLogLine line)
    {
        lock (gate)
            lines.Add(line);
        Beat();
    }

    /// <summary>The guard is away from then on. May be called again.</summary>
    public async ValueTask DisposeAsync()
    {
        if (end.IsCancellationRequested)
            return;
        await end.CancelAsync();
        listener.Dispose();
        await serving;
    }

    private void Beat() =>
        Interlocked.Exchange(ref next, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    private async Task ServeAsync()
    {
        var talks = new List<Task>();
        try
        {
            while (true)
                talks.Add(TalkAsync(await listener.AcceptAsync(end.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(talks);
        }
    }

    private async Task TalkAsync(Socket socket)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        using var reader = new StreamReader(stream);
        try
        {
            if (await reader.ReadLineAsync(end.Token) is not { } line)
                return;
            var request = JsonSerializer.Deserialize(line, GuardJson.Default.GuardRequest)!;
            await foreach (var answer in AnswerAsync(request))
            {
                await stream.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(answer, GuardJson.Default.GuardResponse), end.Token);
                await stream.WriteAsync("\n"u8.ToArray(), end.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The client went away or the test is over.
        }
    }

    private IAsyncEnumerable<GuardResponse> AnswerAsync(GuardRequest request) => request.Op switch
    {
        "status" => One(new() { Id = request.Id, Status = new GuardStatus([.. units.Values]), Done = true }),
        "hello" => One(new() { Id = request.Id, Hello = new GuardHello(Protocol, "test", 1, DateTimeOffset.UnixEpoch), Done = true }),
        "logs" => LogsAsync(request),
        "watch" => WatchAsync(request),
        "why" => WhyAsync(request),
        _ => One(Command(request)),
    };

    private GuardResponse Command(GuardRequest request)
    {
        asked.Enqueue($"{request.Op} {request.Service} {request.Environment}");
        if (Refusal is { } fault)
            return new() { Id = request.Id, Fault = fault };
        OnCommand(request.Op, request.Service ?? "");
        return new() { Id = request.Id, Done = true };
    }

    private async IAsyncEnumerable<GuardResponse> LogsAsync(GuardRequest request)
    {
        var sent = -1;
        do
        {
            var wait = next.Task;
            GuardLogLine[] now;
            lock (gate)
                now = [.. lines.Where(l => request.Stream is null || l.Stream == request.Stream)];
            sent = sent < 0 ? Math.Max(0, now.Length - (request.Tail ?? now.Length)) : sent;
            for (; sent < now.Length; sent++)
                yield return new() { Id = request.Id, Log = now[sent] };
            if (request.Follow)
                await wait.WaitAsync(end.Token);
        }
        while (request.Follow);
        yield return new() { Id = request.Id, Done = true };
    }

    private async IAsyncEnumerable<GuardResponse> WhyAsync(GuardRequest request)
    {
        await Task.CompletedTask;
        foreach (var dossier in Dossiers.Where(d => d.Service == request.Service && d.Environment == request.Environment).Take(request.Tail ?? int.MaxValue))
            yield return new() { Id = request.Id, Dossier = dossier };
        yield return new() { Id = request.Id, Done = true };
    }

    private async IAsyncEnumerable<GuardResponse> WatchAsync(GuardRequest request)
    {
        while (true)
        {
            var wait = next.Task;
            foreach (var unit in units.Values)
                yield return new() { Id = request.Id, Changed = unit };
            await wait.WaitAsync(end.Token);
        }
    }

    private static async IAsyncEnumerable<GuardResponse> One(GuardResponse answer)
    {
        await Task.CompletedTask;
        yield return answer;
    }
}
