using FsCheck;
using FsCheck.Fluent;
using MyApp.Deployment.Specs;
using MyApp.Deployment.Units;
using MyApp.Supervision.Units;

namespace MyApp.Tests.Deployment.Specs;

public sealed class SpecReaderTests
{
    [Fact]
    public void Read_ExampleOfTheReference_IsValidAndUsesEveryKey()
    {
        // What can't stand together is taken out, and the names in angle brackets get a name.
        var lines = SpecReference.ReadText().Replace("<NAME>:\n", "prod:\n", StringComparison.Ordinal).Replace("<NAME>: release", "MODE: release", StringComparison.Ordinal).Replace("<NAME>: \"value\"", "CFLAGS: value", StringComparison.Ordinal).Replace("<NAME>: error", "spec.root: error", StringComparison.Ordinal).Replace("<NAME>: ed25519", "ada: ed25519", StringComparison.Ordinal).Split('\n').ToList();
        lines.RemoveRange(lines.IndexOf("ports:"), 3);
        lines.RemoveRange(lines.IndexOf("job:"), lines.IndexOf("restart:") - lines.IndexOf("job:"));
        RemoveForeignToBuild(lines, "command", "output", "tools", "network", "file", "member", "trim", "aot");
        lines.RemoveRange(lines.IndexOf("  digests:"), 2);
        lines[lines.IndexOf("      <NAME>: 1.4.2")] = "      main.release: 1.4.2";
        lines.RemoveAll(line => line is "services:" or "    exec: [/usr/bin/true]");
        var read = SpecReader.Read(string.Join('\n', lines), "reference.yaml");

        Assert.Equal([], read.Problems.Select(problem => problem.ToString()));
        Assert.Equal(TimeSpan.FromSeconds(120), read.File!.For("prod")[0].Restart.ResetAfter);
    }

    [Theory]
    [InlineData("command", "file", "member", "trim", "aot", "cgo", "rebuild", "ldflags")]
    [InlineData("prebuilt", "command", "output", "tools", "network", "trim", "aot", "cgo", "rebuild", "ldflags")]
    [InlineData("dotnet", "command", "output", "tools", "network", "file", "member", "cgo", "rebuild", "ldflags")]
    public void Read_BuildOfTheReference_IsValidForEachToolchain(string toolchain, params string[] foreign)
    {
        var lines = SpecReference.ReadText().Split('\n').ToList();
        lines = lines.GetRange(lines.IndexOf("build:"), lines.IndexOf("policy:") - lines.IndexOf("build:"));
        RemoveForeignToBuild(lines, foreign);
        lines.RemoveRange(lines.IndexOf("    variables:"), 2);
        if (toolchain != "prebuilt")
            lines.RemoveRange(lines.IndexOf("  digests:"), 2);
        var text = string.Join('\n', lines).Replace("toolchain: go", $"toolchain: {toolchain}", StringComparison.Ordinal)
            .Replace("<NAME>: sha256", "linux/amd64: sha256", StringComparison.Ordinal).Replace("<NAME>", "MODE", StringComparison.Ordinal);
        var read = SpecReader.Read("service: orders\n" + text, "reference.yaml");

        Assert.Equal([], read.Problems.Select(problem => problem.ToString()));
        Assert.Equal(toolchain, read.File!.For("prod")[0].Build.Toolchain);
    }

    [Fact]
    public void Read_JobOfTheReference_IsValid()
    {
        var lines = SpecReference.ReadText().Split('\n').ToList();
        var job = lines.GetRange(lines.IndexOf("job:"), lines.IndexOf("restart:") - lines.IndexOf("job:"));
        var read = SpecReader.Read("service: nightly\n" + string.Join('\n', job), "reference.yaml");

        Assert.Equal([], read.Problems.Select(problem => problem.ToString()));
        Assert.Equal(3, read.File!.For("prod")[0].Job!.Retries);
    }

    [Theory]
    [InlineData("dev", LogPeriod.None, null, 3)]
    [InlineData("test", LogPeriod.Hour, 3, null)]
    [InlineData("staging", LogPeriod.Day, 7, null)]
    [InlineData("prod", LogPeriod.Day, 30, null)]
    public void Logs_NothingWritten_AreKeptByEnvironment(string environment, LogPeriod rotate, int? days, int? files)
    {
        var logs = LogDefaults.Apply(new LogSpec(), environment);

        Assert.Equal((rotate, days, files), (logs.Rotate, (int?)logs.KeepFor?.TotalDays, logs.KeepFiles));
    }

