using System.Buffers.Binary;
using System.Text;
using MyApp.Guard.Probing.Dialogues;

namespace MyApp.Guard.Dependencies;

/// <summary>
/// Begins a session as a client does (StartupMessage, protocol 3.0) and goes when the server has answered sensibly: asked for a password,
/// let us in, or refused us for a reason of its own. Only "cannot connect now" (57P03), said while it starts or stops, is not there.
/// </summary>
internal sealed class PostgresDialogue(byte[] opening) : Dialogue
{
    private const int ProtocolVersion = 3 << 16;
    private const string CannotConnectNow = "57P03";
    private static readonly byte[] Terminate = [(byte)'X', 0, 0, 0, 4];

    public override ReadOnlyMemory<byte> Opening => opening;

    public static byte[] Startup(string user, string database)
    {
        var parameters = Encoding.UTF8.GetBytes($"user\0{user}\0database\0{database}\0application_name\0myapp-guard\0\0");
        var message = new byte[8 + parameters.Length];
        BinaryPrimitives.WriteInt32BigEndian(message, message.Length);
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(4), ProtocolVersion);
        parameters.CopyTo(message, 8);
        return message;
    }

    public override DialogueStep Take(ReadOnlySpan<byte> all, bool ended)
    {
        if (all.Length > 0 && all[0] is not ((byte)'R' or (byte)'E'))
            return new DialogueStep(false, "not a PostgreSQL answer");
        // Type, length (its own four bytes included), content.
        var length = all.Length < 5 ? int.MaxValue : BinaryPrimitives.ReadInt32BigEndian(all[1..]);
        if (length is < 8 or > 65536 and < int.MaxValue)
            return new DialogueStep(false, "not a PostgreSQL answer");
        if (all.Length - 1 < length)
            return ended ? new DialogueStep(false, "connection closed without an answer") : DialogueStep.GoOn;
        return all[0] == 'R' ? new DialogueStep(true, "PostgreSQL answers", Terminate) : Refused(all.Slice(5, length - 4));
    }

    // SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0…\0
    private static DialogueStep Refused(ReadOnlySpan<byte> fields)
    {
        string? code = null, words = null;
        foreach (var field in Encoding.UTF8.GetString(fields).Split('\0'))
        {
            if (field.StartsWith('C'))
                code ??= field[1..];
            else if (field.StartsWith('M'))
                words ??= field[1..];
        }

        return code is { Length: 5 } ? new DialogueStep(code != CannotConnectNow, $"{words} ({code})") : new DialogueStep(false, $"refused: {words ?? "without a reason"}");
    }
}
