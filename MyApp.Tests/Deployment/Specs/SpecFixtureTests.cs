using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Targets;
using MyApp.Deployment.Transport;
using MyApp.Deployment.Units;
using MyApp.Supervision.Units;
using MyApp.Tests.Support;

namespace MyApp.Tests.Deployment.Specs;

/// <summary>Every case of Fixtures/specs: its problems, or else the units and diagnostics of every environment it names.</summary>
public sealed class SpecFixtureTests
{
    private static readonly JsonSerializerOptions Readable = new(UnitJson.Default.Options)
    {
        WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static TheoryData<string> Cases => [.. Directory.EnumerateDirectories(Folder).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    private static string Folder => Path.Combine(Repository.Fixtures, "specs");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Read_Case_GivesWhatIsExpected(string name)
    {
        var folder = Path.Combine(Folder, name);
        var read = SpecReader.Read(File.ReadAllText(Path.Combine(folder, "spec.yaml")), "myapp.yaml");
        if (read.File is null)
        {
            Golden.Check(Path.Combine(folder, "expected", "problems.txt"), string.Concat(read.Problems.Select(problem => problem + "\n")));
            return;
        }

        foreach (var environment in read.File.Environments.Append("test"))
            CheckEnvironment(folder, read.File, environment);
    }

    private static void CheckEnvironment(string folder, SpecFile file, string environment)
    {
        foreach (var spec in file.For(environment))
        {
            var release = new MyApp.Deployment.Rollouts.ReleaseNumber($"{spec.Service}-{environment}-3", 3);
            var compiled = UnitCompiler.Compile(spec, release, spec.Build.Toolchain ?? BuildSpec.Go, new DataPaths("/data"));
            var expected = Path.Combine(folder, "expected", "guard", $"{spec.Service}.{environment}");
            var diagnostics = new StringBuilder();
            foreach (var diagnostic in compiled.Diagnostics)
                diagnostics.Append(DiagnosticText.Line(diagnostic)).Append('\n');
            Golden.Check(expected + ".unit.json", JsonSerializer.Serialize(compiled.Unit, Readable) + "\n");
            Golden.Check(expected + ".diagnostics.txt", diagnostics.ToString());
        }
    }
}
