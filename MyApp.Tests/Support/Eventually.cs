using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace MyApp.Tests.Support;

/// <summary>Waits, with a deadline, for something in a real process to become true.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(25);

    public static async Task TrueAsync(Func<Task<bool>> condition, DescribedText what, TimeSpan patience, CancellationToken ct)
    {
        for (var begin = Stopwatch.GetTimestamp(); !await condition();)
        {
            if (Stopwatch.GetElapsedTime(begin) > patience)
                Assert.Fail($"after {patience.TotalSeconds:0.#} s it is still not true that {what}");
            await Task.Delay(Look, TimeProvider.System, ct);
        }
    }

    public static Task TrueAsync(Func<bool> condition, DescribedText what, TimeSpan patience, CancellationToken ct) =>
        TrueAsync(() => Task.FromResult(condition()), what, patience, ct);
}

/// <summary>A text that is only made when it is needed, and then says how things are at that time.</summary>
[InterpolatedStringHandler]
internal sealed class DescribedText
{
    private readonly List<object?> parts = [];

    public DescribedText(int literalLength, int formattedCount) => _ = (literalLength, formattedCount);

    public static implicit operator DescribedText(string text)
    {
        var described = new DescribedText(0, 0);
        described.AppendLiteral(text);
        return described;
    }

    public void AppendLiteral(string text) => parts.Add(text);

    public void AppendFormatted<T>(T value) => parts.Add(value);

    // A function says what is only known when the text is made.
    public override string ToString() => string.Concat(parts.Select(part => part is Func<string?> later ? later() : part));
}
