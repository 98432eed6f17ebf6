using Domesday.Core.Control;

namespace Domesday.Ui.Usage;

/// <param name="Channels">Sinks that take files: id and name.</param>
public sealed record SentReportsModel(IReadOnlyList<ReportRecord> Reports, IReadOnlyList<(string Id, string Name)> Channels, bool MayChange);
