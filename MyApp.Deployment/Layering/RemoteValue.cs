using System.Globalization;

namespace MyApp.Deployment.Layering;

/// <summary>A value the control plane keeps for a service in an environment.</summary>
/// <param name="Key">Path of the key in a spec, e.g. <c>run.env.GIN_MODE</c>.</param>
/// <param name="Version">Of the change that set it.</param>
/// <param name="SetBy">Who set it.</param>
public sealed record RemoteValue(string Key, string Value, long Version, string SetBy, DateTimeOffset SetAt)
{
    internal const string Source = "config server";

    internal static bool IsOrigin(Origin origin) => origin.Line == 0 && origin.File.StartsWith($"{Source} (", StringComparison.Ordinal);

    internal Origin Origin => new(string.Create(CultureInfo.InvariantCulture, $"{Source} (version {Version}, {SetBy}, {SetAt:yyyy-MM-dd HH:mm}Z)"), 0, 0);
}

/// <summary>Reads what the control plane keeps for a service in an environment; of a key that is there twice the later value holds.</summary>
public delegate Task<IReadOnlyList<RemoteValue>> RemoteValues(string service, string environment, CancellationToken ct);
