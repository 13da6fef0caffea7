using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MyApp.Cli.Output;
using MyApp.Deployment.Layering;
using MyApp.Supervision.Files;

namespace MyApp.Cli.Settings;

/// <summary>What a control plane last answered of a service's values; only good for what it was read for.</summary>
internal sealed record KnownValues(Uri Api, string Service, string Environment, DateTimeOffset ReadAt, IReadOnlyList<RemoteValue> Values);

/// <summary>
/// Keeps the values that the config server last answered, for when it does not: a file each below <c>~/.cache/myapp/values</c>, the digest in its first line.
/// </summary>
/// <param name="folder">Null: without a home folder nothing is kept.</param>
internal sealed class LastKnownValues(string? folder, Uri api, string service, string environment, TimeProvider clock)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    private string? File => folder is null ? null : Path.Combine(folder, $"{service}.{environment}.{Digest(Encoding.UTF8.GetBytes(api.AbsoluteUri))[..12]}.json");

    public static LastKnownValues Of(Invocation call, string service)
    {
        var cache = call.Host.Variable("XDG_CACHE_HOME") is { Length: > 0 } named ? named
            : call.Host.Variable("HOME") is { Length: > 0 } home ? Path.Combine(home, ".cache") : null;
        return new(cache is null ? null : Path.Combine(cache, "myapp", "values"), call.Settings.Api, service, call.Settings.Environment, call.Host.Clock);
    }

    /// <returns>Why they could not be kept; null: they are.</returns>
    public string? Keep(IReadOnlyList<RemoteValue> values)
    {
        if (File is not { } path)
            return null;
        var known = JsonSerializer.SerializeToUtf8Bytes(new(api, service, environment, clock.GetUtcNow(), values), CliJson.Default.KnownValues);
        try
        {
            Directory.CreateDirectory(folder!);
            AtomicFile.WriteAllBytes(path, [.. Encoding.ASCII.GetBytes(Digest(known)), (byte)'\n', .. known], OwnerOnly);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    /// <returns>The values and how old they are, or why there are none to be used.</returns>
    public (KnownValues? Known, TimeSpan Age, string? Trouble) Find()
    {
        if (File is not { } path || !System.IO.File.Exists(path))
            return (null, default, "no copy of them is kept here");
        if (Read(path) is not { } known || known.Api != api || known.Service != service || known.Environment != environment)
            return (null, default, $"the copy in {path} is not what was written there");
        var age = clock.GetUtcNow() - known.ReadAt;
        return age >= TimeSpan.Zero && age <= Lifetime
            ? (known, age, null)
            : (null, default, age < TimeSpan.Zero ? $"the copy in {path} is from the future" : $"the copy of them is {Words.Age(age)} old, and used for {Words.Age(Lifetime)}");
    }

    private static KnownValues? Read(string path)
    {
        try
        {
            var content = System.IO.File.ReadAllBytes(path);
            var end = Array.IndexOf(content, (byte)'\n');
            return end > 0 && Encoding.ASCII.GetString(content, 0, end) == Digest(content.AsSpan(end + 1)) ? JsonSerializer.Deserialize(content.AsSpan(end + 1), CliJson.Default.KnownValues) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    private static string Digest(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