    [Fact]
    public void Read_ManyLevelsOfAliases_AreRefusedWithoutBeingBuilt()
    {
        var bomb = new System.Text.StringBuilder("service: orders\na: &a [x, x, x, x, x, x, x, x, x, x]\n");
        for (var c = 'b'; c <= 'j'; c++)
            bomb.Append(c).Append(": &").Append(c).Append(" [").AppendJoin(", ", Enumerable.Repeat("*" + (char)(c - 1), 10)).Append("]\n");
        var read = SpecReader.Read(bomb.ToString(), "myapp.yaml");

        Assert.Null(read.File);
        Assert.Contains(read.Problems, problem => problem.Message.Contains("aliases counted", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("a: &a [*a]", "would contain itself")]
    [InlineData("a: *nowhere", "nothing is anchored as '&nowhere'")]
    [InlineData("a: !!python/object:os.system x", "tags are not used")]
    [InlineData("a: \"\\0\"", "NUL")]
    [InlineData("a: 1\n---\nb: 2", "second YAML document")]
    [InlineData("[1]: 2", "a key must be a plain word")]
    [InlineData("", "the file is empty")]
    [InlineData("- a", "must be a map")]
    [InlineData("services: []", "must be a list of services")]
    [InlineData("service:", "service must be one value")]
    [InlineData("port: 80", "the service has no name")]
    public void Read_UnusableText_SaysWhy(string text, string why)
    {
        var read = SpecReader.Read(text, "myapp.yaml");

        Assert.Null(read.File);
        Assert.Contains(read.Problems, problem => problem.ToString().Contains(why, StringComparison.Ordinal));
    }

    [Fact]
    public void Read_DeepNesting_IsRefused()
    {
        var read = SpecReader.Read("a: " + new string('[', 5_000), "myapp.yaml");

        Assert.Contains(read.Problems, problem => problem.Message.Contains("nested deeper", StringComparison.Ordinal));
    }

    [Fact]
    public void Read_HugeFile_IsRefused() =>
        Assert.Contains("larger than", SpecReader.Read("service: a\n#" + new string('x', 300 * 1024), "myapp.yaml").Problems[0].Message);

    [Fact]
    public void Read_SeveralServices_EachIsFoundByName()
    {
        var file = SpecReader.Read("services:\n  - service: a\n  - service: b\n    environments: { prod: { replicas: 3 } }\n", "f").File!;

        Assert.Equal(["a", "b"], file.Services);
        Assert.Equal(["prod"], file.Environments);
        Assert.Equal((1, 3), (file.Find("b", "dev")!.Replicas, file.Find("b", "prod")!.Replicas));
        Assert.Equal("prod", file.Find("a", "prod")!.Environment);
        Assert.Null(file.Find("c", "prod"));
    }

    [Fact]
    public void Read_RandomText_NeverThrows() =>
        Prop.ForAll<string>(text => SpecReader.Read(text ?? "", "f") is { } read && (read.File is null) == (read.Problems.Count > 0)).QuickCheckThrowOnFailure();

    [Fact]
    public void Nearest_OneLetterAway_IsFoundWhateverTheLetter() =>
        Prop.ForAll(
            Gen.Elements("readiness", "liveness", "toolchain", "replicas").ToArbitrary(),
            Gen.Choose(0, 7).ToArbitrary(),
            Gen.Elements('x', 'q', 'é', '1').ToArbitrary(),
            (word, at, letter) => Nearest.To(word[..at] + letter + word[(at + 1)..], ["readiness", "liveness", "toolchain", "replicas"]) == word)
            .QuickCheckThrowOnFailure();

    private static void RemoveForeignToBuild(List<string> lines, params string[] keys) =>
        lines.RemoveAll(line => keys.Any(key => line.StartsWith($"  {key}: ", StringComparison.Ordinal) || line.StartsWith($"    {key}: ", StringComparison.Ordinal)));
}
