using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MyApp.Deployment.Specs;

namespace MyApp.Deployment.Preflight.Host;

/// <summary>Looks up and connects to each dependency that has an address, all at once.</summary>
internal static class DependencyInspection
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static async Task<IReadOnlyList<DependencyFacts>> InspectAsync(ServiceSpec spec, TimeProvider clock, CancellationToken ct)
    {
        var asked = spec.DependsOn
            .Select((each, i) => (each, i))
            .Where(pair => Uri.TryCreate(pair.each.Check, UriKind.Absolute, out _))
            .Select(pair => InspectAsync(pair.i, pair.each.Name, new Uri(pair.each.Check!), clock, ct));
        return await Task.WhenAll(asked);
    }

    private static async Task<DependencyFacts> InspectAsync(int index, string name, Uri uri, TimeProvider clock, CancellationToken ct)
    {
        var port = uri.Port > 0 ? uri.Port : uri.Scheme switch { "postgres" => 5432, "redis" => 6379, _ => 0 };
        var facts = new DependencyFacts(index, name, $"{uri.Host}:{port}", Resolved: false, null, null);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var timer = clock.CreateTimer(_ => limit.Cancel(), null, Patience, Timeout.InfiniteTimeSpan);
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(uri.IdnHost.Trim('[', ']'), limit.Token);
            facts = facts with { Resolved = true };
            using var client = new TcpClient();
            await client.ConnectAsync(addresses, port, limit.Token);
            return uri.Scheme == "https" ? facts with { CertificateEnds = await CertificateEndsAsync(client, uri.IdnHost, limit.Token) } : facts;
        }
        catch (Exception e) when (e is SocketException or IOException or AuthenticationException)
        {
            return facts with { Trouble = e.Message };
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return facts with { Trouble = $"no answer within {Patience.TotalSeconds:0} s" };
        }
    }

    private static async Task<DateTimeOffset?> CertificateEndsAsync(TcpClient client, string host, CancellationToken ct)
    {
        DateTimeOffset? ends = null;
        await using var tls = new SslStream(client.GetStream());
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = host,
            // Only its end is of interest; whether it is trusted is for the program that connects.
            RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            {
                ends = certificate is X509Certificate2 seen ? new DateTimeOffset(seen.NotAfter) : null;
                return certificate is not null;
            },
        };
        await tls.AuthenticateAsClientAsync(options, ct);
        return ends;
    }
}
