namespace MyApp.Api.Persistence;

/// <summary>Whether the database has been reached and has our schema. Until then requests are answered with 503 and workers wait.</summary>
internal sealed class DatabaseGate
{
    private readonly TaskCompletionSource opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsOpen => opened.Task.IsCompletedSuccessfully;

    /// <summary>Why it is not open yet, for a person.</summary>
    public string Reason { get; private set; } = "not asked yet";

    public Task OpenedAsync(CancellationToken ct) => opened.Task.WaitAsync(ct);

    public void Open() => opened.TrySetResult();

    public void Refuse(string reason) => Reason = reason;
}
