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
        Say(Builds, BuildsTopic);
        SayBuildLines();
    }

    public void SayBuildLines() => Say(BuildLines, BuildLinesTopic);

    /// <returns>As <see cref="Pulse.Beat"/>.</returns>
    public (Task This, Task After) SayConfigs() => Say(Configs, ConfigsTopic);

    public void SayEvents() => Say(Events, EventsTopic);

    public void SayWork() => Say(Work, WorkTopic);

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

    private (Task This, Task After) Say(Pulse pulse, string topic)
    {
        var beat = pulse.Beat();
        redis.Publish(topic);
        return beat;
    }
}
