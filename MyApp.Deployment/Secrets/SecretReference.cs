using System.Globalization;

namespace MyApp.Deployment.Secrets;

/// <summary>A secret as a release refers to it: by its version, so that a rollback gets what the release had.</summary>
/// <param name="OfService">It is the service's own, and not its environment's.</param>
public sealed record SecretReference(string Name, int Version, bool OfService)
{
    private const char At = '@';
    private const string Shared = "shared.";

    /// <summary>What stands after <c>secret:</c>: <c>DB_URL@3</c>, <c>DB_URL@shared.3</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}{At}{(OfService ? "" : Shared)}{Version}");

    public static SecretReference? Parse(string text)
    {
        var at = text.IndexOf(At, StringComparison.Ordinal);
        if (at <= 0)
            return null;
        var version = text[(at + 1)..];
        var shared = version.StartsWith(Shared, StringComparison.Ordinal);
        return int.TryParse(shared ? version[Shared.Length..] : version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? new(text[..at], number, !shared) : null;
    }
}
