using System.Xml.Linq;
using MyApp.Tests.Support;

namespace MyApp.Tests.Architecture;

public sealed class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["MyApp.Supervision"] = [],
        ["MyApp.ServiceDefaults"] = [],
        ["MyApp.Guard"] = ["MyApp.Supervision"],
        ["MyApp.Deployment"] = ["MyApp.Supervision"],
        ["MyApp.Hosting"] = ["MyApp.Deployment"],
        ["MyApp.Api"] = ["MyApp.Deployment", "MyApp.ServiceDefaults"],
        ["MyApp.Cli"] = ["MyApp.Deployment"],
        ["MyApp.AppHost"] = ["MyApp.Hosting"],
    };

    public static TheoryData<string> Projects => [.. Allowed.Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_ReferencesOnlyWhatLiesBelowIt(string project)
    {
        var file = XDocument.Load(Repository.File(project, project + ".csproj"));
        var referenced = file.Descendants("ProjectReference")
            .Where(r => (string?)r.Attribute("ReferenceOutputAssembly") != "false")
            .Where(r => (string?)r.Attribute("Aspire") != "resource")
            .Select(r => Path.GetFileNameWithoutExtension((string)r.Attribute("Include")!));

        Assert.Empty(referenced.Except(Allowed[project]));
    }

    [Fact]
    public void Supervision_UsesNoPackages()
    {
        var file = XDocument.Load(Repository.File("MyApp.Supervision", "MyApp.Supervision.csproj"));

        Assert.Empty(file.Descendants("PackageReference"));
    }

    [Fact]
    public void AppHost_IsTheTopologyAndNothingElse()
    {
        var folder = Repository.File("MyApp.AppHost");
        var sources = Directory.EnumerateFiles(folder, "*.cs").ToList();

        Assert.Equal(["AppHost.cs"], sources.Select(Path.GetFileName));
        Assert.InRange(File.ReadAllLines(sources[0]).Length, 1, 60);
    }

    [Fact]
    public void ApiProgram_StaysShort() =>
        Assert.InRange(File.ReadAllLines(Repository.File("MyApp.Api", "Program.cs")).Length, 1, 45);

    /// <summary>AppHost.cs, Program.cs and the tests compile unchanged against the official Aspire packages and against ours.</summary>
    [Fact]
    public void Sources_HaveNoConditionalCompilation()
    {
        var conditional =
            from path in Repository.Sources()
            from line in File.ReadLines(path)
            where line.TrimStart().StartsWith("#if", StringComparison.Ordinal)
            select path;

        Assert.Empty(conditional);
    }

    [Fact]
    public void CatchesOfEverything_AreTheBoundariesThatAreWrittenDown()
    {
        var caught =
            from path in Repository.Sources()
            let name = Path.GetRelativePath(Repository.Root, path)
            where !name.StartsWith("MyApp.Tests", StringComparison.Ordinal)
            where File.ReadAllText(path).Contains("#pragma warning disable CA1031", StringComparison.Ordinal)
            select name;

        var written = File.ReadAllText(Repository.File("docs", "architecture.md"));
        Assert.All(caught, name => Assert.Contains($"`{name}`", written, StringComparison.Ordinal));
    }
}
