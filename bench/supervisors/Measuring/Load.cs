namespace MyApp.Bench.Supervisors.Measuring;

/// <summary>Clients that ask a port without end until they are stopped.</summary>
internal sealed class Load : IDisposable
{
    private const int Clients = 8;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    // Some 6,000 requests a second: enough for a gap of a millisecond to show, too few to run out of local ports.
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(1);
    private readonly long[] outcomes = new long[Enum.GetValues<Outcome>().Length];
    private readonly List<Thread> threads;
    private volatile bool stopped;

    public Load(int port)
    {
        threads = [.. Enumerable.Range(0, Clients).Select(_ => new Thread(() => Ask(port)))];
        threads.ForEach(t => t.Start());
    }

    public long Count(Outcome outcome) => Interlocked.Read(ref outcomes[(int)outcome]);

    public void Stop()
    {
        stopped = true;
        threads.ForEach(t => t.Join());
    }

    public void Dispose() => Stop();

    private void Ask(int port)
    {
        while (!stopped)
        {
            Interlocked.Increment(ref outcomes[(int)Client.Ask(port, Patience)]);
            Client.Pause(Between);
        }
    }
}
