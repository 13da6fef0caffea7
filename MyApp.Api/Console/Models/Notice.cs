namespace MyApp.Api.Console.Models;

/// <summary>What the last button did, said on the page that follows it.</summary>
public sealed record Notice(bool Refused, string Text, string? Details = null)
{
    /// <summary>
    /// The words for a code in an address (<c>?done=stop</c>). Only codes travel there, so that nobody can make the console say
    /// something by handing out a link.
    /// </summary>
    public static Notice? Of(string? done) => done switch
    {
        "start" => new(false, "Start was asked for."),
        "stop" => new(false, "Stop was asked for. Connections are drained first."),
        "restart" => new(false, "Restart was asked for."),
        "rollback" => new(false, "Rollback has begun."),
        _ => null,
    };
}
