using MyApp.Guard.Native;
using MyApp.Guard.Serve;
using MyApp.Guard.Shim;

const int Failed = 1;
const int BadInput = 2;
try
{
    switch (args)
    {
        case ["exec", ..]:
            var options = ShimOptions.Parse(args.AsSpan(1));
            if (options.UnitFile is not null)
                return await new UnitShim(options, TimeProvider.System, Console.Error).RunAsync();
            using (var shim = new ExecShim(options, Console.Error))
                return shim.Run();
        case ["serve", ..]:
            return await new GuardDaemon(ServeOptions.Parse(args.AsSpan(1)), TimeProvider.System, Console.Error).RunAsync();
        default:
            throw new FormatException("the first argument must be serve or exec");
    }
}
catch (FormatException e)
{
    Console.Error.WriteLine($"myapp-guard: {e.Message}\n{ServeOptions.Usage}\n{ShimOptions.Usage}");
    return BadInput;
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException or NativeException)
{
    Console.Error.WriteLine($"myapp-guard: {e.Message}");
    return Failed;
}
