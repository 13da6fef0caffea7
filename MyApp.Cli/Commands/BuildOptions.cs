using System.CommandLine;
using MyApp.Deployment.Builds;

namespace MyApp.Cli.Commands;

/// <summary>What every command that builds takes.</summary>
internal sealed class BuildOptions
{
    private readonly Option<string[]> platforms = new("--platform", "-p")
    {
        Description = "Only this platform, e.g. linux/arm64; again for more (default: build.platforms, else this machine's)", HelpName = "OS/ARCH",
    };

    public SourceOptions Source { get; } = new();

    public SetOption Set { get; } = new();

    public void AddTo(Command command)
    {
        Source.AddTo(command);
        command.Options.Add(platforms);
        Set.AddTo(command);
    }

    /// <summary>As they were given, each once; empty: none was.</summary>
    /// <exception cref="CommandFailedException">One is unknown.</exception>
    public IReadOnlyList<string> PlatformsOf(ParseResult parse)
    {
        var names = parse.GetValue(platforms) ?? [];
        foreach (var name in names.Where(name => !Platforms.Known.Contains(name, StringComparer.Ordinal)))
            throw new CommandFailedException(ExitCode.BadInput, $"--platform: unknown platform '{name}'; write one of {string.Join(", ", Platforms.Known)}");
        return [.. names.Distinct(StringComparer.Ordinal)];
    }
}
