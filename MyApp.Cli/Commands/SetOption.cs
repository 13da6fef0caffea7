using System.CommandLine;

namespace MyApp.Cli.Commands;

internal static class SetOption
{
    public static Option<string[]> Create() => new("--set")
    {
        Description = "Lay a value over all others, e.g. run.env.GIN_MODE=debug; may be repeated", HelpName = "PATH=VALUE", DefaultValueFactory = _ => [],
    };
}
