using System.Text.RegularExpressions;
using MyApp.Tests.Support;

namespace MyApp.Tests.Architecture;

/// <summary>Prose goes stale without a sound; what can be checked of it is.</summary>
public sealed partial class DocumentTests
{
    private static readonly Lazy<HashSet<string>> DeclaredTypes = new(() =>
    [
        .. from path in Repository.Sources()
           from Match match in Declaration().Matches(File.ReadAllText(path))
           select match.Groups[1].Value,
    ]);

    public static TheoryData<string> Documents =>
    [
        "README.md",
        .. Directory.EnumerateFiles(Repository.File("docs"), "*.md", SearchOption.AllDirectories).Select(p => Path.GetRelativePath(Repository.Root, p)),
    ];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Document_NamesOnlyPathsThatExist(string document)
    {
        var missing =
            from Match match in OwnPath().Matches(File.ReadAllText(Repository.File(document)))
            let path = match.Groups[1].Value
            where !Path.Exists(Repository.File(path))
            select path;

        Assert.Empty(missing);
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Document_NamesOnlyTypesThatExist(string document)
    {
        var missing =
            from Match match in TypeName().Matches(File.ReadAllText(Repository.File(document)))
            let name = match.Groups[1].Value
            where !DeclaredTypes.Value.Contains(name)
            select name;

        Assert.Empty(missing);
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Document_LinksOnlyToFilesThatExist(string document)
    {
        var folder = Path.GetDirectoryName(Repository.File(document))!;
        var missing =
            from Match match in Link().Matches(File.ReadAllText(Repository.File(document)))
            let target = match.Groups[1].Value
            where !target.Contains("://", StringComparison.Ordinal) && !Path.Exists(Path.Combine(folder, target))
            select target;

        Assert.Empty(missing);
    }

    /// <summary>In code marks: a path that begins with one of our top-level folders.</summary>
    [GeneratedRegex(@"`((?:MyApp\.\w+|docs|eng|samples|bench|\.ci)(?:/[\w.\-/]*)?)`")]
    private static partial Regex OwnPath();

    /// <summary>In code marks: a compound name in PascalCase, which is how our types, and nothing else we write about, look.</summary>
    [GeneratedRegex(@"`([A-Z][a-z]+(?:[A-Z][a-z]+)+)`")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"\b(?:class|record|record struct|struct|interface|enum) ([A-Z]\w+)")]
    private static partial Regex Declaration();

    [GeneratedRegex(@"\]\(([^)#\s]+)(?:#[^)]*)?\)")]
    private static partial Regex Link();
}
