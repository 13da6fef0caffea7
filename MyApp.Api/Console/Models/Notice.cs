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
        "start" => new(false, "Started."),
        "stop" => new(false, "Stopped."),
        "restart" => new(false, "Restarted."),
        "rollback" => new(false, "The rollback has begun."),
        "cancel" => new(false, "Cancelled. What it had started is being stopped."),
        _ => null,
    };
}
