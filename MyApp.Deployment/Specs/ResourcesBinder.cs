using System.Globalization;
using MyApp.Supervision.Units;

namespace MyApp.Deployment.Specs;

/// <summary><c>250m..500m</c> is a request and a limit; one value is the limit.</summary>
internal static class ResourcesBinder
{
    public static ResourceLimits Bind(SpecSection resources)
    {
        var cpu = Range<int>(resources, "cpu", text => Quantities.Millicores(text) is { } n and > 0 ? n : null, "250m..500m, 500m or 2");
        var memory = Range<long>(resources, "memory", text => Quantities.Size(text) is { } n and >= 1 << 20 ? n : null, "64Mi..128Mi or 1Gi, at least 1Mi");
        return new()
        {
            CpuRequestMillicores = cpu.Low,
            CpuLimitMillicores = cpu.High,
            MemoryRequestBytes = memory.Low,
            MemoryLimitBytes = memory.High,
            Pids = resources.Number("pids", 1, 4_194_304),
            Files = resources.Parsed<long>(
                "files", text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n is >= 16 and <= 1_073_741_816 ? n : null,
                "a whole number of at least 16"),
        };
    }

    private static (T? Low, T? High) Range<T>(SpecSection section, string key, Func<string, T?> parse, string shape)
        where T : struct, IComparable<T>
    {
        var range = section.Parsed<(T? Low, T High)>(key, text => Parse(text, parse), shape);
        return range is { } found ? (found.Low, found.High) : (null, null);
    }

    private static (T? Low, T High)? Parse<T>(string text, Func<string, T?> parse)
        where T : struct, IComparable<T>
    {
        var parts = text.Split("..");
        if (parts.Length == 1)
            return parse(text) is { } limit ? (null, limit) : null;
        return parts.Length == 2 && parse(parts[0]) is { } low && parse(parts[1]) is { } high && low.CompareTo(high) <= 0 ? (low, high) : null;
    }
}
