namespace Aspire.Hosting.ApplicationModel;

/// <param name="LineNumber">From 1, per resource.</param>
/// <param name="Content">An RFC 3339 time, a space, and the text.</param>
public readonly record struct LogLine(int LineNumber, string Content, bool IsErrorMessage);
