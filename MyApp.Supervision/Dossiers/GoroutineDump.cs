namespace MyApp.Supervision.Dossiers;

/// <summary>
/// What a Go program prints when it gets SIGQUIT:
/// <code>
/// SIGQUIT: quit
/// PC=0x46c2a1 m=0 sigcode=0
///
/// goroutine 0 gp=0x5a2b40 m=0 mp=0x5a3a00 [idle]:
/// runtime.futex(…)
/// </code>
/// </summary>
public static class GoroutineDump
{
    /// <returns>The dump and all after it; null: there is none.</returns>
    public static string? Find(IReadOnlyList<string> error)
    {
        var begin = LastIndex(error, l => l.StartsWith("SIGQUIT: quit", StringComparison.Ordinal));
        if (begin < 0 || !error.Skip(begin).Any(IsGoroutine))
            return null;
        var text = string.Join('\n', error.Skip(begin));
        return text.Length <= ExitDossier.MaxGoroutines ? text : text[..ExitDossier.MaxGoroutines];
    }

    private static bool IsGoroutine(string line) =>
        line.StartsWith("goroutine ", StringComparison.Ordinal) && line.Length > 10 && char.IsAsciiDigit(line[10]) && line.EndsWith("]:", StringComparison.Ordinal);

    private static int LastIndex(IReadOnlyList<string> lines, Func<string, bool> matches)
    {
        for (var i = lines.Count - 1; i >= 0; i--)
        {
            if (matches(lines[i]))
                return i;
        }

        return -1;
    }
}
