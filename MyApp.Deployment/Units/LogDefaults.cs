using MyApp.Deployment.Specs;
using MyApp.Supervision.Units;

namespace MyApp.Deployment.Units;

/// <summary>How logs are kept where a spec does not say: the more an environment matters, the longer.</summary>
internal static class LogDefaults
{
    private const long MaxFile = 100L << 20;
    private const int FilesInTotal = 4;
    private const int KeptFiles = 3;

    /// <summary>It has defaults of its own; any other takes those of the nearest it inherits from that has.</summary>
    public static bool Knows(string environment) => environment is "prod" or "staging" or "test" or "dev";

    /// <summary>prod: daily, 30 days; staging: daily, 7 days; test: hourly, 3 days; any other: 100 MiB and three older files.</summary>
    public static LogRule Apply(LogSpec logs, string environment)
    {
        var (rotate, keep) = environment switch
        {
            "prod" => (LogPeriod.Day, TimeSpan.FromDays(30)),
            "staging" => (LogPeriod.Day, TimeSpan.FromDays(7)),
            "test" => (LogPeriod.Hour, TimeSpan.FromDays(3)),
            _ => (LogPeriod.None, (TimeSpan?)null),
        };
        var age = logs.Keep ?? (logs.Files is null && logs.MaxTotal is null ? keep : null);
        return new()
        {
            Rotate = logs.Rotate ?? rotate,
            Format = logs.Format,
            KeepFor = age,
            // Age and total are rules enough: a number on top of them would throw away what they keep.
            KeepFiles = logs.Files ?? (age is null && logs.MaxTotal is null ? KeptFiles : null),
            MaxFileBytes = logs.MaxFile ?? Math.Min(MaxFile, logs.MaxTotal / FilesInTotal ?? MaxFile),
            MaxTotalBytes = logs.MaxTotal,
            ClassifyBy = logs.ClassifyBy,
        };
    }
}
