using MyApp.Deployment.Specs;

namespace MyApp.Cli.Sources;

/// <summary>A folder with a good myapp.yaml, and the services of it that a command is about.</summary>
/// <param name="Folder">Absolute.</param>
internal sealed record Project(string Folder, SpecFile Spec, IReadOnlyList<string> Services)
{
    // Far more than any spec needs; what is longer is not one.
    private const long MostBytes = 1 << 20;

    /// <exception cref="CommandFailedException">Bad input, with every problem as <c>file:line:column: message</c>.</exception>
    public static Project Read(Invocation call, string folder)
    {
        var full = call.Host.FullPath(folder);
        var shown = Path.Combine(folder, SpecReader.DefaultFileName);
        shown = shown.StartsWith("./", StringComparison.Ordinal) ? shown[2..] : shown;
        var read = SpecReader.Read(ReadText(Path.Combine(full, SpecReader.DefaultFileName), shown, folder), shown);
        if (read.File is not { } file)
            throw CommandFailedException.BadInput($"{shown} can't be used", [.. read.Problems.Select(p => p.ToString())]);
        return new Project(full, file, Choose(file, call.Settings.Service, shown));
    }

    private static string ReadText(string path, string shown, string folder)
    {
        try
        {
            if (!File.Exists(path))
                throw new CommandFailedException(ExitCode.BadInput, $"there is no {shown}: 'myapp init {folder}' writes one");
            if (new FileInfo(path).Length > MostBytes)
                throw new CommandFailedException(ExitCode.BadInput, $"{shown} is longer than any spec");
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException(ExitCode.BadInput, $"{shown} can't be read: {e.Message}", e);
        }
    }

    private static IReadOnlyList<string> Choose(SpecFile file, string? service, string shown)
    {
        if (service is null)
            return file.Services;
        return file.Services.Contains(service)
            ? [service]
            : throw new CommandFailedException(ExitCode.BadInput, $"{shown} has no service '{service}'; it has {string.Join(", ", file.Services)}");
    }
}
