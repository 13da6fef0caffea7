using System.CommandLine;
using System.Text.RegularExpressions;
using MyApp.Cli.Output;
using MyApp.Cli.Sources;
using MyApp.Deployment.Builds.Packaging;

namespace MyApp.Cli.Commands;

/// <summary>The document of <c>package</c>.</summary>
/// <param name="Notes">What could not be taken along, one line each.</param>
internal sealed record PackageReport(string Service, string Version, IReadOnlyList<PackagedFile> Files, IReadOnlyList<string> Notes);

/// <param name="Kind"><c>oci</c>, <c>tar</c> or <c>deb</c>.</param>
internal sealed record PackagedFile(string Kind, string Path, long Bytes, IReadOnlyList<string> Platforms);

/// <summary><c>myapp package [SOURCE] --oci FILE --tar FILE --deb FILE</c>: builds one service and writes it for somebody else to run.</summary>
internal static partial class PackageCommand
{
    public static Command Create(CommandRunner runner)
    {
        var options = new BuildOptions();
        var oci = new Option<string?>("--oci") { Description = "An image, as an OCI archive for all platforms: 'podman load -i FILE' takes it", HelpName = "FILE" };
        var tar = new Option<string?>("--tar") { Description = "A release archive with unit files, of one platform", HelpName = "FILE" };
        var deb = new Option<string?>("--deb") { Description = "A Debian package with a systemd unit, of one platform", HelpName = "FILE" };
        var version = new Option<string?>("--version-name") { Description = "Version of the package (default: 0.0.0+src. and the source's digest)", HelpName = "V" };
        var command = new ExampleCommand("package", "Builds one service and writes it as an image, a release archive or a Debian package.", """
            myapp package --oci orders.oci.tar
            myapp package services/orders --platform linux/arm64 --deb orders.deb --version-name 1.4.2
            myapp package --env prod --tar orders.tar.gz
            """) { oci, tar, deb, version };
        options.AddTo(command);
        return runner.Attach(command, (call, parse, ct) =>
            RunAsync(call, options, parse, new(parse.GetValue(oci), parse.GetValue(tar), parse.GetValue(deb)), parse.GetValue(version), ct));
    }

    private static async Task<int> RunAsync(Invocation call, BuildOptions options, ParseResult parse, Wanted wanted, string? version, CancellationToken ct)
    {
        if (wanted is { Oci: null, Tar: null, Deb: null })
            throw new CommandFailedException(ExitCode.BadInput, "what to write? Say --oci FILE, --tar FILE or --deb FILE");
        if (version is not null && !Version().IsMatch(version))
            throw new CommandFailedException(ExitCode.BadInput, $"--version-name: '{version}' is no version: begin with a digit or letter, and use letters, digits and . + ~ - alone");
        var project = new ProjectBuild(call, options);
        var built = await project.RunAsync(parse, ct, onlyOne: true);
        var service = built[0];
        if (!service.Whole)
        {
            foreach (var (request, result) in service.Builds.Where(build => build.Result.Failure is not null))
                new BuildReport(request.Service, request.Platform, null, false, result.Steps, result.Failure).Print(call.Screen);
            return ExitCode.Failed;
        }

        var contents = service.Builds.Select(build => PackageContent.Of(service.Spec, build.Result.Artifact!, project.Paths, version)).ToList();
        Check(contents, wanted);
        var report = await WriteAsync(call, contents, wanted, ct);
        Tell(call.Screen, report);
        await options.Source.WarnOfAsync(call, parse, [.. report.Files.Select(file => call.Host.FullPath(file.Path))], ct);
        return ExitCode.Ok;
    }

    private static void Check(IReadOnlyList<PackageContent> contents, Wanted wanted)
    {
        if (contents.Count > 1 && (wanted.Tar ?? wanted.Deb) is not null)
            throw new CommandFailedException(
                ExitCode.BadInput, $"--tar and --deb hold one platform: choose with --platform, of {string.Join(", ", contents.Select(c => c.Artifact.Platform))}");
        var problems = wanted.Oci is null ? [] : contents.Select(c => OciImage.Problem(c.Artifact));
        if (wanted.Deb is not null)
            problems = problems.Append(DebianPackage.Problem(contents[0].Artifact, contents[0].Version));
        if (problems.FirstOrDefault(problem => problem is not null) is { } first)
            throw new CommandFailedException(ExitCode.BadInput, first);
    }

    private static async Task<PackageReport> WriteAsync(Invocation call, IReadOnlyList<PackageContent> contents, Wanted wanted, CancellationToken ct)
    {
        var (files, notes) = (new List<PackagedFile>(), contents[0].Notes.ToList());
        if (wanted.Oci is { } oci)
        {
            await OciImage.WriteAsync(contents, $"{contents[0].Spec.Service}:{Tag(contents[0].Version)}", call.Host.FullPath(oci), ct);
            files.Add(Written("oci", oci, contents));
        }

        if (wanted.Tar is { } tar)
        {
            await ReleaseArchive.WriteAsync(contents[0], call.Host.FullPath(tar), ct);
            files.Add(Written("tar", tar, contents));
        }

        if (wanted.Deb is { } deb)
        {
            await DebianPackage.WriteAsync(contents[0], call.Host.FullPath(deb), ct);
            files.Add(Written("deb", deb, contents));
        }

        if ((wanted.Tar ?? wanted.Deb) is not null)
            notes.AddRange(ReleaseArchive.Losses(contents[0]));
        return new(contents[0].Spec.Service, contents[0].Version, files, notes);

        PackagedFile Written(string kind, string path, IReadOnlyList<PackageContent> of) =>
            new(kind, path, new FileInfo(call.Host.FullPath(path)).Length, [.. of.Select(c => c.Artifact.Platform)]);
    }

    private static void Tell(Screen screen, PackageReport report)
    {
        foreach (var file in report.Files)
            screen.Line(
                new Styled("✓ ", Tone.Good), new Styled(file.Path, Tone.Strong), $" {file.Kind}, {report.Service} {report.Version}, ",
                $"{string.Join(", ", file.Platforms)}, {Words.Bytes(file.Bytes)}");
        foreach (var note in report.Notes)
            screen.Progress(new Styled("! ", Tone.Warning), note);
        if (screen.IsJson)
            screen.Document(report, CliJson.Default.PackageReport);
    }

    // A tag has no plus sign.
    private static string Tag(string version) => version.Replace('+', '-').Replace('~', '-');

    private sealed record Wanted(string? Oci, string? Tar, string? Deb);

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9.+~-]{0,100}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Version();
}
