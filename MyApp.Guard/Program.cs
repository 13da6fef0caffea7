using MyApp.Guard.Shim;
using MyApp.Guard.Spawning;

const int BadInput = 2;
try
{
    switch (args)
    {
        case ["spawn"]:
            return SpawnedProcess.Run();
        case ["exec", ..]:
            using (var shim = new ExecShim(ShimOptions.Parse(args.AsSpan(1)), Console.Error))
                return shim.Run();
        default:
            Console.Error.WriteLine(ShimOptions.Usage);
            return BadInput;
    }
}
catch (FormatException e)
{
    Console.Error.WriteLine($"myapp-guard: {e.Message}");
    Console.Error.WriteLine(ShimOptions.Usage);
    return BadInput;
}
