using System.Security.Cryptography;
using System.Text.Json;

namespace MyApp.Supervision.Units;

/// <summary>
/// A unit as a file of a person or a tool: JSON that may hold comments and trailing commas. What it leaves out has the default of
/// <see cref="Unit"/>; without <c>release</c> it is named by its content. A name nobody knows is a problem, not ignored.
/// </summary>
/// <param name="Unit">Null: there are problems.</param>
public sealed record UnitFile(string Name, Unit? Unit, IReadOnlyList<UnitFileProblem> Problems)
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <param name="name">What problems call the file.</param>
    public static UnitFile Read(string name, byte[] text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, Lenient);
            return Read(name, text, document.RootElement);
        }
        catch (JsonException e)
        {
            // Of the text as such, before anything is looked for in it.
            var position = new UnitFileProblem(name, (int)(e.LineNumber ?? 0) + 1, (int)(e.BytePositionInLine ?? 0) + 1, Shortened(e.Message));
            return new UnitFile(name, null, [position]);
        }
    }

    /// <summary>The problem of this file at a member, e.g. <c>ports[0].port</c>.</summary>
    public static UnitFileProblem ProblemAt(string name, ReadOnlySpan<byte> text, string path, string message)
    {
        var (line, column) = JsonPosition.Find(text, path);
        return new UnitFileProblem(name, line, column, message);
    }

    private static UnitFile Read(string name, byte[] text, JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            return new UnitFile(name, null, [new UnitFileProblem(name, 1, 1, "a unit is an object: { \"service\": … }")]);
        var unknown = UnitShape.Problems(root).Select(p => ProblemAt(name, text, p.Path, p.Message)).ToList();
        if (unknown.Count > 0)
            return new UnitFile(name, null, unknown);
        Unit unit;
        try
        {
            unit = Named(UnitDefaults.Read(root));
        }
        catch (JsonException e)
        {
            return new UnitFile(name, null, [ProblemAt(name, text, e.Path ?? "$", $"{e.Path?.TrimStart('$', '.')}: {Shortened(e.Message)}")]);
        }

        var problems = UnitCheck.Problems(unit).Select(p => ProblemAt(name, text, PathOf(p), p)).ToList();
        return new UnitFile(name, problems.Count == 0 ? unit : null, problems);
    }

    // The same content is the same release, whoever wrote it and when.
    private static Unit Named(Unit unit)
    {
        if (unit.Release.Length > 0)
            return unit;
        var hash = SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(unit, UnitJson.Default.Unit));
        return unit with { Release = $"{unit.Service}-{unit.Environment}-{Convert.ToHexStringLower(hash)[..8]}" };
    }

    // "replicas: must be 1 to 1000"
    private static string PathOf(string problem) => problem[..Math.Max(0, problem.IndexOf(':', StringComparison.Ordinal))];

    // "… Path: $.replicas | LineNumber: 0 | BytePositionInLine: 14.": said by file, line and column already.
    private static string Shortened(string message)
    {
        foreach (var tail in (string[])[" Path: ", " LineNumber: "])
        {
            if (message.IndexOf(tail, StringComparison.Ordinal) is var at && at > 0)
                return message[..at];
        }

        return message;
    }
}
