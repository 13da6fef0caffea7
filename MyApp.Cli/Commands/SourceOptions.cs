using System.CommandLine;
using MyApp.Cli.Output;
using MyApp.Cli.Sources;
using MyApp.Deployment.Sources;

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

    /// <summary>Says so where one of the files that were made is source for the next build.</summary>
    /// <param name="made">Absolute paths; none: nothing is looked at.</param>
    public async Task WarnOfAsync(Invocation call, ParseResult parse, IReadOnlyList<string> made, CancellationToken ct)
    {
        var folder = call.Host.FullPath(parse.GetValue(source)!);
        if (made.Count > 0 && Directory.Exists(folder) && await SourceArchive.FindAsync(folder, made, ct) is { } held)
            call.Screen.Error(new Styled("! ", Tone.Warning), $"{held} is part of the source now, and the next build is another one by it: name it in .gitignore or .myappignore, or write it elsewhere");
    }
}
