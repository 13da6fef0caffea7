using System.Text.RegularExpressions;
using MyApp.Deployment.Builds.Inspection;
using MyApp.Deployment.Builds.Toolchains;

namespace MyApp.Cli.Commands;

/// <summary>How a folder's service is built and called, as far as its files tell.</summary>
/// <param name="Toolchain">Null where none was recognised.</param>
/// <param name="Yaml">The value of <c>build</c>, on one line.</param>
/// <param name="Args">What its Procfile gives the program; empty: nothing, or nothing that needs no shell.</param>
internal sealed partial record StarterBuild(string? Toolchain, string Yaml, IReadOnlyList<string> Args)
{
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>go.mod or *.go, *.csproj, a Makefile, a Procfile's program or the only executable there is: the first of them that is there.</summary>
    public static StarterBuild Detect(string folder, string service)
    {
        var words = ProcfileWords(folder);
        var args = words.Count > 1 ? words.Skip(1).Select(word => word.Replace("$PORT", "${port}", StringComparison.Ordinal)).ToList() : [];
        if (ToolchainDetector.Detect(folder) is { } language)
            return new(language, $"{{ toolchain: {language} }}", args);
        if (File.Exists(Path.Combine(folder, "Makefile")))
            return new("command", $"{{ toolchain: command, command: [make], output: {MadeBy(Path.Combine(folder, "Makefile")) ?? service} }}", args);
        var program = words.Count > 0 && !Path.IsPathRooted(words[0]) && File.Exists(Path.Combine(folder, words[0])) ? words[0] : OnlyExecutable(folder);
        return program is null ? new(null, "", args) : new("prebuilt", $"{{ toolchain: prebuilt, file: {Quoted(Plain(program))} }}", args);
    }

    public static string Quoted(string text) => PlainText().IsMatch(text) ? text : $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static string Plain(string path) => path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path;

    // web: ./bin/orders --port=$PORT
    private static IReadOnlyList<string> ProcfileWords(string folder)
    {
        var path = Path.Combine(folder, "Procfile");
        if (!File.Exists(path))
            return [];
        var line = File.ReadLines(path).FirstOrDefault(line => line.StartsWith("web:", StringComparison.Ordinal))?["web:".Length..].Trim();
        // What only a shell understands is left for a person.
        return line is null || line.Replace("$PORT", "", StringComparison.Ordinal).IndexOfAny([.. "$`'\"\\|&;<>(){}*?[]~#"]) >= 0
            ? []
            : line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
    }

    // The first rule that make itself would take, unless it is only a name: "orders: main.o".
    private static string? MadeBy(string makefile)
    {
        var phony = File.ReadLines(makefile).Where(line => line.StartsWith(".PHONY:", StringComparison.Ordinal)).SelectMany(line => line[".PHONY:".Length..].Split(' ')).ToHashSet(StringComparer.Ordinal);
        return File.ReadLines(makefile).Select(line => Rule().Match(line)).Where(match => match.Success).Select(match => match.Groups[1].Value)
            .FirstOrDefault(name => !phony.Contains(name) && name is not "all" and not "clean" and not "install" and not "test");
    }

    private static string? OnlyExecutable(string folder)
    {
        var found = new DirectoryInfo(folder).EnumerateFiles()
            .Where(file => file.LinkTarget is null && !OperatingSystem.IsWindows() && (file.UnixFileMode & AnyExecute) != 0 && BinaryFile.Read(file.FullName) is not null)
            .Take(2).ToList();
        return found.Count == 1 ? found[0].Name : null;
    }

    [GeneratedRegex(@"^([A-Za-z0-9][A-Za-z0-9_./-]*)\s*:(?!=)", RegexOptions.CultureInvariant)]
    private static partial Regex Rule();

    [GeneratedRegex(@"^[A-Za-z./][A-Za-z0-9_./-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex PlainText();
}
