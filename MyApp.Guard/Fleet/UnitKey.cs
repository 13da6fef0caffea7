using MyApp.Supervision.Units;

namespace MyApp.Guard.Fleet;

internal readonly record struct ServiceKey(string Environment, string Service)
{
    public override string ToString() => $"{Service} in {Environment}";
}

internal readonly record struct UnitKey(ServiceKey Service, string Release)
{
    public static UnitKey Of(Unit unit) => new(new ServiceKey(unit.Environment, unit.Service), unit.Release);

    /// <summary>The name of one of its instances, unlike that of any other of this guard.</summary>
    public string Instance(int replica) => $"{Service.Environment}.{Service.Service}.{Release}.{replica}";
}
