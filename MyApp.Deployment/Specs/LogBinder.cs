using MyApp.Supervision.Units;

namespace MyApp.Deployment.Specs;

internal static class LogBinder
{
    private const long LeastTotal = 4L << 20;
    private const long LeastFile = 64L << 10;

    public static LogSpec Bind(SpecSection logs)
    {
        var spec = new LogSpec
        {
            Rotate = logs.Word("rotate", ("size", LogPeriod.None), ("hourly", LogPeriod.Hour), ("daily", LogPeriod.Day)),
            Format = logs.Word("format", ("lines", LogFormat.Lines), ("raw", LogFormat.Raw)) ?? LogFormat.Lines,
            Keep = logs.Duration("keep", TimeSpan.FromMinutes(1)),
            Files = logs.Number("files", 0, 100_000),
            MaxFile = logs.Size("maxFile", LeastFile, "a size of at least 64Ki such as 100Mi"),
            MaxTotal = logs.Size("maxTotal", LeastTotal, "a size of at least 4Mi such as 512Mi or 2Gi"),
            ClassifyBy = logs.Checked("classifyBy", IsMember, "the name of a member of the JSON lines, e.g. level"),
        };
        if (spec.MaxFile > spec.MaxTotal)
            logs.Refuse("maxFile", "one file may be larger than all of them together", "make logs.maxTotal at least logs.maxFile");
        return spec;
    }

    private static bool IsMember(string name) => name.Length is > 0 and <= 64 && !name.Any(c => c is '"' or '\\' || char.IsControl(c));
}
