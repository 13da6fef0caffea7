using System.Text;
using MyApp.Supervision.Logs;
using MyApp.Supervision.Units;
using MyApp.Tests.Support;

namespace MyApp.Tests.Supervision;

/// <summary>What the guard decides about logs: which file, when a new one, what is kept.</summary>
public sealed class LogRuleTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("""{"level":"info","msg":"x"}""", LogStream.Access)]
    [InlineData("""{"level":"ERROR","msg":"x"}""", LogStream.Error)]
    [InlineData("""{"msg":"x","level":"fatal"}""", LogStream.Error)]
    [InlineData("""{"level":"panic"}""", LogStream.Error)]
    [InlineData("""{"level":"critical"}""", LogStream.Error)]
    [InlineData("""{"level":"debug"}""", LogStream.Trace)]
    [InlineData("""{"level":"trace"}""", LogStream.Trace)]
    [InlineData("""{"level":"access"}""", LogStream.Access)]
    [InlineData("""{"inner":{"level":"debug"},"level":"info"}""", LogStream.Access)]
    public void Line_WithTheMember_BelongsToWhatItSays(string line, LogStream expected) =>
        Assert.Equal(expected, new LogClassifier("level").Classify(Encoding.UTF8.GetBytes(line), LogStream.Error == expected ? LogStream.Access : LogStream.Error));

    [Theory]
    [InlineData("")]
    [InlineData("level")]
    [InlineData("{\"level\":")]
    [InlineData("{\"level\":7}")]
    [InlineData("{level: debug}")]
    [InlineData("""{"inner":{"level":"debug"}}""")]
    [InlineData("""[{"level":"debug"}]""")]
    public void Line_ThatDoesNotSay_StaysWhereItWas(string line)
    {
        Assert.Equal(LogStream.Error, new LogClassifier("level").Classify(Encoding.UTF8.GetBytes(line), LogStream.Error));
        Assert.Equal(LogStream.Access, new LogClassifier("level").Classify(Encoding.UTF8.GetBytes(line), LogStream.Access));
    }

    [Fact]
    public void File_IsRotated_BeforeItGrowsOverItsSize()
    {
        var rule = new LogRule { MaxFileBytes = 100 };
        Assert.False(LogRotation.IsDue(rule, 60, Noon, Noon, 40));
        Assert.True(LogRotation.IsDue(rule, 60, Noon, Noon, 41));
        Assert.False(LogRotation.IsDue(rule, 0, Noon, Noon, 1000), "an empty file takes a line of any length");
    }

    [Theory]
    [InlineData(LogPeriod.None, 60 * 48, false)]
    [InlineData(LogPeriod.Hour, 29, false)]
    [InlineData(LogPeriod.Hour, 30, true)]
    [InlineData(LogPeriod.Day, 60 * 11, false)]
    [InlineData(LogPeriod.Day, (60 * 11) + 30, true)]
    [InlineData(LogPeriod.Hour, -120, false)]
    public void File_IsRotated_WithTheFirstLineOfTheNextPeriod(LogPeriod period, int minutes, bool due)
    {
        var clock = new FakeClock(Noon.AddMinutes(30));
        var before = clock.GetUtcNow();
        if (minutes > 0)
            clock.Advance(TimeSpan.FromMinutes(minutes));

        // The offset of the clock changes nothing: hours and days are those of UTC.
        var now = (minutes > 0 ? clock.GetUtcNow() : before.AddMinutes(minutes)).ToOffset(TimeSpan.FromHours(5.5));
        Assert.Equal(due, LogRotation.IsDue(new LogRule { Rotate = period }, 1, before, now, 0));
    }

    [Fact]
    public void Name_WrittenAndParsed_IsTheSameAndSortsByTime()
    {
        RotatedLog[] logs =
        [
            new(LogStream.Access, Noon, false, 7), new(LogStream.Error, Noon.AddMilliseconds(1), true, 7), new(LogStream.Trace, Noon.AddDays(400), false, 7),
        ];

        Assert.All(logs, log => Assert.Equal(log, RotatedLog.Parse(log.Name, 7)));
        Assert.Equal("access-20261123T120000.000Z.log", logs[0].Name);
        Assert.Equal("error-20261123T120000.001Z.log.gz", logs[1].Name);
        Assert.True(string.CompareOrdinal(logs[0].Name, (logs[0] with { Ended = Noon.AddMilliseconds(1) }).Name) < 0);
    }

    [Theory]
    [InlineData("access.log")]
    [InlineData("other-20261123T120000.000Z.log")]
    [InlineData("access-yesterday.log")]
    [InlineData(".access-20261123T120000.000Z.log.gz")]
    [InlineData("access-20261123T120000.000Z.txt")]
    public void Name_OfAnotherForm_IsNoRotatedLog(string name) => Assert.Null(RotatedLog.Parse(name));

    [Fact]
    public void NextTime_WhenTheClockWasSetBack_IsStillLater()
    {
        Assert.Equal(Noon, RotatedLog.NextTime(Noon, null));
        Assert.Equal(Noon.AddMilliseconds(1), RotatedLog.NextTime(Noon, Noon));
        Assert.Equal(Noon.AddMilliseconds(1), RotatedLog.NextTime(Noon.AddHours(-1), Noon));
    }

    [Fact]
    public void Retention_CountsEachStreamForItself()
    {
        RotatedLog[] files = [At(LogStream.Access, 1), At(LogStream.Access, 2), At(LogStream.Access, 3), At(LogStream.Error, 9)];

        var removed = LogRetention.ToRemove(files, 0, new LogRule { KeepFiles = 2 }, Noon);

        Assert.Equal([files[2]], removed);
        Assert.Equal(files, LogRetention.ToRemove(files, 0, new LogRule { KeepFiles = 0 }, Noon));
        Assert.Empty(LogRetention.ToRemove(files, 0, new LogRule { KeepFiles = null }, Noon));
    }

    [Fact]
    public void Retention_RemovesWhatIsTooOld()
    {
        RotatedLog[] files = [At(LogStream.Access, 1), At(LogStream.Access, 24), At(LogStream.Error, 25)];

        Assert.Equal([files[2]], LogRetention.ToRemove(files, 0, new LogRule { KeepFor = TimeSpan.FromHours(24) }, Noon));
    }

    [Fact]
    public void Retention_OverTheTotal_RemovesTheOldestOfAllStreams()
    {
        RotatedLog[] files = [At(LogStream.Access, 1), At(LogStream.Error, 2), At(LogStream.Access, 3)];

        Assert.Empty(LogRetention.ToRemove(files, 700, new LogRule { MaxTotalBytes = 1000 }, Noon));
        Assert.Equal([files[2]], LogRetention.ToRemove(files, 701, new LogRule { MaxTotalBytes = 1000 }, Noon));
        Assert.Equal([files[2], files[1], files[0]], LogRetention.ToRemove(files, 5000, new LogRule { MaxTotalBytes = 1000 }, Noon));
    }

    [Fact]
    public void Compression_LeavesTheYoungestOfEachStream()
    {
        RotatedLog[] files =
        [
            At(LogStream.Access, 3), At(LogStream.Access, 1), At(LogStream.Access, 2), At(LogStream.Access, 4) with { Compressed = true }, At(LogStream.Error, 5),
        ];

        Assert.Equal([files[2], files[0]], LogRetention.ToCompress(files));
    }

    [Fact]
    public void Disk_IsLowBelowATenth_UntilThereIsMore()
    {
        Assert.False(DiskFloor.IsLow(false, 100, 1000));
        Assert.True(DiskFloor.IsLow(false, 99, 1000));
        Assert.True(DiskFloor.IsLow(true, 109, 1000));
        Assert.False(DiskFloor.IsLow(true, 110, 1000));
        Assert.False(DiskFloor.IsLow(false, 0, 0));
    }

    private static RotatedLog At(LogStream stream, int hoursAgo) => new(stream, Noon.AddHours(-hoursAgo), false, 100);
}
