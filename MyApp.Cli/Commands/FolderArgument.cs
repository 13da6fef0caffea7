using System.CommandLine;

namespace MyApp.Cli.Commands;

internal static class FolderArgument
{
    public static Argument<string> Create() =>
        new("DIR") { Description = "The project's folder (default: this one)", DefaultValueFactory = _ => ".", Arity = ArgumentArity.ZeroOrOne };
}
