namespace MyApp.Deployment.Sources;

public enum SourceRefusal
{
    /// <summary>More bytes than the receiver takes.</summary>
    TooLarge,

    /// <summary>No tar.gz, or a broken one, or one without files.</summary>
    NotAnArchive,

    /// <summary>An absolute name, one with <c>..</c>, control characters or a backslash.</summary>
    UnsafeName,

    /// <summary>A link that points out of the archive, or a name that leads through a link.</summary>
    UnsafeLink,

    /// <summary>A device, pipe or other special entry, or a file with a setuid or setgid bit.</summary>
    UnsafeEntry,

    DuplicateName,

    TooManyEntries,

    /// <summary>It unpacks to more than the limit.</summary>
    Bomb,

    /// <summary>No archive of this digest is in the store.</summary>
    Unknown,
}

/// <summary>A source archive is not accepted. The message is for the person who sent it and names the entry.</summary>
public sealed class SourceRefusedException(SourceRefusal reason, string message, Exception? inner = null) : Exception(message, inner)
{
    public SourceRefusal Reason { get; } = reason;
}
