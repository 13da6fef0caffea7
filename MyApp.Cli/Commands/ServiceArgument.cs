using System.CommandLine;

namespace MyApp.Cli.Commands;

internal static class ServiceArgument
{
    public static Argument<string?> Create(string description) =>
        new("SERVICE") { Description = description, Arity = ArgumentArity.ZeroOrOne };
}
