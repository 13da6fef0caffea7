using System.Net;
using System.Net.Sockets;
using MyApp.Guard.Probing;
using MyApp.Guard.Probing.Dialogues;
using MyApp.Guard.Spawning;
using MyApp.Supervision.Ordering;
using MyApp.Supervision.Units;

namespace MyApp.Guard.Dependencies;

/// <summary>Asks once whether something outside is there.</summary>
internal sealed class DependencyCheck(Asker asker, ShortRun programs)
{
    /// <summary>For one try; the dependency's own timeout is for all of them.</summary>
    public static TimeSpan TryTimeout { get; } = TimeSpan.FromSeconds(5);

    /// <param name="dependency">With <see cref="UnitDependency.Check"/> or <see cref="UnitDependency.Exec"/>.</param>
    /// <param name="program">How <see cref="UnitDependency.Exec"/> is run.</param>
    public async Task<(bool Up, string Text)> AskAsync(UnitDependency dependency, Func<ProgramOrder> program, CancellationToken ct)
    {
        if (dependency.Exec.Count > 0)
        {
            var outcome = await programs.RunAsync(program, TryTimeout, ct);
            ct.ThrowIfCancellationRequested();
            return (outcome.Succeeded, $"exec {dependency.Exec[0]}: {outcome.Text}");
        }

        if (CheckAddress.TryParse(dependency.Check ?? "", out var problem) is not { } address)
            return (false, problem!);
        return await AskAsync(address, ct);
    }

    // A name may have several addresses, of which one that answers is enough.
    private async Task<(bool Up, string Text)> AskAsync(CheckAddress address, CancellationToken ct)
    {
        var answer = (Up: false, Text: $"{address}: the name has no address");
        try
        {
            foreach (var ip in await Dns.GetHostAddressesAsync(address.Host, ct).WaitAsync(TryTimeout, ct))
            {
                var asked = await asker.AskAsync(Question(address, new IPEndPoint(ip, address.Port)), ct);
                answer = (asked.Passed, asked.Text);
                if (answer.Up)
                    break;
            }
        }
        catch (SocketException e)
        {
            answer = (false, $"{address}: {e.SocketErrorCode switch { SocketError.HostNotFound => "unknown host", SocketError.TryAgain => "the name can't be resolved now", _ => e.Message }}");
        }
        catch (TimeoutException)
        {
            answer = (false, $"{address}: the name was not resolved within {TryTimeout.TotalSeconds:0} s");
        }

        return answer;
    }

    private static Question Question(CheckAddress address, IPEndPoint place)
    {
        Func<Dialogue> begin = address.Scheme switch
        {
            CheckScheme.Tcp => () => TcpDialogue.Only,
            CheckScheme.Postgres => () => new PostgresDialogue(PostgresDialogue.Startup(address.User, address.Database)),
            CheckScheme.Redis => () => new RedisDialogue(),
            _ => () => new HttpDialogue(HttpDialogue.Get(address.Path, $"{address.Host}:{address.Port}")),
        };
        var https = address.Scheme == CheckScheme.Https;
        return new Question(address.ToString(), place, https, begin, TryTimeout)
        {
            ServerName = https && !IPAddress.TryParse(address.Host, out _) ? address.Host : null,
        };
    }
}
