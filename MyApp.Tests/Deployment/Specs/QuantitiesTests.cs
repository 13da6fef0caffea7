using MyApp.Deployment.Specs;

namespace MyApp.Tests.Deployment.Specs;

public sealed class QuantitiesTests
{
    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("30s", 30_000)]
    [InlineData("1.5m", 90_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("30d", 2_592_000_000)]
    [InlineData("0s", 0)]
    public void Duration_KnownUnit_IsRead(string text, double milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Quantities.Duration(text));

    [Theory]
    [InlineData("30")]
    [InlineData("-1s")]
    [InlineData("1w")]
    [InlineData("1 s")]
    [InlineData("1s\n")]
    [InlineData("99999d")]
    [InlineData("9999999999999999999999s")]
    [InlineData("")]
    public void Duration_AnythingElse_IsRefused(string text) => Assert.Null(Quantities.Duration(text));

    [Theory]
    [InlineData("512", 512L)]
    [InlineData("64Ki", 65_536L)]
    [InlineData("64Mi", 67_108_864L)]
    [InlineData("1.5Gi", 1_610_612_736L)]
    public void Size_PowerOf1024_IsRead(string text, long bytes) => Assert.Equal(bytes, Quantities.Size(text));

    [Theory]
    [InlineData("64MB")]
    [InlineData("64M")]
    [InlineData("1.3")]
    [InlineData("-1Ki")]
    [InlineData("9999999Gi")]
    public void Size_AnythingElse_IsRefused(string text) => Assert.Null(Quantities.Size(text));

    [Theory]
    [InlineData("250m", 250)]
    [InlineData("2", 2000)]
    [InlineData("0.5", 500)]
    public void Millicores_CoresOrThousandths_AreRead(string text, int millicores) => Assert.Equal(millicores, Quantities.Millicores(text));

    [Theory]
    [InlineData("0.5m")]
    [InlineData("1k")]
    [InlineData("0.0001")]
    public void Millicores_AnythingElse_IsRefused(string text) => Assert.Null(Quantities.Millicores(text));
}
