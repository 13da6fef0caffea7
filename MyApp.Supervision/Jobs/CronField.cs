using System.Globalization;

namespace MyApp.Supervision.Jobs;

/// <summary>One of a cron expression's five fields: the set of values it allows.</summary>
/// <param name="Allowed">Bit n: n is allowed.</param>
/// <param name="IsStar">Written with a leading <c>*</c>: it does not restrict by itself (crontab(5)).</param>
internal readonly record struct CronField(ulong Allowed, bool IsStar)
{
    public bool Has(int value) => (Allowed >> value & 1) != 0;

    /// <summary>Lists of <c>*</c>, <c>n</c>, <c>n-m</c>, each with <c>/step</c>.</summary>
    /// <param name="names">Three letters each, standing for <paramref name="least"/> and on; empty: none.</param>
    /// <returns>Null: not to be understood, or out of range.</returns>
    public static CronField? Parse(ReadOnlySpan<char> text, int least, int most, ReadOnlySpan<string> names)
    {
        ulong allowed = 0;
        foreach (var range in text.Split(','))
        {
            if (ParsePart(text[range], least, most, names) is not { } part)
                return null;
            allowed |= part;
        }

        return new(allowed, text[0] == '*');
    }

    private static ulong? ParsePart(ReadOnlySpan<char> part, int least, int most, ReadOnlySpan<string> names)
    {
        var slash = part.IndexOf('/');
        var step = slash < 0 ? 1 : Number(part[(slash + 1)..]);
        var span = slash < 0 ? part : part[..slash];
        var dash = span.IndexOf('-');
        int? first = span is "*" ? least : Value(dash < 0 ? span : span[..dash], least, names);
        int? last = span is "*" ? most : dash >= 0 ? Value(span[(dash + 1)..], least, names) : slash >= 0 ? most : first;
        if (step is null or < 1 || first < least || last > most || !(first <= last))
            return null;
        ulong allowed = 0;
        for (var value = first.Value; value <= last; value += step.Value)
            allowed |= 1UL << value;
        return allowed;
    }

    private static int? Value(ReadOnlySpan<char> text, int least, ReadOnlySpan<string> names)
    {
        for (var i = 0; i < names.Length; i++)
        {
            if (text.Equals(names[i], StringComparison.OrdinalIgnoreCase))
                return least + i;
        }

        return Number(text);
    }

    private static int? Number(ReadOnlySpan<char> text) =>
        text.Length <= 4 && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
