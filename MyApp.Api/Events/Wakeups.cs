namespace MyApp.Api.Events;

/// <summary>Tells the readers of events and the rollout worker, here and through Redis in the other replicas, that there is something new.</summary>
internal sealed class Wakeups(TimeProvider clock, RedisLink redis)
{
    public const string EventsTopic = "events";
    public const string WorkTopic = "work";
    public const string ConfigsTopic = "configs";
    public const string BuildsTopic = "builds";
    public const string BuildLinesTopic = "build-lines";

    /// <summary>Events were appended.</summary>
    public Pulse Events { get; } = new(clock);

    /// <summary>A rollout was requested, cancelled or given back.</summary>
    public Pulse Work { get; } = new(clock);

    /// <summary>Values of the config server were changed.</summary>
    public Pulse Configs { get; } = new(clock);

    /// <summary>A build was requested, cancelled, given back or is over.</summary>
    public Pulse Builds { get; } = new(clock);

    /// <summary>A build has something new to tell, or nothing more.</summary>
    public Pulse BuildLines { get; } = new(clock);

    public void SayBuilds()
    {
        Say(BuildsTopic);
        SayBuildLines();
    }

    public void SayBuildLines() => Say(BuildLinesTopic);

    /// <returns>As <see cref="Pulse.Beat"/>.</returns>
    public (Task This, Task After) SayConfigs()
    {
        var beat = Configs.Beat();
        redis.Publish(ConfigsTopic);
        return beat;
    }

    public void SayEvents() => Say(EventsTopic);

    public void SayWork() => Say(WorkTopic);

    /// <summary>Passes on what another replica said.</summary>
    public void Hear(string topic)
    {
        var pulse = topic switch
        {
            EventsTopic => Events,
            WorkTopic => Work,
            ConfigsTopic => Configs,
            BuildsTopic => Builds,
            BuildLinesTopic => BuildLines,
            _ => null,
        };
        pulse?.Beat();
    }

    private void Say(string topic)
    {
        Hear(topic);
        redis.Publish(topic);
    }
}
