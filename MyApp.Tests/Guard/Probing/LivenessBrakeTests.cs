using MyApp.Guard.Probing;
using MyApp.Supervision.States;

namespace MyApp.Tests.Guard.Probing;

public sealed class LivenessBrakeTests
{
    private readonly LivenessBrake brake = new();
    private readonly List<string> granted = [];

    [Fact]
    public void Restarts_OfAServiceFailingAtOnce_GoOneQuarterAtATime()
    {
        Up(8, _ => "shop");

        Assert.Equal([null, null, "2 of 8 instances of the service are away after liveness restarts, 2 may be"], new[] { 0, 1, 2 }.Select(Ask));
        Assert.NotNull(Ask(3));
        brake.Entered("shop", "0", InstancePhase.Starting);
        Assert.Equal(["0", "1"], granted);
        brake.Entered("shop", "0", InstancePhase.Ready);
        Assert.Equal(["0", "1", "2"], granted);
        brake.Entered("shop", "1", InstancePhase.Ready);
        Assert.Equal(["0", "1", "2", "3"], granted);
    }

    [Fact]
    public void Restart_OfTheOnlyInstance_IsGranted()
    {
        Up(1, _ => "shop");
        Assert.Null(Ask(0));
    }

    [Fact]
    public void Instance_ThatIsWellAgain_IsNotGrantedLater()
    {
        Up(2, _ => "shop");
        Ask(0);
        Ask(1);
        brake.Withdraw("1");
        brake.Entered("shop", "0", InstancePhase.Ready);

        Assert.Equal(["0"], granted);
    }

    [Theory]
    [InlineData(InstancePhase.Stopped)]
    [InlineData(InstancePhase.Failed)]
    [InlineData(InstancePhase.CrashLoop)]
    public void Instance_ThatWillNotBeBackSoon_HoldsUpNoOther(InstancePhase phase)
    {
        Up(3, _ => "shop");
        Ask(0);
        Ask(1);
        brake.Entered("shop", "0", phase);

        Assert.Equal(["0", "1"], granted);
    }

    [Fact]
    public void Guard_IsBrakedOverItsServices()
    {
        Up(8, i => $"service-{i}");

        Assert.Equal([null, null, "2 of 8 instances of the guard are away after liveness restarts, 2 may be"], new[] { 0, 1, 2 }.Select(Ask));
        brake.Entered("service-1", "1", InstancePhase.Ready);
        Assert.Equal(["0", "1", "2"], granted);
    }

    private void Up(int count, Func<int, string> service)
    {
        for (var i = 0; i < count; i++)
            brake.Entered(service(i), $"{i}", InstancePhase.Ready);
    }

    private string? Ask(int instance) => brake.Ask($"{instance}", () => granted.Add($"{instance}"));
}
