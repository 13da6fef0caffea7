using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging;
using MyApp.Api.Console;
using MyApp.Tests.Support;

namespace MyApp.Tests.Console;

/// <summary>A component's HTML, rendered without a server, at <see cref="Sample.Now"/>.</summary>
internal static class Rendered
{
    public static async Task<string> HtmlAsync<TComponent>(params (string Name, object? Value)[] parameters) where TComponent : IComponent
    {
        await using var services = new ServiceCollection()
            .AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance)
            .AddSingleton<ConsoleAssets>()
            .AddSingleton<TimeProvider>(new FakeClock(Sample.Now))
            .AddSingleton<AntiforgeryStateProvider, Token>()
            .BuildServiceProvider();
        await using var renderer = new HtmlRenderer(services, NullLoggerFactory.Instance);
        return await renderer.Dispatcher.InvokeAsync(async () =>
        {
            var view = ParameterView.FromDictionary(parameters.ToDictionary(p => p.Name, p => p.Value));
            return (await renderer.RenderComponentAsync<TComponent>(view)).ToHtmlString();
        });
    }

    private sealed class Token : AntiforgeryStateProvider
    {
        public override AntiforgeryRequestToken? GetAntiforgeryToken() => new("token-of-this-form", "__RequestVerificationToken");
    }
}
