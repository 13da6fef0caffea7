using MyApp.Cli.Output;
using MyApp.Deployment.Rollouts;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace MyApp.Cli.Rollouts;

/// <summary>The rollouts of one call as a picture of a terminal's width. Changed by events, drawn for an instant.</summary>
internal sealed class RolloutBoard
{
    private const int MostNotes = 6;
    private static readonly string[] Spinner = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

    private readonly List<Column> columns = [];

    public string? Notice { get; set; }

    public void Apply(RolloutEvent happened)
    {
        Notice = null;
        var column = columns.Find(c => c.Rollout == happened.Rollout);
        if (column is null)
            columns.Add(column = new Column(happened.Rollout, $"{happened.Service} → {happened.Environment}"));
        column.Apply(happened);
    }

    public IRenderable Draw(DateTimeOffset now, int width)
    {
        var lines = columns.SelectMany(c => c.Draw(now)).ToList();
        if (Notice is { } notice)
            lines.Add(("! " + notice, new Style(Color.Yellow)));
        // Spectre can't measure rows without any.
        return lines.Count == 0 ? new Text("") : new Rows(lines.Select(l => new Text(Fit(l.Text, width - 1), l.Style)));
    }

    private static string Fit(string text, int width)
    {
        var line = TerminalText.CleanLine(text).Replace('\t', ' ');
        return line.Length <= width ? line : line[..Math.Max(0, width - 1)] + "…";
    }

    private sealed class Column(Guid rollout, string title)
    {
        private readonly List<Step> steps = [];

        public Guid Rollout { get; } = rollout;

        public void Apply(RolloutEvent happened)
        {
            if (happened.State.IsFinal())
                Close(happened.Time);
            else if (happened.Kind == RolloutEventKind.Entered)
                Enter(happened);
            else if (steps.FindLast(s => s.State == happened.State) is { } step)
                step.Apply(happened);
        }

        public IEnumerable<(string Text, Style Style)> Draw(DateTimeOffset now) =>
            steps.SelectMany(s => s.Draw(now)).Prepend((title, new Style(decoration: Decoration.Bold)));

        private void Enter(RolloutEvent happened)
        {
            Close(happened.Time);
            steps.Add(new Step(happened.State, happened.Time) { Message = happened.Message });
        }

        // A step that was left without a word, because the one after it failed or a server was killed.
        private void Close(DateTimeOffset time)
        {
            if (steps is [.., { Duration: null } last])
                last.Duration = time - last.Since;
        }
    }

    private sealed class Step(RolloutState state, DateTimeOffset since)
    {
        private readonly List<string> notes = [];

        public RolloutState State { get; } = state;

        public DateTimeOffset Since { get; } = since;

        public TimeSpan? Duration { get; set; }

        public string Message { get; set; } = "";

        public void Apply(RolloutEvent happened)
        {
            if (happened.Kind == RolloutEventKind.Note)
                notes.Add(happened.Message.Split('\n')[0]);
            else
                (Duration, Message) = (happened.Duration ?? happened.Time - Since, happened.Message.Length > 0 ? happened.Message : Message);
        }

        public IEnumerable<(string Text, Style Style)> Draw(DateTimeOffset now)
        {
            var elapsed = Duration ?? now - Since;
            var mark = Duration is null ? Spinner[(int)(Math.Max(0, elapsed.TotalMilliseconds) / 100) % Spinner.Length] : "✓";
            var text = $"  {mark} {RolloutWords.Of(State),-12}{Words.Duration(elapsed),8}  {Message.Split('\n')[0]}".TrimEnd();
            yield return (text, new Style(Duration is null ? Color.Yellow : Color.Green));
            foreach (var note in notes.TakeLast(MostNotes))
                yield return ($"      {note}", new Style(decoration: Decoration.Dim));
        }
    }
}
