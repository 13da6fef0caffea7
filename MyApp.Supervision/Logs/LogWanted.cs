namespace MyApp.Supervision.Logs;

/// <summary>Says of what a program wrote, as UTF-8 without the end of the line, whether it is wanted.</summary>
public delegate bool LineTest(ReadOnlySpan<byte> text);

/// <summary>Which lines of a log are wanted.</summary>
/// <param name="Count">At most so many, the last ones.</param>
/// <param name="Since">From this time on; null: from the beginning.</param>
/// <param name="Until">Up to this time; null: to the end.</param>
public sealed record LogWanted(int Count, DateTimeOffset? Since = null, DateTimeOffset? Until = null)
{
    /// <summary>Null: all are.</summary>
    public LineTest? Test { get; init; }

    /// <summary>Bytes that every wanted line has, so that the others need not be looked at; null: none are known.</summary>
    public byte[]? Contained { get; init; }
}
