using System.Globalization;
using System.Text;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>What both interpolated string handlers collect.</summary>
internal sealed class ExpressionParts(int literalLength, int formattedCount)
{
    private readonly StringBuilder format = new(literalLength + (formattedCount * 4));
    private readonly List<IValueProvider> providers = new(formattedCount);
    private readonly List<string> expressions = new(formattedCount);
    private readonly List<string?> formats = new(formattedCount);

    public bool IsEmpty => format.Length == 0;

    // Braces are doubled: the text becomes a composite format string.
    public void Literal(string? value) =>
        format.Append(value?.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal));

    public void Hole(IValueProvider provider, string expression, string? stringFormat)
    {
        if (provider is ReferenceExpression inner && stringFormat is null)
        {
            Splice(inner);
            return;
        }

        format.Append(CultureInfo.InvariantCulture, $"{{{providers.Count}}}");
        providers.Add(provider);
        expressions.Add(expression);
        formats.Add(stringFormat);
    }

    public ReferenceExpression Build() => new(format.ToString(), [.. providers], [.. expressions], [.. formats]);

    private void Splice(ReferenceExpression inner)
    {
        var holes = Enumerable.Range(providers.Count, inner.ValueProviders.Count).Select(i => (object)$"{{{i}}}").ToArray();
        // Formatting undoes the doubled braces of the inner text; Literal cannot be used on the result, as it would double the holes too.
        var doubled = inner.Format.Replace("{{", "{{{{", StringComparison.Ordinal).Replace("}}", "}}}}", StringComparison.Ordinal);
        format.Append(string.Format(CultureInfo.InvariantCulture, doubled, holes));
        providers.AddRange(inner.ValueProviders);
        expressions.AddRange(inner.ManifestExpressions);
        formats.AddRange(inner.StringFormats);
    }
}
