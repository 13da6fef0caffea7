using System.Runtime.InteropServices;
using MyApp.Bench.Supervisors;

using var interrupted = new CancellationTokenSource();
Action<PosixSignalContext> end = signal =>
{
    // What was started has to be ended first.
    signal.Cancel = true;
    interrupted.Cancel();
};
using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, end);
using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, end);

try
{
    return await Comparison.RunAsync(Options.Parse(args), interrupted.Token);
}
catch (FormatException e)
{
    Console.Error.WriteLine($"{e.Message}\n{Options.Usage}");
    return 2;
}
catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
{
    Console.Error.WriteLine("Interrupted: what was measured until then was written, nothing is left running.");
    return 130;
}
