using MyApp.Deployment.Layering;
using MyApp.Deployment.Specs;

namespace MyApp.Cli.Sources;

/// <summary>A folder with a good myapp.yaml, and the services of it that a command is about.</summary>
/// <param name="Folder">Absolute.</param>
internal sealed record Project(string Folder, SpecFile Spec, IReadOnlyList<string> Services)
{
    // Far more than any spec needs; what is longer is not one.
    private const long MostBytes = 1 << 20;

    /// <exception cref="CommandFailedException">Bad input, with every problem as <c>file:line:column: message</c>.</exception>
    /// <param name="around">Laid around the spec; null: the spec as it stands.</param>
    public static Project Read(Invocation call, string folder, SpecSurroundings? around = null)
    {
        var (read, shown) = ReadSpec(call, folder, around);
        return read.File is { } file
            ? Of(call, folder, file)
            : throw CommandFailedException.BadInput($"{shown} can't be used", [.. read.Problems.Select(p => p.ToString())]);
    }

    /// <summary>As <see cref="Read"/>, of a file that has been read.</summary>
    public static Project Of(Invocation call, string folder, SpecFile file) => file.UnknownEnvironment(call.Settings.Environment) is { } unknown
        ? throw new CommandFailedException(ExitCode.BadInput, unknown)
        : new(call.Host.FullPath(folder), file, Choose(file, call.Settings.Service, file.FileName));

    /// <summary>The spec of a folder with its problems, and the name it is shown by.</summary>
    /// <exception cref="CommandFailedException">There is none, or it can't be read.</exception>
    /// <inheritdoc cref="Read" path="/param"/>
    public static (SpecReadResult Read, string Shown) ReadSpec(Invocation call, string folder, SpecSurroundings? around = null)
    {
        var shown = Path.Combine(folder, SpecReader.DefaultFileName);
        shown = shown.StartsWith("./", StringComparison.Ordinal) ? shown[2..] : shown;
        return (SpecReader.Read(ReadText(Path.Combine(call.Host.FullPath(folder), SpecReader.DefaultFileName), shown, folder), shown, Around(call, around)), shown);
    }

    private static SpecLayers? Around(Invocation call, SpecSurroundings? around)
    {
        if (around is null)
            return null;
        var problems = new List<SpecProblem>();
        var layers = SpecLayers.Of(around.Environment ?? call.Settings.Environment, around.Variables, around.Sets, service => around.Remote.GetValueOrDefault(service) ?? [], problems);
        return problems.Count == 0 ? layers : throw CommandFailedException.BadInput("values that can't be set", [.. problems.Select(problem => problem.ToString())]);
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
