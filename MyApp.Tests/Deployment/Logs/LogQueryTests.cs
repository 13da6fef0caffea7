using System.Text;
using FsCheck;
using FsCheck.Fluent;
using MyApp.Deployment.Logs;

namespace MyApp.Tests.Deployment.Logs;

public sealed class LogQueryTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("1h", "2026-03-01T11:00:00+00:00")]
    [InlineData("2d", "2026-02-27T12:00:00+00:00")]
    [InlineData("2026-02-28", "2026-02-28T00:00:00+00:00")]
    [InlineData("2026-02-28T10:30", "2026-02-28T10:30:00+00:00")]
    [InlineData("2026-02-28T10:30:00.5+01:00", "2026-02-28T10:30:00.5+01:00")]
    public void Parse_ADurationOrATime_IsAPointInTime(string text, string expected) => Assert.Equal(DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), LogTime.Parse(text, Noon));

    [Theory]
    [InlineData("yesterday")]
    [InlineData("-1h")]
    [InlineData("28.02.2026")]
    [InlineData("")]
    public void Parse_AnythingElse_IsNone(string text) => Assert.Null(LogTime.Parse(text, Noon));

    [Theory]
    [InlineData("status=5..", "GET / status=503", true)]
    [InlineData("^GET", "POST /", false)]
    public void Pattern_MatchesAsItSays(string pattern, string line, bool matches) => Assert.Equal(matches, LogPattern.Read(pattern, out _)!.Matches(line));

    [Theory]
    [InlineData("status=5..", "status=5")]
    [InlineData("^time?out$", "tim")]
    [InlineData("größe", "größe")]
    [InlineData("a*", null)]
    [InlineData("(?i)error", null)]
    [InlineData("one|other", null)]
    public void Pattern_WordThatEveryMatchHas_IsKnown(string pattern, string? word) =>
        Assert.Equal(word, LogPattern.Read(pattern, out _)!.Word is { } bytes ? Encoding.UTF8.GetString(bytes) : null);

    [Fact]
    public void Pattern_LinesThatMatch_AllHaveItsWord()
    {
        var texts = Gen.ArrayOf(Gen.Elements("a", "b", ".", "*", "+", "?", "^", "$", "ö", " ", "{", "|", "\\")).Select(string.Concat);
        Prop.ForAll(texts.ToArbitrary(), Gen.ArrayOf(Gen.Elements("a", "b", "ö", " ")).Select(string.Concat).ToArbitrary(), (pattern, line) =>
            LogPattern.Read(pattern, out _) is not { } read || !read.Matches(Encoding.UTF8.GetBytes(line)) || read.Word is null
            || line.Contains(Encoding.UTF8.GetString(read.Word), StringComparison.Ordinal)).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("(", "can't be searched for")]
    [InlineData(@"(a)\1", "can't be searched for")]
    [InlineData("", "1 to 1000 characters")]
    public void Pattern_ThatCantBeUsed_IsRefusedWithAReason(string pattern, string says)
    {
        Assert.Null(LogPattern.Read(pattern, out var problem));
        Assert.Contains(says, problem, StringComparison.Ordinal);
    }

    [Fact(Timeout = 180_000)]
    public async Task Pattern_MadeToBacktrackForEver_IsMatchedAtOnce() =>
        Assert.False(await Task.Run(() => LogPattern.Read("^(a+)+$", out _)!.Matches(new string('a', 50_000) + "!"), TestContext.Current.CancellationToken));
}
