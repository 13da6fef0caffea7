using System.Globalization;
using MyApp.Deployment.Layering;
using MyApp.Deployment.Specs.Yaml;

namespace MyApp.Deployment.Specs;

/// <summary>Reads typed values out of one map. What is wrong becomes a problem, and the value null.</summary>
internal sealed class SpecSection(SpecMap map, string path, List<SpecProblem> problems)
{
    public SpecMap Map { get; } = map;

    public Origin OriginOf(string key) => Map.Entries.FirstOrDefault(entry => entry.Key == key)?.Origin ?? Map.Origin;

    public bool Has(string key) => Map.Find(key) is not null;

    /// <summary>What is wrong beside other keys, or without them.</summary>
    public void Refuse(string key, string message, string? fix = null) => problems.Add(Problem(key, message, fix));

    /// <summary>What is wrong whatever other keys and layers say, as <see cref="SpecProblem.IsOfValue"/> has it.</summary>
    public void RefuseValue(string key, string message, string? fix = null) => problems.Add(Problem(key, message, fix) with { IsOfValue = true });

    /// <summary>An empty map where the key is absent or wrong, so that callers read on and find every problem.</summary>
    public SpecSection Section(string key) => Map.Find(key) switch
    {
        SpecMap found => new(found, SpecPath.Join(path, key), problems),
        null => Empty(key),
        _ => Wrong(key, "a map of keys and values"),
    };

    public string? Text(string key)
    {
        if (Map.Find(key) is not { } node)
            return null;
        if (node is SpecScalar { IsNull: false } scalar)
            return scalar.Text;
        RefuseValue(key, $"{SpecPath.Join(path, key)} must be one value", node is SpecScalar ? "give it a value or remove the key" : null);
        return null;
    }

    /// <summary>A text that <paramref name="parse"/> understands; <paramref name="shape"/> tells a person what to write.</summary>
    public T? Parsed<T>(string key, Func<string, T?> parse, string shape)
        where T : struct
    {
        if (Text(key) is not { } text)
            return null;
        var value = parse(text);
        if (value is null)
            RefuseValue(key, NoValue(key, text), $"write {shape}");
        return value;
    }

    public string? Checked(string key, Func<string, bool> isValid, string shape)
    {
        if (Text(key) is not { } text)
            return null;
        if (isValid(text))
            return text;
        RefuseValue(key, NoValue(key, text), $"write {shape}");
        return null;
    }

    /// <summary>A text that has to agree with other keys.</summary>
    public string? Agreed(string key, Func<string, bool> agrees, string shape)
    {
        if (Text(key) is not { } text)
            return null;
        if (agrees(text))
            return text;
        Refuse(key, NoValue(key, text), $"write {shape}");
        return null;
    }

