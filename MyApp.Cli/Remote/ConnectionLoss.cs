using System.Net.Sockets;

namespace MyApp.Cli.Remote;

/// <summary>Tells a lost or missing connection from an answer and from a cancelled call.</summary>
internal static class ConnectionLoss
{
    /// <summary>No connection came about, so nothing was asked yet.</summary>
    public static bool IsRefusal(HttpRequestException e) => e.HttpRequestError is HttpRequestError.ConnectionError;

    /// <param name="e">The exception.</param>
    /// <param name="ct">The caller's own token: cancelled by it is not a loss, timed out is.</param>
    public static bool Is(Exception e, CancellationToken ct) =>
        e is HttpRequestException or (IOException and not ReaderGoneException) || (e is OperationCanceledException && !ct.IsCancellationRequested);

    public static string Describe(Exception e) => e switch
    {
        OperationCanceledException => "no answer in time",
        HttpRequestException { InnerException: SocketException socket } => socket.Message,
        _ => e.Message,
    };
}
