using MyApp.Guard.Probing.Dialogues;

namespace MyApp.Tests.Guard.Probing;

/// <summary>The examples of RFC 7541, appendix C, and what a hostile server may send.</summary>
public sealed class HpackTests
{
    [Theory]
    [InlineData("f1e3c2e5f23a6ba0ab90f4ff", "www.example.com")]
    [InlineData("a8eb10649cbf", "no-cache")]
    [InlineData("25a849e95ba97d7f", "custom-key")]
    [InlineData("d07abe941054d444a8200595040b8166e082a62d1bff", "Mon, 21 Oct 2013 20:13:21 GMT")]
    [InlineData("9d29ad171863c78f0b97c8e9ae82ae43d3", "https://www.example.com")]
    [InlineData("", "")]
    public void Huffman_OfTheExamples_IsDecoded(string coded, string text) =>
        Assert.Equal(text, System.Text.Encoding.ASCII.GetString(Huffman.Decode(Convert.FromHexString(coded))));

    [Theory]
    [InlineData("ffffffff")]
    [InlineData("00")]
    public void Huffman_OfWhatIsNone_IsRefused(string coded) => Assert.Throws<FormatException>(() => Huffman.Decode(Convert.FromHexString(coded)));

    [Fact]
    public void Block_WithIndexedStatusSizeChangeAndLiterals_IsRead()
    {
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        byte[] block = [0x20, 0x88, 0x40, .. Hpack.Text("grpc-status"), .. Hpack.Text("12"), 0x0f, 0x10, .. Hpack.Text("application/grpc")];

        Assert.True(Hpack.TryRead(block, headers));
        Assert.Equal(("200", "12"), (headers[":status"], headers["grpc-status"]));
    }

    [Fact]
    public void Block_WithALiteralStatus_IsRead()
    {
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        Assert.True(Hpack.TryRead([0x48, 0x82, 0x64, 0x02], headers));
        Assert.Equal("302", headers[":status"]);
    }

    [Theory]
    [InlineData("40")]
    [InlineData("4005616263")]
    [InlineData("ffffffffffffff")]
    [InlineData("400161ff")]
    public void Block_ThatEndsInTheMiddle_IsRefused(string block) => Assert.False(Hpack.TryRead(Convert.FromHexString(block), []));

    [Theory]
    [InlineData(10, 5, "0a")]
    [InlineData(1337, 5, "1f9a0a")]
    [InlineData(42, 8, "2a")]
    public void Integer_OfTheExamples_IsWritten(int value, int bits, string coded) => Assert.Equal(coded, Convert.ToHexStringLower(Hpack.Integer(value, bits, 0)));
}
