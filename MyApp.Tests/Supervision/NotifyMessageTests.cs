using System.Text;
using MyApp.Supervision.Probes;

namespace MyApp.Tests.Supervision;

public sealed class NotifyMessageTests
{
    [Fact]
    public void Datagram_OfSeveralLines_IsReadWhole() => Assert.Equal(
        new NotifyMessage { Ready = true, Status = "serving 3 shards = all", Errno = 2, ExtendTimeout = TimeSpan.FromSeconds(1.5) },
        Parse("READY=1\nSTATUS=serving 3 shards = all\nMAINPID=42\nERRNO=2\nEXTEND_TIMEOUT_USEC=1500000\nFDSTORE=1\n"));

    [Theory]
    [InlineData("WATCHDOG=1", true, false)]
    [InlineData("WATCHDOG=trigger", false, true)]
    [InlineData("WATCHDOG=2", false, false)]
    public void Watchdog_IsASignOfLifeOrItsOpposite(string text, bool watchdog, bool trigger)
    {
        var message = Parse(text);
        Assert.Equal((watchdog, trigger), (message.Watchdog, message.Trigger));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("READY")]
    [InlineData("=1")]
    [InlineData("READY=0")]
    [InlineData("ready=1")]
    [InlineData("ERRNO=-x\nEXTEND_TIMEOUT_USEC=soon")]
    public void Datagram_ThatSaysNothingKnown_IsEmpty(string text) => Assert.Equal(new NotifyMessage(), Parse(text));

    [Fact]
    public void Datagram_ThatIsNoText_IsNoTrouble() => Assert.Equal(new NotifyMessage { Stopping = true }, NotifyMessage.Parse([0xff, 0x00, (byte)'\n', .. "STOPPING=1\0"u8]));

    [Fact]
    public void Status_OfAnyLength_IsCut() => Assert.Equal(256, Parse("STATUS=" + new string('x', 4000)).Status!.Length);

    [Fact]
    public void Extension_OfAnyLength_IsAtMostADay() =>
        Assert.Equal(TimeSpan.FromDays(1), Parse($"EXTEND_TIMEOUT_USEC={long.MaxValue}").ExtendTimeout);

    private static NotifyMessage Parse(string text) => NotifyMessage.Parse(Encoding.UTF8.GetBytes(text));
}
