using System.Globalization;
using System.Text.RegularExpressions;

namespace MyApp.Deployment.Specs;

/// <summary>Durations, sizes and processor time as they are written in a spec.</summary>
internal static partial class Quantities
{
    public static TimeSpan? Duration(string text)
    {
        if (Split(text) is not { } parts)
            return null;
        double? milliseconds = parts.Unit switch
        {
            "ms" => parts.Number,
            "s" => parts.Number * 1_000,
            "m" => parts.Number * 60_000,
            "h" => parts.Number * 3_600_000,
            "d" => parts.Number * 86_400_000,
            _ => null,
        };
        return milliseconds is { } ms && ms < 3650d * 86_400_000 ? TimeSpan.FromMilliseconds(ms) : null;
    }

    /// <summary>In bytes. Only powers of 1024 have a unit, so that nobody has to guess what M is.</summary>
    public static long? Size(string text)
    {
        if (Split(text) is not { } parts)
            return null;
        double? bytes = parts.Unit switch
        {
            "" => parts.Number,
            "Ki" => parts.Number * 1024,
            "Mi" => parts.Number * 1024 * 1024,
            "Gi" => parts.Number * 1024 * 1024 * 1024,
            _ => null,
        };
        return bytes is { } b && b < 1L << 50 && b == Math.Floor(b) ? (long)b : null;
    }

    public static int? Millicores(string text)
    {
        if (Split(text) is not { } parts)
            return null;
        var millicores = parts.Unit switch { "m" => parts.Number, "" => parts.Number * 1000, _ => double.NaN };
        return millicores <= 1_000_000 && millicores == Math.Floor(millicores) ? (int)millicores : null;
    }

    private static (double Number, string Unit)? Split(string text)
    {
        var match = Shape().Match(text);
        return match.Success && match.Groups[1].Length <= 15
            ? (double.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture), match.Groups[2].Value)
            : null;
    }

    [GeneratedRegex(@"^([0-9]+(?:\.[0-9]+)?)([A-Za-z]*)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Shape();
}