    public int? Number(string key, int least, int most) => Parsed(
        key, text => int.TryParse(text, least < 0 ? NumberStyles.AllowLeadingSign : NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n >= least && n <= most ? n : (int?)null,
        $"a whole number from {least} to {most}");

    public TimeSpan? Duration(string key, TimeSpan least) => Parsed(
        key, text => Quantities.Duration(text) is { } d && d >= least ? d : (TimeSpan?)null,
        least > TimeSpan.Zero ? $"a duration of at least {Shown(least)} such as {(least < TimeSpan.FromSeconds(1) ? "500ms, " : "")}{(least < TimeSpan.FromMinutes(1) ? "30s or 5m" : "1h or 30d")}" : "a duration such as 500ms, 30s, 5m, 1h or 30d");

    /// <summary>In bytes.</summary>
    public long? Size(string key, long least, string shape) => Parsed<long>(key, text => Quantities.Size(text) is { } n && n >= least ? n : null, shape);

    /// <summary>Program and arguments; the program by its absolute path, as there is no shell to look for it. Empty: not written, or wrong.</summary>
    public IReadOnlyList<string> Command(string key)
    {
        if (!IsOn(key) || Texts(key) is not { } texts)
            return [];
        if (Path.IsPathFullyQualified(texts[0]))
            return texts;
        RefuseValue(key, $"{PathOf(key)} must begin with the absolute path of a program", "write it as [/usr/bin/program, argument]");
        return [];
    }

    /// <summary>It is written, and not as <c>off</c> or an empty list, which is how an overlay takes away what is below it.</summary>
    public bool IsOn(string key) => Map.Find(key) is not (null or SpecScalar { Text: "off" } or SpecList { Items.Count: 0 });

    public bool? Switch(string key) => Parsed<bool>(
        key, text => text switch { "on" or "true" => true, "off" or "false" => false, _ => null }, "on or off");

    /// <summary>Words are matched exactly, by the spelling of <paramref name="words"/>.</summary>
    public T? Word<T>(string key, params (string Word, T Value)[] words)
        where T : struct
    {
        if (Text(key) is not { } text)
            return null;
        foreach (var (word, value) in words)
        {
            if (word == text)
                return value;
        }

        var near = Nearest.To(text, words.Select(pair => pair.Word));
        var all = string.Join(", ", words.Select(pair => pair.Word));
        RefuseValue(key, NoValue(key, text), near is null ? $"write one of {all}" : $"did you mean '{near}'? (one of {all})");
        return null;
    }

    public IReadOnlyList<string>? Texts(string key)
    {
        if (Map.Find(key) is not { } node)
            return null;
        if (node is SpecList list && list.Items.All(item => item is SpecScalar { IsNull: false }))
            return [.. list.Items.Cast<SpecScalar>().Select(scalar => scalar.Text)];
        RefuseValue(key, $"{SpecPath.Join(path, key)} must be a list of texts", "write it as [one, two]");
        return null;
    }

    public IReadOnlyList<SpecSection> Sections(string key)
    {
        if (Map.Find(key) is not { } node)
            return [];
        if (node is SpecList list && list.Items.All(item => item is SpecMap))
            return [.. list.Items.Select((item, i) => new SpecSection((SpecMap)item, $"{SpecPath.Join(path, key)}[{i}]", problems))];
        RefuseValue(key, $"{SpecPath.Join(path, key)} must be a list of maps", "write each as - { key: value }");
        return [];
    }

    /// <summary>The items of a list of this section, as entries <c>key[0]</c>, <c>key[1]</c>, ….</summary>
    public SpecSection Indexed(string key, SpecList list) => new(new([.. list.Items.Select((item, i) => new SpecEntry($"{key}[{i}]", item.Origin, item))], list.Origin), path, problems);

    /// <summary>A map within a list of this section, under the path that problems name it by.</summary>
    public SpecSection Item(SpecMap item, string name) => new(item, SpecPath.Join(path, name), problems);

    public string PathOf(string key) => SpecPath.Join(path, key);

    private SpecProblem Problem(string key, string message, string? fix) => new(SpecPath.Join(path, key), message, Map.Find(key)?.Origin ?? Map.Origin, fix);

    private string NoValue(string key, string text) => $"'{Shown(text)}' is not a value for {SpecPath.Join(path, key)}";

    private SpecSection Empty(string key) => new(new([], Map.Origin), SpecPath.Join(path, key), problems);

    private SpecSection Wrong(string key, string shape)
    {
        RefuseValue(key, $"{SpecPath.Join(path, key)} must be {shape}");
        return Empty(key);
    }

    private static string Shown(TimeSpan time) =>
        time < TimeSpan.FromSeconds(1) ? $"{time.TotalMilliseconds}ms" : time < TimeSpan.FromMinutes(1) ? $"{time.TotalSeconds}s" : $"{time.TotalMinutes}m";

    private static string Shown(string text) => text.Length <= 60 ? text.ReplaceLineEndings("⏎") : text[..60].ReplaceLineEndings("⏎") + "…";
}
