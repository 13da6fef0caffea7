using System.CommandLine;
using MyApp.Cli.Output;
using MyApp.Deployment.Builds;
using MyApp.Deployment.Builds.Trust;
using MyApp.Deployment.Transport;

namespace MyApp.Cli.Commands;

/// <summary><c>myapp verify FILE</c>: whether somebody trusted vouches for exactly these bytes.</summary>
internal static class VerifyCommand
{
    public static Command Create(CommandRunner runner)
    {
        var file = new Argument<string>("FILE") { Description = "An executable" };
        var provenance = new Option<string?>("--provenance") { Description = $"Its provenance (default: FILE.{ArtifactDocuments.Provenance}, else what the store has)", HelpName = "FILE" };
        var key = new Option<string?>("--key") { Description = "The builder's public key in PEM (default: this data folder's own)", HelpName = "FILE" };
        var command = new ExampleCommand("verify", "Checks an artifact: its digest, who signed its provenance, and what it is made of.", """
            myapp verify dist/orders-linux-amd64
            myapp verify orders --provenance orders.intoto.json --key builder.pub.pem
            """) { file, provenance, key };
        return runner.Attach(command, (call, parse, ct) => RunAsync(call, parse.GetValue(file)!, parse.GetValue(provenance), parse.GetValue(key), ct));
    }

    private static async Task<int> RunAsync(Invocation call, string file, string? provenance, string? key, CancellationToken ct)
    {
        var path = Existing(call, file);
        var paths = call.DataPaths();
        var outcome = await Verification.OfAsync(path, await EnvelopesAsync(call, path, provenance, paths, ct), Trusted(call, key, paths), ct);
        if (call.Screen.IsJson)
            call.Screen.Document(outcome, CliJson.Default.Verification);
        else
            Print(call.Screen, file, outcome);
        return outcome.Problem is null ? ExitCode.Ok : ExitCode.Failed;
    }

    private static async Task<IReadOnlyList<string>> EnvelopesAsync(Invocation call, string path, string? provenance, DataPaths paths, CancellationToken ct)
    {
        var beside = $"{path}.{ArtifactDocuments.Provenance}";
        if (provenance is not null || File.Exists(beside))
            return [await File.ReadAllTextAsync(provenance is null ? beside : Existing(call, provenance), ct)];
        var texts = new List<string>();
        foreach (var stored in ArtifactDocuments.All(new(paths.Artifacts), await Verification.DigestAsync(path, ct), ArtifactDocuments.Provenance))
            texts.Add(await File.ReadAllTextAsync(stored, ct));
        return texts;
    }

    private static IReadOnlyList<PublicKey> Trusted(Invocation call, string? key, DataPaths paths)
    {
        if (key is null && !File.Exists(BuilderKeys.PublicPath(paths)))
            throw new CommandFailedException(ExitCode.BadInput, "whom to trust? This data folder has no key of its own yet: --key FILE names the builder's public one");
        var path = key is null ? BuilderKeys.PublicPath(paths) : Existing(call, key);
        return PublicKey.Parse(File.ReadAllText(path)) is { } parsed
            ? [parsed]
            : throw new CommandFailedException(ExitCode.BadInput, $"{path} is no Ed25519 public key in PEM");
    }

    private static string Existing(Invocation call, string file)
    {
        var path = call.Host.FullPath(file);
        return File.Exists(path) ? path : throw new CommandFailedException(ExitCode.BadInput, $"there is no file {file}");
    }

    private static void Print(Screen screen, string file, Verification outcome)
    {
        if (outcome.Problem is { } problem)
            screen.Error(new Styled("✗ ", Tone.Bad), new Styled(file, Tone.Strong), $" can't be trusted: {problem}");
        else
            screen.Line(new Styled("✓ ", Tone.Good), new Styled(file, Tone.Strong), $" is what builder {outcome.Builder![..16]} made");
        screen.Line("  digest     ", outcome.Digest);
        if (outcome.Binary is { } binary)
            screen.Line("  is         ", binary.ToString());
        if (outcome.Problem is not null)
            return;
        screen.Line("  service    ", $"{outcome.Service}, {outcome.Platform}");
        screen.Line("  toolchain  ", outcome.Toolchain!);
        screen.Line("  source     ", outcome.Source!);
        if (outcome.Commit is { } commit)
            screen.Line("  commit     ", $"{commit}{(outcome.UncommittedChanges == true ? ", with uncommitted changes" : "")}");
    }
}
