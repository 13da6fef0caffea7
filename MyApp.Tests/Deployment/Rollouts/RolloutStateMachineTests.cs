using System.Text;
using MyApp.Deployment.Rollouts;
using MyApp.Tests.Support;

namespace MyApp.Tests.Deployment.Rollouts;

public sealed class RolloutStateMachineTests
{
    [Fact]
    public void Step_EveryStateAndSignal_IsAsTheTableSays()
    {
        var table = new StringBuilder();
        foreach (var facts in new RolloutFacts[] { new(RolloutKind.Ship, true), new(RolloutKind.Ship, false), new(RolloutKind.Rollback, true), new(RolloutKind.Refresh, false) })
        {
            table.Append($"## {facts.Kind}, {(facts.HasPrevious ? "another release had the traffic" : "no other release")}\n");
            foreach (var state in Enum.GetValues<RolloutState>())
            {
                foreach (var signal in Enum.GetValues<RolloutSignal>())
                    table.Append($"{state,-12} {signal,-9} → {Write(RolloutStateMachine.Step(state, signal, facts))}\n");
            }

            table.Append('\n');
        }

        Golden.Check(Path.Combine(Repository.Fixtures, "rollouts", "transitions.txt"), table.ToString());
    }

    [Fact]
    public void Step_FinalStates_GoNowhere()
    {
        foreach (var state in new[] { RolloutState.Succeeded, RolloutState.RolledBack, RolloutState.Failed, RolloutState.Cancelled })
        {
            foreach (var signal in Enum.GetValues<RolloutSignal>())
                Assert.Null(RolloutStateMachine.Step(state, signal, new(RolloutKind.Ship, true)));
        }
    }

    private static string Write(RolloutTransition? transition) =>
        transition is null ? "-" : string.Join(" ", [transition.Next.ToString(), .. transition.Actions.Select(action => $"[{action}]")]);
}
