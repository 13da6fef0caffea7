using System.Text;
using Microsoft.Win32.SafeHandles;
using MyApp.Guard.Native;
using MyApp.Supervision.Processes;
using MyApp.Supervision.Units;

namespace MyApp.Guard.Logs;

/// <summary>Both pipes of an instance, pumped into its service's log; keeps the last lines for its status.</summary>
internal sealed class InstanceOutput : IDisposable
{
    private const int Kept = 20;
    private readonly Queue<string> last = new();
    private readonly OutputPipe output;
    private readonly OutputPipe error;

    /// <param name="pathPrefix">The pipes are this and <c>.out</c>, <c>.err</c>.</param>
    public InstanceOutput(string pathPrefix, string instance, ServiceLog log, LogRule rule, Poller poller, TimeProvider clock)
    {
        void Take(string stream, byte[] text)
        {
            lock (last)
            {
                last.Enqueue(Encoding.UTF8.GetString(text));
                if (last.Count > Kept)
                    last.Dequeue();
            }

            log.Write(stream, instance, clock.GetUtcNow(), text, rule);
        }

        output = new OutputPipe($"{pathPrefix}.out", poller, text => Take(ServiceLog.Access, text));
        error = new OutputPipe($"{pathPrefix}.err", poller, text => Take(ServiceLog.Error, text));
    }

    public IReadOnlyList<string> LastLines
    {
        get
        {
            lock (last)
                return [.. last];
        }
    }

    public (SafeFileHandle Output, SafeFileHandle Error) OpenForProgram(uint? owner) => (output.OpenForProgram(owner), error.OpenForProgram(owner));

    /// <summary>Leader of the session that has these pipes open; null: nobody has.</summary>
    public ProcessIdentity? Writer() => output.Writer();

    public void Finish()
    {
        output.Finish();
        error.Finish();
    }

    public void Dispose()
    {
        output.Dispose();
        error.Dispose();
    }
}
