using System.Runtime.InteropServices;
using MyApp.Guard.Native;
using MyApp.Guard.Probing.Dialogues;
using static MyApp.Guard.Native.Constants;

namespace MyApp.Guard.Probing;

/// <summary>One question being asked over one connection: to be advanced whenever the socket is ready for <see cref="Events"/>.</summary>
internal sealed class Conversation(Question question, long began, Action<ProbeAnswer> onAnswer) : IDisposable
{
    // What a health page has to say, and more; the rest of a longer one is not read.
    private const int MaxAnswer = 64 * 1024;
    private readonly Dialogue dialogue = question.Begin();
    private TlsSession? tls;
    private bool connected;
    private ReadOnlyMemory<byte> unsent;
    private byte[] received = [];

    /// <summary>Its connection; negative: none.</summary>
    public int Fd { get; private set; } = -1;

    public short Events { get; private set; } = SocketCalls.POLLOUT;

    public Question Question => question;

    public long Began => began;

    public bool IsWanted { get; set; } = true;

    public void Tell(ProbeAnswer answer) => onAnswer(answer);

    public ProbeAnswer? Start()
    {
        Fd = SocketCalls.Open(question.EndPoint);
        if (Fd < 0)
            return Failed(-Fd);
        _ = SocketCalls.Connect(Fd, question.EndPoint);
        return Advance([]);
    }

    /// <param name="buffer">Shared by all conversations; holds nothing between two calls. Empty: no look at what has come.</param>
    /// <returns>Null: goes on.</returns>
    public ProbeAnswer? Advance(byte[] buffer)
    {
        if (!connected)
        {
            var outcome = SocketCalls.Connect(Fd, question.EndPoint);
            if (outcome != 0)
                return outcome < 0 ? null : Failed(outcome);
            connected = true;
            unsent = dialogue.Opening;
            if (question.Tls && TlsSession.Open(Fd, question.ServerName, out tls) is { } problem)
                return question.Failed(problem);
            if (unsent.IsEmpty && tls is null)
                return Judge(default, ended: false);
        }

        if (tls is { IsOpen: false } && Handshake() is { } refused)
            return refused;
        if (tls is { IsOpen: false })
            return null;
        return SendRest() ?? (buffer.Length == 0 ? null : Receive(buffer));
    }

    public void Dispose()
    {
        tls?.Dispose();
        if (Fd >= 0)
            _ = Libc.close(Fd);
        Fd = -1;
    }

    private ProbeAnswer? Handshake()
    {
        if (tls!.Handshake(out var wanted) is { } problem)
            return question.Failed(problem);
        Events = wanted;
        return tls.IsOpen && unsent.IsEmpty ? Judge(default, ended: false) : null;
    }

    private ProbeAnswer? SendRest()
    {
        while (!unsent.IsEmpty)
        {
            var sent = tls?.Send(unsent.Span) ?? SocketCalls.Send(Fd, unsent.Span);
            if (sent < 0)
                return Failed(-sent);
            if (sent == 0)
                break;
            unsent = unsent[sent..];
        }

        Events = unsent.IsEmpty ? POLLIN : SocketCalls.POLLOUT;
        return null;
    }

    private ProbeAnswer? Receive(byte[] buffer)
    {
        while (true)
        {
            var count = tls is null ? SocketCalls.Receive(Fd, buffer) : tls.Receive(buffer);
            if (count is null)
                return null;
            if (count < 0)
                return Failed(-count.Value);
            var all = Gather(buffer.AsSpan(0, count.Value));
            if (Judge(all, ended: count == 0) is { } answer)
                return answer;
            if (count == 0)
                return question.Failed("connection closed without an answer");
            if (all.Length > MaxAnswer)
                return question.Failed("the answer has no end");
            // Most answers come whole and are never copied.
            if (received.Length < all.Length)
                received = all.ToArray();
        }
    }

    private ReadOnlySpan<byte> Gather(ReadOnlySpan<byte> fresh)
    {
        if (received.Length == 0)
            return fresh;
        received = [.. received, .. fresh];
        return received;
    }

    private ProbeAnswer? Judge(ReadOnlySpan<byte> all, bool ended)
    {
        var step = dialogue.Take(all, ended);
        if (step.Reply is { } reply)
        {
            unsent = unsent.IsEmpty ? reply : (byte[])[.. unsent.Span, .. reply];
            // Best effort once the verdict is there: it is a farewell then.
            if (SendRest() is { } failed && step.Verdict is null)
                return failed;
        }

        return step.Verdict is { } passed ? new ProbeAnswer(passed, $"{question.Words}: {step.Text}") : null;
    }

    private ProbeAnswer Failed(int errno) => question.Failed(Words(errno));

    private static string Words(int errno) => errno switch
    {
        SocketErrors.ConnectionRefused => "connection refused",
        SocketErrors.ConnectionReset => "connection reset",
        _ => Marshal.GetPInvokeErrorMessage(errno),
    };

    private static class SocketErrors
    {
        public const int ConnectionReset = 104;
        public const int ConnectionRefused = 111;
    }
}
