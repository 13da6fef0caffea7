using MyApp.Supervision.Ordering;

namespace MyApp.Tests.Supervision;

public sealed class DependencyTests
{
    [Fact]
    public void Pauses_OfFailuresInARow_DoubleToTenSeconds()
    {
        var pauses = new List<double>();
        var pace = DependencyPace.Unknown;
        for (var i = 0; i < 7; i++)
            pauses.Add((pace = pace.Answered(up: false)).Pause.TotalSeconds);

        Assert.Equal([0.5, 1, 2, 4, 8, 10, 10], pauses);
    }

    [Fact]
    public void Pause_AfterAnyNumberOfFailures_StaysAtTheCap() =>
        Assert.Equal(10, new DependencyPace { Failures = int.MaxValue }.Answered(up: false).Pause.TotalSeconds);

    [Fact]
    public void Dependency_ThatIsThere_IsLostAfterThreeFailuresAndNotBefore()
    {
        var pace = DependencyPace.Unknown.Answered(up: true);
        var seen = new List<bool?>();
        for (var i = 0; i < 3; i++)
            seen.Add((pace = pace.Answered(up: false)).Up);

        Assert.Equal([true, true, false], seen);
        Assert.Equal((true, 10.0), (pace.Answered(up: true).Up, pace.Answered(up: true).Pause.TotalSeconds));
    }

    [Fact]
    public void Dependency_ThatNeverWasThere_IsMissedAtOnce() => Assert.False(DependencyPace.Unknown.Answered(up: false).Up);

    [Theory]
    [InlineData("tcp://db:1234", "tcp://db:1234")]
    [InlineData("tcp://[::1]:1234", "tcp://[::1]:1234")]
    [InlineData("http://a/b?key=secret", "http://a:80/b")]
    [InlineData("https://a.example/", "https://a.example:443/")]
    [InlineData("postgres://me:secret@db/orders?sslmode=disable", "postgres://db:5432")]
    [InlineData("redis://:secret@cache:6380/0", "redis://cache:6380")]
    public void Address_IsReadAndShownWithoutSecrets(string text, string shown)
    {
        Assert.Equal(shown, CheckAddress.TryParse(text, out var problem)?.ToString());
        Assert.Null(problem);
    }

    [Theory]
    [InlineData("postgres://db", "postgres", "postgres")]
    [InlineData("postgres://me@db", "me", "me")]
    [InlineData("postgres://m%40e:pw@db/shop", "m@e", "shop")]
    public void Postgres_HasUserAndDatabase(string text, string user, string database)
    {
        var address = CheckAddress.TryParse(text, out _)!;
        Assert.Equal((user, database), (address.User, address.Database));
    }

    [Theory]
    [InlineData("", "must be an address: tcp://, http://, https://, postgres:// or redis://")]
    [InlineData("db:5432", "must be an address: tcp://, http://, https://, postgres:// or redis://")]
    [InlineData("ftp://db", "must be an address: tcp://, http://, https://, postgres:// or redis://")]
    [InlineData("tcp://db", "the address has no port")]
    [InlineData("tcp:///x", "the address has no host")]
    public void Address_ThatIsNone_IsExplained(string text, string problem)
    {
        Assert.Null(CheckAddress.TryParse(text, out var why));
        Assert.Equal(problem, why);
    }
}
