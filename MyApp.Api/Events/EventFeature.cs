namespace MyApp.Api.Events;

internal static class EventFeature
{
    public static void AddEvents(this IHostApplicationBuilder builder)
    {
        builder.AddRedisClient("redis", settings => settings.DisableHealthChecks = true);
        builder.Services.AddSingleton<RedisLink>();
        builder.Services.AddSingleton<Wakeups>();
        builder.Services.AddSingleton<EventReader>();
        builder.Services.AddHostedService<RedisListener>();
        builder.Services.AddHealthChecks().AddCheck<RedisHealth>("redis");
    }
}
