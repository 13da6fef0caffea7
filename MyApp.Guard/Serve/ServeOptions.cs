namespace MyApp.Guard.Serve;

/// <summary>The command line of <c>myapp-guard serve</c>.</summary>
/// <param name="DataFolder">Everything the guard keeps is below it.</param>
/// <param name="Tether">End, as for SIGTERM, when standard input ends.</param>
internal sealed record ServeOptions(string DataFolder, bool Tether)
{
    public const string Usage = "usage: myapp-guard serve --data DIR [--tether]";

    /// <exception cref="FormatException">The command line is wrong; the message says how.</exception>
    public static ServeOptions Parse(ReadOnlySpan<string> args)
    {
        string? data = null;
        var tether = false;
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--tether")
                tether = true;
            else if (args[i] == "--data" && i + 1 < args.Length)
                data = args[++i];
            else
                throw new FormatException(args[i] == "--data" ? "--data needs a value" : $"unknown option {args[i]}");
        }

        return new ServeOptions(data ?? throw new FormatException("--data must be given"), tether);
    }
}
