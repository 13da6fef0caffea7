using System.Globalization;
using MyApp.Deployment.Transport;

namespace MyApp.Deployment.Builds.Toolchains;

/// <summary>
/// Links one Go executable twice in one run of the go command, without and with symbols and debug data. A second <c>go build</c> would find,
/// read and check every package again before it links. The go command lets another program run its tools
/// (https://pkg.go.dev/cmd/go, <c>-toolexec</c>); here that is a shell, which becomes the tool, and for the linker starts a second one.
/// </summary>
internal static class GoLinks
{
    /// <summary>
    /// For -ldflags: what makes the executable small. Spelt so that the second linker can leave out these two and nothing that the spec gave.
    /// </summary>
    public static readonly IReadOnlyList<string> Slim = [WithoutSymbols, WithoutDebugData];

    private const string WithoutSymbols = "-s=true";
    private const string WithoutDebugData = "-w=true";
    private const string Output = "MYAPP_LINK_WHOLE";
    private const string Jobs = "MYAPP_LINK_JOBS";

    // The arguments are TOOL -o FILE … for a link; -V=full asks for the version. The whole executable is only to be measured: where it can't be
    // made there is none, and what the go command prints and how it ends is the other's alone. No single quote may be in here.
    private const string Script =
        $$"""
        case $1 in */link) [ "$2" = -o ] || exec "$@" ;; *) exec "$@" ;; esac
        whole() {
          tool=$1; shift 3
          left=$#
          while [ "$left" -gt 0 ]; do
            case $1 in {{WithoutSymbols}} | {{WithoutDebugData}}) ;; *) set -- "$@" "$1" ;; esac
            shift; left=$((left - 1))
          done
          "$tool" -o "${{Output}}" "$@" >/dev/null 2>&1 || rm -f "${{Output}}"
        }
        whole "$@" &
        [ "${{Jobs}}" -gt 1 ] || wait
        "$@"
        code=$?
        wait
        exit $code
        """;

    /// <summary>
    /// Adds what makes it link twice. Nothing, where there is no shell or the flags of the build name a program of their own to run the tools.
    /// </summary>
    /// <param name="whole">Where the executable with symbols goes.</param>
    /// <param name="jobs">One: the two are linked one after the other.</param>
    public static void Add(List<string> args, SortedDictionary<string, string> env, string whole, int jobs)
    {
        if (env["GOFLAGS"].Contains("-toolexec", StringComparison.Ordinal) || ProgramSearch.Find("sh") is not { } shell)
            return;
        args.AddRange(["-toolexec", GoWords.Join([shell, "-c", Script, "link"])]);
        (env[Output], env[Jobs]) = (whole, jobs.ToString(CultureInfo.InvariantCulture));
    }
}
