using System.Globalization;
using System.Text;

namespace MyApp.Supervision.Units;

/// <summary>
/// Fills in <c>${port}</c>, <c>${port:NAME}</c>, <c>${instance}</c> and <c>${config}</c>; <c>${$}</c> is a dollar sign. Anything else stays as it is written.
/// </summary>
public static class Placeholders
{
    /// <param name="ports">Ports the instance listens on, by name.</param>
    /// <param name="mainPort">Name of the port that <c>${port}</c> means; null: there is none.</param>
    /// <param name="config">Path of the file of values; null: there is none.</param>
    /// <returns>One pass: what a value brings in is not looked at again.</returns>
    public static string Fill(string text, string instance, IReadOnlyDictionary<string, int> ports, string? mainPort, string? config = null)
    {
        var result = new StringBuilder();
        var rest = text.AsSpan();
        for (var start = rest.IndexOf("${"); start >= 0; start = rest.IndexOf("${"))
        {
            var length = rest[start..].IndexOf('}');
            if (length < 0)
                break;
            var whole = rest.Slice(start, length + 1);
            result.Append(rest[..start]).Append(Value(whole[2..^1].ToString(), instance, ports, mainPort, config) ?? whole.ToString());
            rest = rest[(start + length + 1)..];
        }

        return result.Append(rest).ToString();
    }

    /// <summary>What <see cref="Fill"/> makes this text of.</summary>
    public static string Escape(string text) => text.Replace("${", "${$}{", StringComparison.Ordinal);

    private static string? Value(string name, string instance, IReadOnlyDictionary<string, int> ports, string? mainPort, string? config)
    {
        var port = name == "port" ? mainPort : name.StartsWith("port:", StringComparison.Ordinal) ? name[5..] : null;
        if (port is not null)
            return ports.TryGetValue(port, out var number) ? number.ToString(CultureInfo.InvariantCulture) : null;
        return name switch { "instance" => instance, "config" => config, "$" => "$", _ => null };
    }
}
