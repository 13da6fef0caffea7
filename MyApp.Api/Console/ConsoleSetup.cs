using Microsoft.AspNetCore.DataProtection;
using MyApp.Deployment.Transport;

namespace MyApp.Api.Console;

public static class ConsoleSetup
{
    public static WebApplicationBuilder AddConsole(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ConsoleAssets>();
        builder.Services.AddRazorComponents();
        builder.Services.AddAntiforgery(options =>
        {
            options.Cookie.Name = "myapp-form";
            options.Cookie.SameSite = SameSiteMode.Strict;
            // The content security policy says it (frame-ancestors).
            options.SuppressXFrameOptionsHeader = true;
        });
        // Forms shown before a restart, or by another replica on this data folder, stay good.
        builder.Services.AddDataProtection()
            .SetApplicationName("MyApp")
            .PersistKeysToFileSystem(new DirectoryInfo(Path.Combine(DataFolder.Resolve(), "console", "keys")));
        return builder;
    }
}
