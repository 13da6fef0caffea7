namespace MyApp.Deployment.Environments;

/// <summary>Names of git branches: exact, or with <c>*</c> for any characters, slashes too, e.g. <c>release/*</c>.</summary>
public static class BranchPattern
{
    /// <summary>As git-check-ref-format(1) has it for what matters here, and with <c>*</c>.</summary>
    public static bool IsValid(string pattern) =>
        pattern.Length is > 0 and <= 255 && !pattern.StartsWith('-') && !pattern.StartsWith('/') && !pattern.EndsWith('/')
        && !pattern.Contains("..", StringComparison.Ordinal) && !pattern.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c is '~' or '^' or ':' or '?' or '[' or '\\');

    public static bool Matches(string pattern, string branch)
    {
        var parts = pattern.Split('*');
        if (parts.Length == 1)
            return pattern == branch;
        if (!branch.StartsWith(parts[0], StringComparison.Ordinal) || branch.Length < parts[0].Length + parts[^1].Length || !branch.EndsWith(parts[^1], StringComparison.Ordinal))
            return false;
        // What is between the first and the last must be there in this order.
        var (at, end) = (parts[0].Length, branch.Length - parts[^1].Length);
        foreach (var part in parts[1..^1])
        {
            var found = branch.IndexOf(part, at, end - at, StringComparison.Ordinal);
            if (found < 0)
                return false;
            at = found + part.Length;
        }

        return true;
    }
}
