namespace MyApp.Api.Events;

/// <summary>Tells the readers of events and the rollout worker, here and through Redis in the other replicas, that there is something new.</summary>
internal sealed class Wakeups(TimeProvider clock, RedisLink redis)
{
    public const string EventsTopic = "events";
    public const string WorkTopic = "work";
    public const string ConfigsTopic = "configs";

    /// <summary>Events were appended.</summary>
    public Pulse Events { get; } = new(clock);

    /// <summary>A rollout was requested, cancelled or given back.</summary>
    public Pulse Work { get; } = new(clock);

    /// <summary>Values of the config server were changed.</summary>
    public Pulse Configs { get; } = new(clock);

    public void SayConfigs()
    {
        Configs.Beat();
        redis.Publish(ConfigsTopic);
    }

    public void SayEvents()
    {
        Events.Beat();
        redis.Publish(EventsTopic);
    }

    public void SayWork()
    {
        Work.Beat();
        redis.Publish(WorkTopic);
    }

    /// <summary>Passes on what another replica said.</summary>
    public void Hear(string topic)
    {
        if (topic == EventsTopic)
            Events.Beat();
        else if (topic == WorkTopic)
            Work.Beat();
        else if (topic == ConfigsTopic)
            Configs.Beat();
    }
}
