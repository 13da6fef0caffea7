using Microsoft.Extensions.Configuration;
using MyApp.Deployment.Transport;
using MyApp.Hosting;

var builder = DistributedApplication.CreateBuilder(args);

var database = builder.AddPostgresDatabase("postgres", "myapp");
var redis = builder.AddRedisIfPresent("redis");

var api = builder.AddProject<Projects.MyApp_Api>("api")
    .WithReference(database)
    .WaitFor(database)
    .WithHttpHealthCheck("/health")
    .WithExternalHttpEndpoints();
if (redis is not null)
    api.WithReference(redis).WaitFor(redis);

if (builder.ExecutionContext.IsRunMode)
{
    var data = builder.GetDataFolder();
    var guard = builder.AddGuard("guard");
    api.WithEnvironment(DataFolder.Variable, data);

    if (builder.Configuration.GetValue("MyApp:Sample", true))
    {
        // The sample shipped from source, by the command line as a person would; without Go the .NET one.
        var sample = ProgramSearch.Find("go") is null ? "orders-dotnet" : "orders-gin";
        builder.AddProject<Projects.MyApp_Cli>("ship-orders")
            .WithArgs("ship", Path.GetFullPath($"../samples/{sample}", builder.AppHostDirectory), "--api", api.GetEndpoint("http"))
            .WithEnvironment(DataFolder.Variable, data)
            .WithUrl("http://127.0.0.1:8080", "orders")
            .WaitFor(api)
            .WaitFor(guard)
            .ExcludeFromManifest();
    }
}

builder.Build().Run();
