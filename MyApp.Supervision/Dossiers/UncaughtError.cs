namespace MyApp.Supervision.Dossiers;

/// <summary>Finds the last words of a program that did not catch its own error.</summary>
internal static class UncaughtError
{
    private const int MaxLength = 300;

    /// <returns>The line that says what happened; null: there is none.</returns>
    public static string? Find(IReadOnlyList<string> lines)
    {
        for (var i = lines.Count - 1; i >= 0; i--)
        {
            if (At(lines, i) is { } found)
                return found.Length <= MaxLength ? found : found[..MaxLength] + "…";
        }

        return null;
    }

    private static string? At(IReadOnlyList<string> lines, int i)
    {
        var line = lines[i];
        // panic: runtime error: index out of range [3] with length 2         Go
        // fatal error: all goroutines are asleep - deadlock!                 Go
        // Unhandled exception. System.InvalidOperationException: words       .NET
        // Exception in thread "main" java.lang.IllegalStateException: words  Java
        // terminate called after throwing an instance of 'std::…'            C++
        string[] beginnings = ["panic: ", "fatal error: ", "Unhandled exception. ", "Exception in thread ", "terminate called after throwing"];
        if (beginnings.Any(b => line.StartsWith(b, StringComparison.Ordinal)))
            return line.Trim();
        // thread 'main' panicked at src/main.rs:2:5:                         Rust, with the words on the next line since 1.73
        if (line.StartsWith("thread '", StringComparison.Ordinal) && line.Contains(" panicked at ", StringComparison.Ordinal))
            return i + 1 < lines.Count && line.EndsWith(':') ? $"{line} {lines[i + 1].Trim()}" : line;
        // Traceback (most recent call last):                                 Python: frames are indented, the words are not
        if (line.StartsWith("Traceback (most recent call last)", StringComparison.Ordinal))
            return lines.Skip(i + 1).FirstOrDefault(l => l.Length > 0 && l[0] != ' ');
        // TypeError: x is not a function                                     node: with "    at …" below it
        if (i + 1 < lines.Count && lines[i + 1].StartsWith("    at ", StringComparison.Ordinal) && line.Contains("Error", StringComparison.Ordinal) && line[0] != ' ')
            return line.Trim();
        return null;
    }
}
