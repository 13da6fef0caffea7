using System.Globalization;

namespace MyApp.Deployment.Builds;

public static class Bytes
{
    /// <summary>For a person, in powers of 1024: <c>6.9 MiB</c>.</summary>
    public static string Text(long bytes) => bytes switch
    {
        < 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
        < 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.0} KiB"),
        < 1024L * 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024):0.0} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024 * 1024):0.0} GiB"),
    };

    /// <summary>For a person: <c>10.0 MiB → 6.9 MiB (−31 %)</c>.</summary>
    public static string Change(long before, long after) => $"{Text(before)} → {Text(after)} ({Percent(before, after)})";

    /// <summary><c>−31 %</c>, <c>+4 %</c> or <c>±0 %</c>.</summary>
    public static string Percent(long before, long after)
    {
        var percent = before == 0 ? 0 : (int)Math.Round((after - before) * 100.0 / before, MidpointRounding.AwayFromZero);
        return string.Create(CultureInfo.InvariantCulture, $"{(percent < 0 ? "−" : percent > 0 ? "+" : "±")}{Math.Abs(percent)} %");
    }
}
