using StackExchange.Redis;

namespace MyApp.Api.Events;

/// <summary>
/// The one way to Redis. Redis holds only what may be lost: while it is away publishing does nothing, reading finds nothing, and
/// everybody goes on by polling PostgreSQL.
/// </summary>
internal sealed class RedisLink(IServiceProvider services, ILogger<RedisLink> log)
{
    private static readonly RedisChannel Channel = new("myapp:wake", RedisChannel.PatternMode.Literal);
    // Redis sends everybody everything; who said it knows it already.
    private readonly string self = Guid.NewGuid().ToString("N");
    private IConnectionMultiplexer? connection;
    private bool? wasConnected;

    /// <summary>Why Redis is not used now; null while it is.</summary>
    public string? Trouble { get; private set; } = "not connected yet";

    /// <summary>Tells the other replicas.</summary>
    public void Publish(string topic)
    {
        if (connection is { IsConnected: true } redis)
            Quietly(() => redis.GetSubscriber().Publish(Channel, $"{self} {topic}", CommandFlags.FireAndForget));
    }

    public void Put(string key, string value, TimeSpan lifetime)
    {
        if (connection is { IsConnected: true } redis)
            Quietly(() => redis.GetDatabase().StringSet(key, value, lifetime, When.Always, CommandFlags.FireAndForget));
    }

    public async Task<string?> GetAsync(string key)
    {
        if (connection is not { IsConnected: true } redis)
            return null;
        try
        {
            return await redis.GetDatabase().StringGetAsync(key);
        }
        catch (Exception e) when (IsTrouble(e))
        {
            Trouble = e.Message;
            return null;
        }
    }

    /// <summary>
    /// Connects if that has not worked yet (the client reconnects and subscribes again by itself afterwards), and notes how things are.
    /// Resolved here and not injected: without Redis the registration throws, and the api must start all the same.
    /// </summary>
    /// <param name="hear">Gets every topic that another replica publishes.</param>
    public void Check(Action<string> hear)
    {
        try
        {
            if (connection is null)
            {
                var made = services.GetRequiredService<IConnectionMultiplexer>();
                made.GetSubscriber().Subscribe(Channel, (_, message) => Hear(message.ToString(), hear));
                connection = made;
            }

            Trouble = connection.IsConnected ? null : "no connection: events and status are polled, nothing is lost";
        }
        catch (Exception e) when (IsTrouble(e))
        {
            Trouble = $"{e.Message.Split('\n')[0].TrimEnd('.')}: events and status are polled, nothing is lost";
        }

        SayChange();
    }

    private void Hear(string message, Action<string> hear)
    {
        if (message.Split(' ') is [var sender, var topic] && sender != self)
            hear(topic);
    }

    private void SayChange()
    {
        var connected = Trouble is null;
        if (connected == wasConnected)
            return;
        wasConnected = connected;
        if (connected)
            log.LogInformation("Redis is there: events are fanned out through it");
        else
            log.LogWarning("Redis is away, running degraded: {Reason}", Trouble);
    }

    private void Quietly(Action send)
    {
        try
        {
            send();
        }
        catch (Exception e) when (IsTrouble(e))
        {
            Trouble = e.Message;
        }
    }

    // InvalidOperationException is what the registration throws where no Redis is configured at all.
    private static bool IsTrouble(Exception e) =>
        e is RedisException or TimeoutException or InvalidOperationException or ObjectDisposedException or ArgumentException;
}
