using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using MyApp.Supervision.Configs;
using MyApp.Supervision.Units;
using MyApp.Tests.Support;
using YamlDotNet.RepresentationModel;

namespace MyApp.Tests.Supervision;

/// <summary>Every format is read back by a reader of it.</summary>
public sealed class ConfigTextTests : IDisposable
{
    private static readonly string[] Nasty =
    [
        "", " ", "plain", "a=b", "a: b", "# no comment", "it's", "\"quoted\"", "'\"both\"'", "back\\slash\\", "$HOME ${PATH} $(id) `id`", "two\nlines\n", "tab\there", "\r\n",
        "ünïcode ☃ 😀", "trailing ", " leading", "a;b&c|d<e>f", "!bang", "~", "null", "on", "1e3", "007", "*", "%PATH%", "{\"a\": [1]}", "\u0001\u007f\u0085", "\u2028\uFEFF",
    ];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Dotenv_ReadByAShell_IsWhatWasWritten()
    {
        Assert.SkipUnless(File.Exists("/bin/sh"), "needs /bin/sh");
        var file = folder.File("config.env", Write(ConfigFormat.Dotenv, Values(Nasty), "APP_"));

        var told = Environ("/bin/sh", ["-c", "set -a; . \"$1\"; exec env -0", "sh", file]).Where(pair => pair.Key.StartsWith("APP_", StringComparison.Ordinal));

        Assert.Equal(Nasty.Select((text, i) => ($"APP_KEYS_K{i:000}", text)), told.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value)));
    }

    [Fact]
    public void Yaml_ReadByYamlDotNet_IsWhatWasWritten() => Check.QuickThrowOnFailure(Prop.ForAll<NonNull<string>[]>(texts =>
    {
        var wanted = Nasty.Concat(texts.Select(text => Sound(text.Get))).ToArray();
        var yaml = new YamlStream();
        yaml.Load(new StringReader(Write(ConfigFormat.Yaml, Values(wanted))));
        var keys = (YamlMappingNode)((YamlMappingNode)yaml.Documents[0].RootNode).Children["keys"];
        return keys.Children.Select(pair => ((YamlScalarNode)pair.Value).Value).SequenceEqual(wanted);
    }));

    [Fact]
    public void Json_ReadByAJsonReader_IsWhatWasWritten() => Check.QuickThrowOnFailure(Prop.ForAll<NonNull<string>[]>(texts =>
    {
        var wanted = Nasty.Concat(texts.Select(text => Sound(text.Get))).ToArray();
        using var json = JsonDocument.Parse(Write(ConfigFormat.Json, Values(wanted)));
        return json.RootElement.GetProperty("keys").EnumerateObject().Select(pair => pair.Value.GetString()).SequenceEqual(wanted);
    }));

    [Fact]
    public void Properties_ReadAsJavaDoes_AreWhatWasWritten() => Check.QuickThrowOnFailure(Prop.ForAll<NonNull<string>[]>(texts =>
    {
        var wanted = Nasty.Concat(texts.Select(text => text.Get)).ToArray();
        return JavaProperties.Load(Write(ConfigFormat.Properties, Values(wanted))).Select(pair => pair.Value).SequenceEqual(wanted);
    }));

    [Fact]
    public void Properties_ReadByJava_AreWhatWasWritten()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/java"), "needs /usr/bin/java");
        var file = folder.File("config.properties", Write(ConfigFormat.Properties, Values(Nasty)));
        var program = folder.File("Show.java", """
            public class Show {
                public static void main(String[] args) throws Exception {
                    var read = new java.util.Properties();
                    try (var in = new java.io.FileInputStream(args[0])) { read.load(in); }
                    for (var key : new java.util.TreeSet<Object>(read.keySet()))
                        System.out.write((key + "=" + read.get(key) + "\0").getBytes("UTF-8"));
                    System.out.flush();
                }
            }
            """);
        using var java = TestProcess.Start("/usr/bin/java", [program, file]);
        var told = java.StandardOutput.ReadToEnd();
        var trouble = java.StandardError.ReadToEnd();
        java.WaitForExit();
        Assert.SkipWhen(trouble.Contains("jdk.compiler", StringComparison.Ordinal), "needs a JDK");

        Assert.Equal(Nasty, told.Split('\0', StringSplitOptions.None)[..^1].Select(line => line.Split('=', 2)[1]));
    }

    [Fact]
    public void Write_NumbersAndSwitches_KeepTheirKindsInJsonAndYaml()
    {
        var values = new SortedDictionary<string, ConfigValue>(StringComparer.Ordinal)
        {
            ["db.pool-size"] = ConfigValue.Of("10", plain: true), ["db.version"] = ConfigValue.Of("1.10", plain: false), ["debug"] = ConfigValue.Of("true", plain: true),
            ["name"] = ConfigValue.Of("007", plain: true),
        };

        Assert.Equal("{\n  \"db\": {\n    \"pool-size\": 10,\n    \"version\": \"1.10\"\n  },\n  \"debug\": true,\n  \"name\": \"007\"\n}\n", Write(ConfigFormat.Json, values));
        Assert.Equal("\"db\":\n  \"pool-size\": 10\n  \"version\": \"1.10\"\n\"debug\": true\n\"name\": \"007\"\n", Write(ConfigFormat.Yaml, values));
        Assert.Equal("X_DB_POOL_SIZE=10\nX_DB_VERSION=1.10\nX_DEBUG=true\nX_NAME=007\n", Write(ConfigFormat.Dotenv, values, "X_"));
        Assert.Equal("db.pool-size=10\ndb.version=1.10\ndebug=true\nname=007\n", Write(ConfigFormat.Properties, values));
    }

    [Fact]
    public void Write_Lists_AreListsInJsonAndYamlAndCountedElsewhere()
    {
        var values = new SortedDictionary<string, ConfigValue>(StringComparer.Ordinal) { ["none"] = ConfigValue.EmptyList, ["rules[0].from"] = new("x"), ["rules[0].to"] = new("y"), ["rules[1][0]"] = new("z") };
        for (var i = 0; i < 11; i++)
            values[$"hosts[{i}]"] = ConfigValue.Of($"{i}", plain: true);

        const string json = """{"hosts":[0,1,2,3,4,5,6,7,8,9,10],"none":[],"rules":[{"from":"x","to":"y"},["z"]]}""";
        using (var written = JsonDocument.Parse(Write(ConfigFormat.Json, values)))
            Assert.Equal(json, JsonSerializer.Serialize(written));
        var yaml = Write(ConfigFormat.Yaml, values);
        Assert.EndsWith("  - 10\n\"none\": []\n\"rules\":\n  - \"from\": \"x\"\n    \"to\": \"y\"\n  - - \"z\"\n", yaml, StringComparison.Ordinal);
        var read = new YamlStream();
        read.Load(new StringReader(yaml));
        Assert.Equal(json, Shown(read.Documents[0].RootNode));
        values.Remove("none");
        Assert.Contains("HOSTS_10=10\n", Write(ConfigFormat.Dotenv, values), StringComparison.Ordinal);
        Assert.Contains("RULES_0_FROM=x\nRULES_0_TO=y\nRULES_1_0=z\n", Write(ConfigFormat.Dotenv, values), StringComparison.Ordinal);
        Assert.Contains("rules[0].from=x\n", Write(ConfigFormat.Properties, values), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a,b.c,d[0],d[1],e[0].f[0],e[1][0]", null)]
    [InlineData("a,a.b", "a key is a value or the beginning of others, not both")]
    [InlineData("a,a[0]", "a key is a value or the beginning of others, not both")]
    [InlineData("a[0],a[2]", "a has 2 items, and one of them is [2]")]
    [InlineData("a[1]", "a has 1 items, and one of them is [1]")]
    [InlineData("a[0].b,a.c", "a is a list or a map, not both")]
    public void Problem_OfKeys_IsWhatKeepsThemFromBeingOneTree(string keys, string? problem) => Assert.Equal(problem, ConfigTree.Problem(keys.Split(',')));

    [Theory]
    [InlineData(ConfigFormat.Json, "{}\n")]
    [InlineData(ConfigFormat.Yaml, "{}\n")]
    [InlineData(ConfigFormat.Dotenv, "")]
    [InlineData(ConfigFormat.Properties, "")]
    public void Write_NoValues_IsAnEmptyDocument(ConfigFormat format, string expected) => Assert.Equal(expected, Write(format, Values([])));

    [Fact]
    public void Unit_WrittenAndRead_KeepsItsValues()
    {
        var file = new ConfigFile
        {
            Name = "app.json", Format = ConfigFormat.Json,
            Values = new SortedDictionary<string, ConfigValue>(StringComparer.Ordinal) { ["n"] = ConfigValue.Of("1.10", plain: true), ["t"] = new("1.10") },
        };

        var written = JsonSerializer.Serialize(file, UnitJson.Default.ConfigFile);
        Assert.Equal("""{"name":"app.json","format":"json","prefix":"","refreshable":false,"values":{"n":1.10,"t":"1.10"}}""", written);
        Assert.Equal(file.Values, JsonSerializer.Deserialize(written, UnitJson.Default.ConfigFile)!.Values);
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(written.Replace("1.10,", "[1],", StringComparison.Ordinal), UnitJson.Default.ConfigFile));
    }

    private static string Shown(YamlNode node) => node switch
    {
        YamlMappingNode map => $"{{{string.Join(',', map.Children.Select(pair => $"{Shown(pair.Key)}:{Shown(pair.Value)}"))}}}",
        YamlSequenceNode list => $"[{string.Join(',', list.Children.Select(Shown))}]",
        YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Plain } scalar => scalar.Value!,
        _ => $"\"{node}\"",
    };

    private static string Write(ConfigFormat format, IReadOnlyDictionary<string, ConfigValue> values, string prefix = "") =>
        ConfigText.Write(new() { Name = "c", Format = format, Prefix = prefix, Values = values }, text => text);

    private static SortedDictionary<string, ConfigValue> Values(string[] texts) =>
        new(texts.Select((text, i) => (text, i)).ToDictionary(each => $"keys.k{each.i:000}", each => new ConfigValue(each.text)), StringComparer.Ordinal);

    // A lone half of a surrogate pair and a NUL have no form in UTF-8 text.
    private static string Sound(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace("\0", "", StringComparison.Ordinal);

    private static IEnumerable<KeyValuePair<string, string>> Environ(string program, IReadOnlyList<string> arguments)
    {
        using var run = TestProcess.Start(program, arguments);
        var told = run.StandardOutput.ReadToEnd();
        run.WaitForExit();
        return told.Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('=', 2)).Select(pair => KeyValuePair.Create(pair[0], pair[1]));
    }
}
