namespace Aspire.Hosting.ApplicationModel;

public class OtlpExporterAnnotation : IResourceAnnotation;
