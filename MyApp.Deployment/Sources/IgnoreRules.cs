using System.Text;
using System.Text.RegularExpressions;

namespace MyApp.Deployment.Sources;

/// <summary>
/// The usual part of gitignore(5): comments, <c>!</c>, a leading or inner slash that anchors, a trailing one for folders, <c>*</c>,
/// <c>?</c>, <c>[…]</c> and <c>**</c>. The last rule that matches decides; a file below an ignored folder can't be taken back.
/// </summary>
internal sealed class IgnoreRules
{
    private readonly List<(Regex Pattern, bool FoldersOnly, bool Keep)> rules = [];

    public static IgnoreRules Parse(IEnumerable<string> lines)
    {
        var parsed = new IgnoreRules();
        foreach (var line in lines.Select(line => line.TrimEnd()).Where(line => line.Length > 0 && line[0] != '#'))
            parsed.Add(line);
        return parsed;
    }

    /// <param name="path">Relative, with slashes; always a file.</param>
    public bool Ignores(string path)
    {
        for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = path.IndexOf('/', slash + 1))
        {
            if (Decide(path[..slash], isFolder: true) is true)
                return true;
        }

        return Decide(path, isFolder: false) is true;
    }

    /// <param name="path">Relative, with slashes; nothing above it is ignored.</param>
    /// <returns>Null: no rule is about it.</returns>
    public bool? Decide(string path, bool isFolder)
    {
        bool? ignored = null;
        foreach (var (pattern, foldersOnly, keep) in rules)
        {
            if ((isFolder || !foldersOnly) && pattern.IsMatch(path))
                ignored = !keep;
        }

        return ignored;
    }

    private void Add(string line)
    {
        var keep = line[0] == '!';
        var text = keep ? line[1..] : line.StartsWith("\\#", StringComparison.Ordinal) || line.StartsWith("\\!", StringComparison.Ordinal) ? line[1..] : line;
        var foldersOnly = text.EndsWith('/');
        text = text.TrimEnd('/');
        var anchored = text.Contains('/', StringComparison.Ordinal);
        var pattern = (anchored ? "^" : "^(?:.*/)?") + Translate(text.TrimStart('/')) + "$";
        rules.Add((new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking), foldersOnly, keep));
    }

    private static string Translate(string glob)
    {
        var pattern = new StringBuilder();
        for (var i = 0; i < glob.Length; i++)
        {
            var rest = glob.AsSpan(i);
            if (rest.StartsWith("**/"))
                (pattern, i) = (pattern.Append("(?:.*/)?"), i + 2);
            else if (rest.StartsWith("**"))
                (pattern, i) = (pattern.Append(".*"), i + 1);
            else if (glob[i] == '*')
                pattern.Append("[^/]*");
            else if (glob[i] == '?')
                pattern.Append("[^/]");
            else if (glob[i] == '[' && rest.IndexOf(']') is > 1 and var end)
                (pattern, i) = (pattern.Append(Class(rest[1..end])), i + end);
            else
                pattern.Append(Regex.Escape(glob[i].ToString()));
        }

        return pattern.ToString();
    }

    private static string Class(ReadOnlySpan<char> inner)
    {
        var negated = inner[0] is '!' or '^';
        var members = (negated ? inner[1..] : inner).ToString().Replace("\\", "\\\\", StringComparison.Ordinal).Replace("[", "\\[", StringComparison.Ordinal);
        return negated ? $"[^/{members}]" : $"[{members}]";
    }
}
