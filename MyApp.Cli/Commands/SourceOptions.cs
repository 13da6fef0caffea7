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

    /// <summary>Says so where a file that was made is source for the next build.</summary>
    /// <param name="made">Absolute path.</param>
    public async Task WarnOfAsync(Invocation call, ParseResult parse, string made, CancellationToken ct)
    {
        var folder = call.Host.FullPath(parse.GetValue(source)!);
        if (Directory.Exists(folder) && await SourceArchive.HoldsAsync(folder, made, ct))
            call.Screen.Error(new Styled("! ", Tone.Warning), $"{made} is part of the source now, and the next build is another one by it: name it in .gitignore or .myappignore, or write it elsewhere");
    }
}
