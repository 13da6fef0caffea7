using System.Data.Common;
using System.Net.Sockets;
using Microsoft.EntityFrameworkCore;

namespace MyApp.Api.Persistence;

/// <summary>Tells "the database is away" from a bug.</summary>
internal static class DatabaseFailure
{
    /// <summary>The driver, the model on top of it or the socket below it failed.</summary>
    public static bool Explains(Exception e) => Cause(e) is not null;

    /// <summary>One line for logs, health and problems. Npgsql's messages name host and port and never the password.</summary>
    public static string Reason(Exception e) => (Cause(e) ?? e).Message.Split('\n')[0];

    // EF Core wraps what the driver throws: a failed save in DbUpdateException, a transient one in InvalidOperationException.
    private static Exception? Cause(Exception e) => e switch
    {
        DbException or SocketException => e,
        TimeoutException or DbUpdateException or InvalidOperationException => e.InnerException is { } inner ? Cause(inner) : e as TimeoutException,
        _ => null,
    };
}
