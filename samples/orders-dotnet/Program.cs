using Orders;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.ClearProviders().AddJsonConsole(options => options.TimestampFormat = "O");
builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
builder.WebHost.ConfigureKestrel(options => options.Limits.MaxRequestBodySize = 64 * 1024);
if (Environment.GetEnvironmentVariable("ASPNETCORE_URLS") is null or "")
    builder.WebHost.UseUrls(Address.FromEnvironment());
builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, OrdersJson.Default));
builder.Services.AddProblemDetails();
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddSingleton<OrderStore>();
builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(20));
builder.Services.AddHostedService<ConnectionNotice>();

var app = builder.Build();
app.UseMiddleware<AccessLog>();
app.Use(ConnectionNotice.AddAsync);
app.UseExceptionHandler();
app.UseStatusCodePages();
app.MapHealth();
app.MapOrders();
app.Run();
