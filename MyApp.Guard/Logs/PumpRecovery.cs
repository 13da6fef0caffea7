using MyApp.Guard.Native;
using MyApp.Supervision.Logs;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Logs;

/// <summary>Undoes what a killed guard had begun with the lines in its hand: they are still in their pipe and will be written anew.</summary>
internal static class PumpRecovery
{
    /// <summary>To be called before anything is pumped.</summary>
    public static void Run(PumpJournal journal, PipePeek peek)
    {
        if (!journal.IsPending)
            return;
        if (journal.Splices)
        {
            foreach (var stream in LogStreams.All)
                CarryTornLine(journal, stream);
            journal.End();
            return;
        }

        var unchanged = IsStillInPipe(journal, peek);
        if (unchanged)
        {
            foreach (var stream in LogStreams.All)
                TakeBack(journal, stream);
        }

        LineCarry.Correct(OutputPipe.CarryPath(journal.Pipe), unchanged ? journal.OldCarry : journal.NewCarry);
        journal.End();
    }

    private static bool IsStillInPipe(PumpJournal journal, PipePeek peek)
    {
        if (!File.Exists(journal.Pipe))
            return false;
        using var pipe = Fd.Open(journal.Pipe, O_RDWR | O_NONBLOCK);
        var bytes = new byte[journal.Taken];
        return journal.Matches(bytes.AsSpan(0, peek.Look(Fd.Number(pipe), bytes)));
    }

    // The rest of the line is still in the pipe.
    private static void CarryTornLine(PumpJournal journal, LogStream stream)
    {
        var path = Path.Combine(journal.Folder, $"{stream.Name()}.log");
        if (journal.Touched(stream) is not { } touched || FileIdentity.Of(path) != touched.File || !File.Exists(journal.Pipe))
            return;
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        var length = RandomAccess.GetLength(file);
        var end = new byte[Math.Clamp(length - touched.Length, 0, LogLineFormat.MaxTextBytes)];
        RandomAccess.Read(file, end, length - end.Length);
        var torn = end.AsSpan()[(Array.LastIndexOf(end, (byte)'\n') + 1)..];
        var carry = new LineCarry(OutputPipe.CarryPath(journal.Pipe));
        carry.Commit(carry.Stage(torn), torn);
        RandomAccess.SetLength(file, length - torn.Length);
    }

    private static void TakeBack(PumpJournal journal, LogStream stream)
    {
        var path = Path.Combine(journal.Folder, $"{stream.Name()}.log");
        if (journal.Touched(stream) is not { } touched || FileIdentity.Of(path) != touched.File)
            return;
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        if (RandomAccess.GetLength(file) > touched.Length)
            RandomAccess.SetLength(file, touched.Length);
    }
}
