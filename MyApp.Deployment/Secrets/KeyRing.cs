using System.Security.Cryptography;
using MyApp.Supervision.Files;

namespace MyApp.Deployment.Secrets;

/// <summary>The keys that secrets' own keys are encrypted with, by id; the first is the one new secrets get.</summary>
public sealed class KeyRing
{
    /// <summary>Variable with the keys: <c>ID:BASE64</c>, several separated by commas or lines, the active one first.</summary>
    public const string Variable = "MYAPP_SECRETS_KEYS";

    /// <summary>Variable with the path of a file that holds the same.</summary>
    public const string FileVariable = "MYAPP_SECRETS_KEYS_FILE";

    private const int KeyBytes = 32;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly IReadOnlyDictionary<string, byte[]> keys;

    private KeyRing(string active, IReadOnlyDictionary<string, byte[]> keys)
    {
        ActiveId = active;
        this.keys = keys;
    }

    public string ActiveId { get; }

    /// <summary>From <see cref="Variable"/>, else the file of <see cref="FileVariable"/>, else <paramref name="defaultFile"/>.</summary>
    /// <param name="make">Where that file is missing: write one with a new key.</param>
    /// <exception cref="SecretsUnavailableException">No key, an unreadable one, or a file that others may read.</exception>
    public static KeyRing Load(Func<string, string?> variable, string defaultFile, bool make)
    {
        if (variable(Variable) is { Length: > 0 } written)
            return Parse(written, Variable);
        var configured = variable(FileVariable) is { Length: > 0 } path ? path : null;
        var file = configured ?? defaultFile;
        if (!File.Exists(file))
        {
            if (!make || configured is not null)
                throw new SecretsUnavailableException($"there is no key for secrets: {file} is missing, and {Variable} is not set");
            Make(file);
        }

        return Parse(ReadPrivate(file), file);
    }

    /// <exception cref="SecretsUnavailableException">The ring has no such key.</exception>
    internal byte[] Key(string id) => keys.TryGetValue(id, out var key)
        ? key
        : throw new SecretsUnavailableException($"the key '{id}' is not in the key ring (it has {string.Join(", ", keys.Keys)}): add it to {Variable} or its file");

    internal static KeyRing Parse(string text, string source)
    {
        var keys = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        string? active = null;
        foreach (var line in text.Split([',', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var key = new byte[KeyBytes];
            if (colon <= 0 || !Convert.TryFromBase64String(line[(colon + 1)..], key, out var length) || length != KeyBytes)
                throw new SecretsUnavailableException($"{source}: key {keys.Count + 1} is not ID:BASE64 of {KeyBytes} bytes; 'openssl rand -base64 {KeyBytes}' makes one");
            if (!keys.TryAdd(line[..colon], key))
                throw new SecretsUnavailableException($"{source}: the key '{line[..colon]}' is there twice");
            active ??= line[..colon];
        }

        return active is null ? throw new SecretsUnavailableException($"{source} has no key") : new(active, keys);
    }

    // The file that others can read was read by others.
    private static string ReadPrivate(string file)
    {
        try
        {
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & ~OwnerOnly) != 0)
                throw new SecretsUnavailableException($"{file} may be read or changed by others than its owner: chmod 600 {file}, and consider its keys known");
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SecretsUnavailableException($"the keys of secrets can't be read: {e.Message}", e);
        }
    }

    private static void Make(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        AtomicFile.WriteAllText(file, $"k1:{Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes))}\n", OwnerOnly);
    }
}
