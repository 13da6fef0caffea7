using MyApp.Deployment.Approvals;

namespace MyApp.Cli.Settings;

/// <summary>Where the key lies that a person signs with: <c>~/.config/myapp/person.key.pem</c>, or a file they name.</summary>
internal static class PersonalKeyFile
{
    private const string Name = "person.key.pem";

    /// <param name="named">Must be there; null: the usual one.</param>
    /// <param name="make">Makes the usual one where there is none.</param>
    public static async Task<(PersonalKey Key, string Path)> LoadAsync(Invocation call, string? named, bool make, CancellationToken ct)
    {
        var path = named is not null ? call.Host.FullPath(named)
            : SettingsFile.Locate(call.Host.Variable) is { } settings ? Path.Combine(Path.GetDirectoryName(settings)!, Name)
            : throw new CommandFailedException(ExitCode.BadInput, "there is no home folder with a key in it: --key FILE names one");
        if (!File.Exists(path) && (named is not null || !make))
            throw new CommandFailedException(ExitCode.BadInput, $"there is no key {named ?? path}: 'myapp key' makes one and prints what the environment lists you by");
        try
        {
            return (await PersonalKey.LoadOrCreateAsync(path, ct), path);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException(ExitCode.BadInput, e.Message, e);
        }
    }
}
