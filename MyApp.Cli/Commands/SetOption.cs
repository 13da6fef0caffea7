using System.CommandLine;
using MyApp.Cli.Sources;

namespace MyApp.Cli.Commands;

/// <summary><c>--set PATH=VALUE</c>, of every command that resolves a spec.</summary>
internal sealed class SetOption
{
    private readonly Option<string[]> set = new("--set")
    {
        Description = "Lay a value over all others, e.g. run.env.GIN_MODE=debug; may be repeated", HelpName = "PATH=VALUE", DefaultValueFactory = _ => [],
    };

    public void AddTo(Command command) => command.Options.Add(set);

    /// <summary>Each <c>PATH=VALUE</c>, later ones above earlier ones.</summary>
    public IReadOnlyList<string> Given(ParseResult parse) => parse.GetValue(set) ?? [];

    /// <summary>What a request says; null: nothing was set.</summary>
    public IReadOnlyList<string>? Asked(ParseResult parse) => Given(parse) is { Count: > 0 } sets ? sets : null;

    /// <summary>What a spec is read with; null: nothing was set.</summary>
    public SpecSurroundings? Around(ParseResult parse) => Asked(parse) is { } sets ? new(sets) : null;
}
