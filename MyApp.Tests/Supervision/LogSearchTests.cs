using System.IO.Compression;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using MyApp.Supervision.Control;
using MyApp.Supervision.Logs;
using MyApp.Tests.Support;

namespace MyApp.Tests.Supervision;

public sealed class LogSearchTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Read_AnyQueryOfAnyFiles_FindsWhatLookingThroughAllOfThemFinds()
    {
        var queries =
            from lines in Gen.Choose(0, 3000)
            from width in Gen.Elements(0, 10, 400, 3000)
            from files in Gen.Choose(1, 4)
            from count in Gen.Elements(0, 1, 100, 100_000)
            from since in Gen.Choose(-10, 3100)
            from length in Gen.Choose(-10, 3100)
            from word in Gen.Elements("", "7", "999", "nowhere")
            select (lines, width, files, count, since, length, word);
        Prop.ForAll(queries.ToArbitrary(), query =>
        {
            using var own = new TemporaryFolder();
            var all = Enumerable.Range(0, query.lines).Select(i => Line(i, $"{i} {new string('x', query.width)}")).ToList();
            Place(own.Path, all, query.files);
            var (since, until) = (Noon.AddSeconds(query.since), Noon.AddSeconds(query.since + query.length));
            var wanted = new LogWanted(query.count, since, until) { Contained = query.word.Length > 0 ? Encoding.UTF8.GetBytes(query.word) : null, Test = text => Encoding.UTF8.GetString(text).Contains(query.word, StringComparison.Ordinal) };

            var expected = all.Where(line => line.Time >= since && line.Time <= until && line.Text.Contains(query.word, StringComparison.Ordinal)).TakeLast(query.count);
            Assert.Equal(expected, Read(own.Path, wanted));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Read_OfATimeInACompressedFile_DecompressesOnlyWhatIsNear()
    {
        var all = Enumerable.Range(0, 50_000).Select(i => Line(i, $"{i} some words of a usual line")).ToList();
        Place(folder.Path, all, 2);
        var path = Directory.GetFiles(folder.Path, "*.gz").Single();
        Damage(path, new FileInfo(path).Length / 4, new FileInfo(path).Length / 2);

        Assert.Equal(all[20_000..20_010], Read(folder.Path, new(10, all[20_000].Time, all[20_009].Time)));
        Assert.Equal(all[..10], Read(folder.Path, new(100, null, all[9].Time)));
        Assert.Contains(Read(folder.Path, new(int.MaxValue)), line => line.Text == $"[lines are missing here: {Path.GetFileName(path)} is damaged]");
    }

    [Fact]
    public void Read_OfAFileThatAnotherProgramCompressed_FindsTheSame()
    {
        var all = Enumerable.Range(0, 20_000).Select(i => Line(i, $"{i}")).ToList();
        using (var gzip = new GZipStream(File.Create(Path.Combine(folder.Path, new RotatedLog(LogStream.Access, Noon.AddDays(1), true).Name)), CompressionLevel.Fastest))
            gzip.Write(Encoding.UTF8.GetBytes(Text(all)));

        Assert.Equal(all[5000..5010], Read(folder.Path, new(10, all[5000].Time, all[5009].Time)));
        Assert.Equal(all[^3..], Read(folder.Path, new(3)));
    }

    [Fact]
    public void Read_OfLinesWithoutTimes_GivesThemTheTimeOfTheirFile()
    {
        var path = folder.File("access.log", string.Concat(Enumerable.Range(0, 100_000).Select(i => $"plain {i}\n")));
        File.SetLastWriteTimeUtc(path, Noon.UtcDateTime);

        Assert.Equal(["plain 99998", "plain 99999"], Read(folder.Path, new(2, Noon.AddSeconds(-1))).Select(line => line.Text));
        Assert.Empty(Read(folder.Path, new(2, Noon.AddSeconds(1))));
        Assert.Empty(Read(folder.Path, new(2, Until: Noon.AddSeconds(-1))));
    }

    [Fact]
    public void Read_OfLinesLongerThanASegment_KeepsThemWhole()
    {
        var all = Enumerable.Range(0, 7).Select(i => Line(i, new string((char)('a' + i), 700_000))).ToList();
        Place(folder.Path, all, 2);

        Assert.Equal(all[2..5], Read(folder.Path, new(100, all[2].Time, all[4].Time)));
    }

    [Fact]
    public void Read_ThatNobodyWaitsForAnyMore_Ends()
    {
        Place(folder.Path, [Line(0, "one")], 1);
        using var log = LogSnapshot.Take(folder.Path, LogStream.Access, null);

        Assert.Throws<OperationCanceledException>(() => LogSearch.Read([log], new(1), new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task Write_Compressed_IsReadByGzip()
    {
        var text = Text([.. Enumerable.Range(0, 30_000).Select(i => Line(i, $"{i}"))]);
        var path = Path.Combine(folder.Path, "log.gz");
        await using (var file = File.Create(path))
            LogMembers.Write(new MemoryStream(Encoding.UTF8.GetBytes(text)), file);

        var (exit, output) = await ToolProcess.RunAsync("gzip", ["-dc", path], ct: TestContext.Current.CancellationToken);

        Assert.Equal((0, text.Length), (exit, output.Length));
        Assert.Equal(text, output);
    }

    private static List<GuardLogLine> Read(string path, LogWanted wanted)
    {
        using var log = LogSnapshot.Take(path, LogStream.Access, wanted.Since);
        return [.. LogSearch.Read([log], wanted)];
    }

    private static GuardLogLine Line(int second, string text) => new(Noon.AddSeconds(second), "access", "orders-dev-1.0", text);

    private static string Text(IReadOnlyList<GuardLogLine> lines) => string.Concat(lines.Select(line => $"{LogLineFormat.Prefix(line.Time, line.Instance)}{line.Text}\n"));

    // The last is live, the one before is rotated and not compressed yet, those before are.
    private static void Place(string path, IReadOnlyList<GuardLogLine> lines, int files)
    {
        var each = (lines.Count / files) + 1;
        var parts = lines.Chunk(each).ToList();
        for (var i = 0; i < parts.Count; i++)
        {
            var live = i == files - 1;
            var compressed = !live && (files == 2 || i < files - 2);
            using var file = File.Create(Path.Combine(path, live ? "access.log" : new RotatedLog(LogStream.Access, parts[i][^1].Time.AddMilliseconds(1), compressed).Name));
            using var text = new MemoryStream(Encoding.UTF8.GetBytes(Text(parts[i])));
            if (compressed)
                LogMembers.Write(text, file);
            else
                text.CopyTo(file);
        }
    }

    // Bytes inside of members; where they begin and how long they are stays readable.
    private static void Damage(string path, long from, long to)
    {
        using var file = File.Open(path, FileMode.Open, FileAccess.ReadWrite);
        foreach (var (offset, length) in LogMembers.Find(file.SafeFileHandle, file.Length).Where(member => member.Offset >= from && member.Offset < to))
        {
            file.Position = offset + 30;
            file.Write(new byte[(int)length - 40]);
        }
    }
}
