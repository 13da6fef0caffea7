using MyApp.Api.Console;

namespace MyApp.Tests.Console;

public sealed class ConsoleTextTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1024, "1.0 KiB")]
    [InlineData(18_612_224, "17.8 MiB")]
    [InlineData(157_286_400, "150 MiB")]
    [InlineData(long.MaxValue, "8388608 TiB")]
    public void Bytes_OfASize_ReadShort(long bytes, string text) => Assert.Equal(text, ConsoleText.Bytes(bytes));

    [Theory]
    [InlineData(0, "0 ms")]
    [InlineData(0.25, "250 ms")]
    [InlineData(6.24, "6.2 s")]
    [InlineData(113, "1 min 53 s")]
    [InlineData(7380, "2 h 3 min")]
    public void Duration_OfATime_ReadsShort(double seconds, string text) => Assert.Equal(text, ConsoleText.Duration(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(-3, "just now")]
    [InlineData(59, "59 s ago")]
    [InlineData(60, "1 min ago")]
    [InlineData(7200, "2 h ago")]
    [InlineData(172_800, "2 d ago")]
    public void Age_OfATime_ReadsShort(double seconds, string text) => Assert.Equal(text, ConsoleText.Age(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData("crashLoop", "crash loop")]
    [InlineData("RollingBack", "rolling back")]
    [InlineData("ready", "ready")]
    public void Words_OfAStatesName_AreThosePeopleWrite(string name, string text) => Assert.Equal(text, ConsoleText.Words(name));

    [Fact]
    public void ShortDigest_OfADigest_DropsTheAlgorithm() => Assert.Equal("0123456789ab", ConsoleText.ShortDigest("sha256:0123456789abcdef"));

    [Fact]
    public void Links_OfHostileNames_StayOneSegmentAndOneValue()
    {
        Assert.Equal("/services/..%2F%3Fa%3Db%23?environment=d%26x%3D1", ConsoleLinks.Service("../?a=b#", "d&x=1"));
        Assert.Equal("/services/a%2Fb/stop", ConsoleLinks.Command("a/b", "stop"));
    }
}
