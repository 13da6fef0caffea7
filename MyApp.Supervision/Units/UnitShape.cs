using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace MyApp.Supervision.Units;

/// <summary>Finds members of a written unit that mean nothing: a misspelt one would else be dropped silently.</summary>
internal static class UnitShape
{
    public static IEnumerable<(string Path, string Message)> Problems(JsonElement root) => Problems(root, typeof(Unit), "");

    private static IEnumerable<(string Path, string Message)> Problems(JsonElement element, Type type, string path)
    {
        if (element.ValueKind == JsonValueKind.Array && type.GenericTypeArguments is [var item])
            return element.EnumerateArray().SelectMany((e, i) => Problems(e, item, $"{path}[{i}]"));
        if (element.ValueKind == JsonValueKind.Object && UnitJson.Default.Options.GetTypeInfo(type) is { Kind: JsonTypeInfoKind.Object } info)
            return InObject(element, info, path);
        return [];
    }

    private static IEnumerable<(string Path, string Message)> InObject(JsonElement element, JsonTypeInfo info, string path)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in element.EnumerateObject())
        {
            var here = path.Length == 0 ? member.Name : $"{path}.{member.Name}";
            var property = info.Properties.FirstOrDefault(p => p.Name == member.Name);
            if (property is null)
                yield return (here, $"{here}: there is no such member; {Known(info, member.Name)}");
            else if (!seen.Add(member.Name))
                yield return (here, $"{here}: is there twice");
            else
                foreach (var problem in Problems(member.Value, property.PropertyType, here))
                    yield return problem;
        }
    }

    private static string Known(JsonTypeInfo info, string wrong)
    {
        var names = info.Properties.Select(p => p.Name).Order(StringComparer.Ordinal).ToList();
        var near = names.Where(n => Distance(n, wrong) <= 1 + (wrong.Length / 4)).ToList();
        return near.Count > 0 ? $"did you mean {string.Join(" or ", near)}?" : $"known are {string.Join(", ", names)}";
    }

    // Levenshtein's, without regard to case.
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var change = diagonal + (char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
