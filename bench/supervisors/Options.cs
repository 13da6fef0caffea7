namespace MyApp.Bench.Supervisors;

/// <param name="Check">Only whether the command line can be used.</param>
/// <param name="Quick">Few rounds: to see that everything works, not to be quoted.</param>
/// <param name="Only">Keys of the cases to run; empty: all.</param>
/// <param name="Peers">Names of supervisors to measure, by their beginning; empty: all.</param>
/// <param name="Programs">Folder of the programs that are supervised.</param>
/// <param name="Artifacts">The checkout's folder of built things.</param>
/// <param name="Results">Where the results go.</param>
internal sealed record Options(bool Check, bool Quick, IReadOnlyList<string> Only, IReadOnlyList<string> Peers, string Programs, string Artifacts, string Results)
{
    public const string Usage = "usage: bench/supervisors/run [--quick] [--only CASE]... [--peer NAME]... [--results DIR]";

    /// <exception cref="FormatException">The command line is wrong.</exception>
    public static Options Parse(ReadOnlySpan<string> args)
    {
        var (check, quick, only, peers) = (false, false, new List<string>(), new List<string>());
        string? programs = null, artifacts = null, results = null;
        for (var i = 0; i < args.Length; i++)
        {
            var value = i + 1 < args.Length ? args[i + 1] : null;
            switch (args[i])
            {
                case "--check": check = true; continue;
                case "--quick": quick = true; continue;
                case "--only" when value is not null: only.Add(value); break;
                case "--peer" when value is not null: peers.Add(value); break;
                case "--programs" when value is not null: programs = value; break;
                case "--artifacts" when value is not null: artifacts = value; break;
                case "--results" when value is not null: results = value; break;
                default: throw new FormatException($"'{args[i]}' is unknown or lacks its value");
            }

            i++;
        }

        return new Options(
            check, quick, only, peers, programs ?? throw new FormatException("--programs must be given"),
            artifacts ?? throw new FormatException("--artifacts must be given"), results ?? throw new FormatException("--results must be given"));
    }
}
