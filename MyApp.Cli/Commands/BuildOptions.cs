using System.CommandLine;

namespace MyApp.Cli.Commands;

/// <summary>What every command that builds takes.</summary>
internal sealed class BuildOptions
{
    public SourceOptions Source { get; } = new();

    public SetOption Set { get; } = new();

    public Option<string[]> Platforms { get; } = new("--platform", "-p")
    {
        Description = "Only this platform, e.g. linux/arm64; again for more (default: build.platforms, else this machine's)", HelpName = "OS/ARCH",
    };

    public void AddTo(Command command)
    {
        Source.AddTo(command);
        command.Options.Add(Platforms);
        Set.AddTo(command);
    }
}
