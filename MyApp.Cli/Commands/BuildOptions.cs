using System.CommandLine;

namespace MyApp.Cli.Commands;

/// <summary>What every command that builds takes.</summary>
internal sealed class BuildOptions
{
    public Argument<string> Source { get; } = new("SOURCE")
    {
        Description = "A folder, a .tar.gz, or a repository's address with #REF (default: this folder)", DefaultValueFactory = _ => ".", Arity = ArgumentArity.ZeroOrOne,
    };

    public Option<string[]> Platforms { get; } = new("--platform", "-p")
    {
        Description = "Only this platform, e.g. linux/arm64; again for more (default: build.platforms, else this machine's)", HelpName = "OS/ARCH",
    };

    public Option<bool> Submodules { get; } = new("--submodules") { Description = "Of a repository: fetch its submodules too" };

    public void AddTo(Command command)
    {
        command.Arguments.Add(Source);
        command.Options.Add(Platforms);
        command.Options.Add(Submodules);
    }
}
