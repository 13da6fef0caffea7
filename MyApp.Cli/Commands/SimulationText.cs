using System.Globalization;
using MyApp.Cli.Output;
using MyApp.Deployment.Policies;
using MyApp.Supervision.Units;

namespace MyApp.Cli.Commands;

/// <summary>A simulated timeline as a table, one run a line.</summary>
internal sealed class SimulationText(Screen screen)
{
    public void Print(Simulation simulation, Unit unit)
    {
        screen.Line(new Styled(unit.Service, Tone.Strong), $" in {unit.Environment} on {simulation.Target}: {string.Join("  ", simulation.Settings)}");
        screen.Line("");
        var table = new TextTable("RUN", "START", "READY", "END", "THEN", "PAUSE", "NEXT START", "WHY");
        foreach (var run in simulation.Runs)
            table.Add(Row(run));
        table.Print(screen);
        if (simulation.NotReached > 0)
            screen.Line(new Styled($"  planned exits that do not happen, as it is not started again: {simulation.NotReached}", Tone.Faint));
        if (simulation.Notes.Count > 0)
            screen.Line("");
        foreach (var note in simulation.Notes)
            screen.Line(new Styled($"  {note}", Tone.Faint));
    }

    private static Styled[] Row(SimulatedRun run) =>
    [
        run.Number.ToString(CultureInfo.InvariantCulture),
        Time(run.Start),
        run.Ready ? new("yes", Tone.Good) : new("no", Tone.Warning),
        Time(run.End),
        Then(run),
        Pause(run.Pause),
        run.NextStart is { } next ? Time(next) : "-",
        run.Reason,
    ];

    private static Styled Then(SimulatedRun run)
    {
        var alert = run.Alert ? ", alert" : "";
        return run switch
        {
            { Then: AfterExit.Completed } => new("completed", Tone.Good),
            { Then: AfterExit.GivenUp } => new($"given up{alert}", Tone.Bad),
            { CrashLoop: true } => new($"crash loop{alert}", Tone.Bad),
            _ => new("restart", Tone.Warning),
        };
    }

    private static Styled Pause(PauseRange? pause) => pause switch
    {
        null => "-",
        { Most: var most } when most == TimeSpan.Zero => "none",
        { Least: var least, Most: var most } when least == most => Time(most),
        _ => $"{Time(pause.Middle)} ({Time(pause.Least)} to {Time(pause.Most)})",
    };

    private static string Time(TimeSpan time) => time switch
    {
        { TotalMinutes: < 1 } => Invariant($"{time.TotalSeconds:0.###}s"),
        { TotalHours: < 1 } => Invariant($"{(int)time.TotalMinutes}m{time.TotalSeconds % 60:0.#}s"),
        _ => Invariant($"{(int)time.TotalHours}h{time.Minutes}m{time.Seconds}s"),
    };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
