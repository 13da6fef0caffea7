using System.Collections.Concurrent;

namespace MyApp.Guard.Shim;

/// <summary>
/// A thread that lives as long as the process, to make children that end with us: what the kernel calls the death of the parent
/// (PR_SET_PDEATHSIG) is that of the thread which made the child, and threads of the pool come and go.
/// </summary>
internal sealed class ParentThread
{
    private readonly BlockingCollection<Action> work = [];

    public ParentThread() => new Thread(Run) { IsBackground = true, Name = "parent" }.Start();

    public T Do<T>(Func<T> action)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        work.Add(() =>
        {
            try
            {
                done.SetResult(action());
            }
            catch (Exception e) when (e is Native.NativeException or IOException or UnauthorizedAccessException)
            {
                done.SetException(e);
            }
        });
        return done.Task.GetAwaiter().GetResult();
    }

    private void Run()
    {
        foreach (var action in work.GetConsumingEnumerable())
            action();
    }
}
