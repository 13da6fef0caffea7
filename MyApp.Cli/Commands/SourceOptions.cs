using System.CommandLine;
using MyApp.Cli.Sources;

namespace MyApp.Cli.Commands;

/// <summary>Where a command's source comes from.</summary>
internal sealed class SourceOptions
{
    private readonly Argument<string> source = new("SOURCE")
    {
        Description = "A folder, a .tar.gz, or a repository's address with #REF (default: this folder)", DefaultValueFactory = _ => ".", Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<bool> submodules = new("--submodules") { Description = "Of a repository: fetch its submodules too" };

    public void AddTo(Command command)
    {
        command.Arguments.Add(source);
        command.Options.Add(submodules);
    }

    /// <inheritdoc cref="SourceCheckout.OpenAsync"/>
    public Task<SourceCheckout> OpenAsync(Invocation call, ParseResult parse, CancellationToken ct) =>
        SourceCheckout.OpenAsync(call, parse.GetValue(source)!, parse.GetValue(submodules), ct);
}
