using System.Net;
using MyApp.Guard.Probing.Dialogues;

namespace MyApp.Guard.Probing;

/// <summary>What is asked, of whom.</summary>
/// <param name="Words">The question for a person, e.g. <c>GET /health</c>; every answer begins with it.</param>
/// <param name="Tls">Talked over TLS, without a look at the certificate.</param>
/// <param name="Begin">Makes the state of one conversation.</param>
/// <param name="Timeout">From the connection's beginning to the answer.</param>
internal sealed record Question(string Words, IPEndPoint EndPoint, bool Tls, Func<Dialogue> Begin, TimeSpan Timeout)
{
    /// <summary>For TLS: the name the server is asked for (SNI); null: none.</summary>
    public string? ServerName { get; init; }

    public ProbeAnswer NoAnswer() => Failed($"no answer within {Timeout.TotalSeconds:0.###} s");

    public ProbeAnswer Failed(string why) => new(false, $"{Words}: {why}");
}
