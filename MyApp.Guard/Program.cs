using MyApp.Guard.Control.Commands;
using MyApp.Guard.Native;
using MyApp.Guard.Serve;
using MyApp.Guard.Shim;

const int Failed = 1;
const int BadInput = 2;
try
{
    switch (args)
    {
        case ["--help" or "-h"] or [_, "--help" or "-h"]:
            Console.WriteLine(UsageOf(args));
            return 0;
        case ["exec", ..]:
            var options = ShimOptions.Parse(args.AsSpan(1));
            if (options.UnitFile is not null)
                return await new UnitShim(options, TimeProvider.System, Console.Error).RunAsync();
            using (var shim = new ExecShim(options, Console.Error))
                return shim.Run();
        case ["serve", ..]:
            return await new GuardDaemon(ServeOptions.Parse(args.AsSpan(1)), TimeProvider.System, Console.Error).RunAsync();
        case ["ctl", ..]:
            return await new Ctl(CtlOptions.Parse(args.AsSpan(1)), Console.Out, Console.Error, TimeProvider.System).RunAsync(CancellationToken.None);
        case ["upgrade", ..]:
            return await new Ctl(CtlOptions.Parse(args), Console.Out, Console.Error, TimeProvider.System).RunAsync(CancellationToken.None);
        case ["--version"]:
            Console.WriteLine(GuardVersion.Line);
            return 0;
        default:
            throw new FormatException("the first argument must be serve, ctl, upgrade or exec");
    }
}
catch (FormatException e)
{
    Console.Error.WriteLine($"myapp-guard: {e.Message}\n{UsageOf(args)}");
    return BadInput;
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException or NativeException)
{
    Console.Error.WriteLine($"myapp-guard: {e.Message}");
    return Failed;
}

static string UsageOf(string[] args) => args switch
{
    ["serve", ..] => ServeOptions.Usage,
    ["exec", ..] => ShimOptions.Usage,
    ["ctl" or "upgrade", ..] => CtlOptions.Usage,
    _ => $"{ServeOptions.Usage}\n{CtlOptions.Usage}\n{ShimOptions.Usage}",
};
