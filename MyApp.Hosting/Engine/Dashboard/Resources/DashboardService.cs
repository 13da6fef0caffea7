using MyApp.Hosting.Engine.Dashboard.Grpc;

namespace MyApp.Hosting.Engine.Dashboard.Resources;

/// <summary><c>aspire.v1.DashboardService</c>: what the official dashboard asks of whoever runs the resources.</summary>
internal sealed class DashboardService(
    string applicationName, ResourceNotificationService notifications, ResourceLoggerService logs, ResourceCommandService commands, SecretMask mask)
{
    // Well below what a client takes: a batch is sent once it is this large.
    private const int LargeMessage = 1024 * 1024;
    private const int LongestLine = 64 * 1024;

    private readonly ResourceMessage resources = new(mask);

    public IReadOnlyDictionary<string, Func<GrpcCall, Task>> Methods => new Dictionary<string, Func<GrpcCall, Task>>(StringComparer.Ordinal)
    {
        ["/aspire.v1.DashboardService/GetApplicationInformation"] = GetApplicationInformationAsync,
        ["/aspire.v1.DashboardService/WatchResources"] = WatchResourcesAsync,
        ["/aspire.v1.DashboardService/WatchResourceConsoleLogs"] = WatchResourceConsoleLogsAsync,
        ["/aspire.v1.DashboardService/ExecuteResourceCommand"] = ExecuteResourceCommandAsync,
        ["/aspire.v1.DashboardService/WatchInteractions"] = WatchInteractionsAsync,
    };

    private async Task GetApplicationInformationAsync(GrpcCall call)
    {
        await RequestAsync(call);
        await call.WriteAsync(new ProtoWriter().Text(1, applicationName));
    }

    private async Task WatchResourcesAsync(GrpcCall call)
    {
        await RequestAsync(call);
        var isFirst = true;
        await foreach (var batch in notifications.WatchAsync(call.Ended).InBatchesAsync(call.Ended))
        {
            if (isFirst)
                await call.WriteAsync(new ProtoWriter().Message(1, new ProtoWriter()));
            isFirst = false;
            await SendAsync(call, batch.Select(Change), changes => new ProtoWriter().Message(2, changes));
        }
    }

    private ProtoWriter Change(ResourceEvent update) => update.Snapshot.IsHidden
        ? new ProtoWriter().Message(1, new ProtoWriter().Text(1, update.ResourceId).Text(2, update.Snapshot.ResourceType))
        : new ProtoWriter().Message(2, resources.Of(update));

    private async Task WatchResourceConsoleLogsAsync(GrpcCall call)
    {
        var request = await RequestAsync(call);
        var (name, suppressFollow) = (request.Text(1), request.Flag(2));
        if (!notifications.TryGetCurrentState(name, out _))
            throw new GrpcException(GrpcStatus.NotFound, $"There is no resource '{name}'.");
        var lines = suppressFollow ? logs.GetAllAsync(name) : logs.WatchAsync(name);
        await foreach (var batch in lines.WithCancellation(call.Ended))
            await SendAsync(call, batch.Select(Line), message => message);
    }

    private ProtoWriter Line(LogLine line)
    {
        var text = mask.Text(line.Content);
        return new ProtoWriter()
            .Text(1, text.Length <= LongestLine ? text : text[..LongestLine] + "…")
            .Flag(2, line.IsErrorMessage)
            .Number(3, line.LineNumber);
    }

    private async Task ExecuteResourceCommandAsync(GrpcCall call)
    {
        var request = await RequestAsync(call);
        var result = await commands.ExecuteCommandAsync(request.Text(2), request.Text(1), call.Ended);
        var kind = result switch
        {
            { Success: true } => 1,
            { Canceled: true } => 3,
            _ => 2,
        };
        await call.WriteAsync(new ProtoWriter().Number(1, kind).Text(3, result.Message is { } message ? mask.Text(message) : null));
    }

    // There are none; but a dashboard that finds the method missing, or closed, believes the connection lost.
    private static async Task WatchInteractionsAsync(GrpcCall call)
    {
        while (await call.ReadAsync() is not null)
        {
        }
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, call.Ended);
    }

    private static async Task<ProtoReader> RequestAsync(GrpcCall call) =>
        new(await call.ReadAsync() ?? throw new GrpcException(GrpcStatus.InvalidArgument, "The request is missing."));

    /// <summary>Sends a repeated field 1, in as many messages as its size needs.</summary>
    private static async Task SendAsync(GrpcCall call, IEnumerable<ProtoWriter> items, Func<ProtoWriter, ProtoWriter> wrap)
    {
        var message = new ProtoWriter();
        foreach (var item in items)
        {
            if (message.Written.Length > 0 && message.Written.Length + item.Written.Length > LargeMessage)
            {
                await call.WriteAsync(wrap(message));
                message = new ProtoWriter();
            }
            message.Message(1, item);
        }
        if (message.Written.Length > 0)
            await call.WriteAsync(wrap(message));
    }
}
