using Domesday.Core.Control;
using Domesday.Core.Export;
using Domesday.Core.Problems;
using Domesday.Core.Query;
using Domesday.Core.Secrets;
using Domesday.Events.Schema;
using Microsoft.Extensions.Logging;

namespace Domesday.Core.Forwarding;

/// <summary>Makes sinks out of what is kept of them: opens their secrets, reads their filters, chooses the form.</summary>
/// <param name="types">The catalogue.</param>
/// <param name="readFilter">Reads a filter in the form of a query's parameters.</param>
public sealed class SinkOpener(IReadOnlyList<ISinkType> types, Func<string, Result<EventFilter>> readFilter, SecretBox secrets, SinkEnvironment environment, TimeProvider time, ILoggerFactory loggers)
{
    public IReadOnlyList<ISinkType> Types => types;

    /// <returns>Null for an unknown name.</returns>
    public ISinkType? Find(string type) => types.FirstOrDefault(known => known.Name == type);

    /// <summary>The settings of a type, in the order of its form.</summary>
    /// <param name="values">Those that there are already: what must be there can depend on them.</param>
    public async ValueTask<IReadOnlyList<SettingForm>> DescribeAsync(ISinkType type, IReadOnlyDictionary<string, string> values, string tenant)
    {
        ArgumentNullException.ThrowIfNull(type);
        var settings = new SinkSettings(values);
        // Reading them is what tells them; whether they are right does not matter here.
        var opened = type.Open(settings, new("", tenant, "", EventFormats.Find(type.FormatDefault)!, type.FormatDefault, environment, time, loggers.CreateLogger(type.GetType())));
        if (opened.IsOk) await opened.Value.DisposeAsync();
        var asked = settings.Asked.ToDictionary(form => form.Name, StringComparer.Ordinal);
        return [.. type.Settings.Where(text => asked.ContainsKey(text.Name)).Select(text => asked[text.Name] with { Title = text.Title, Hint = text.Hint, IsSecret = type.Secrets.Contains(text.Name) })];
    }

    /// <summary>Every fault of a sink that is not kept yet; null when there is none.</summary>
    /// <param name="plain">Its settings, secrets included.</param>
    public async ValueTask<Problem?> CheckAsync(SinkDefinition sink, IReadOnlyDictionary<string, string> plain)
    {
        var opened = Open(sink, plain);
        if (opened.IsOk) await opened.Value.Receiver.DisposeAsync();
        return opened.Problem;
    }

    internal Result<OpenedSink> Open(SinkDefinition sink)
    {
        var plain = new Dictionary<string, string>(sink.Settings, StringComparer.Ordinal);
        foreach (var (name, text) in sink.Secrets)
        {
            if (!secrets.TryOpen(text, sink.PlaceOf(name), out var secret)) return new Problem(ProblemKind.Invalid, $"The secret {name} cannot be opened with the key file that is there: give it again.");
            plain[name] = secret;
        }
        return Open(sink, plain);
    }

    internal Result<OpenedSink> Open(SinkDefinition sink, IReadOnlyDictionary<string, string> plain)
    {
        if (Find(sink.Type) is not { } type) return new Problem(ProblemKind.Invalid, $"There is no type of sinks '{EventText.Clean(sink.Type, 64)}': there are {string.Join(", ", types.Select(known => known.Name))}.", "type");
        var faults = new List<ProblemFault>();
        var read = sink.Filter is null ? EventFilter.All : readFilter(sink.Filter);
        if (!read.IsOk) faults.AddRange(read.Problem.Faults.Count > 0 ? read.Problem.Faults : [new(null, "filter", read.Problem.Detail)]);
        var filter = read.IsOk ? read.Value : EventFilter.All;
        if (sink.IsChannel) filter = filter with { Conditions = [.. filter.Conditions, FieldCondition.Is(EventField.Operation, AlertOperation)] };
        var format = sink.Format ?? type.FormatDefault;
        var write = EventFormats.Find(format);
        if (write is null) faults.Add(new(null, "format", $"must be one of {string.Join(", ", EventFormats.Names)}"));
        if (sink.Fields is { Count: > 0 } fields)
        {
            if (format != EventFormats.Json) faults.Add(new(null, "fields", $"can be chosen in the format {EventFormats.Json} alone"));
            else if (FieldSelection.Of(fields) is var selection && selection.IsOk) write = selection.Value.Write;
            else faults.AddRange(selection.Problem!.Faults);
        }
        var context = new SinkContext(sink.Id, sink.Tenant, sink.Name, write ?? EventFormats.Find(EventFormats.Json)!, format, environment, time, loggers.CreateLogger(type.GetType()));
        var receiver = type.Open(new(plain), context);
        if (!receiver.IsOk) faults.AddRange(receiver.Problem.Faults.Count > 0 ? receiver.Problem.Faults : [new(null, receiver.Problem.Field ?? "settings", receiver.Problem.Detail)]);
        return faults.Count == 0 ? new OpenedSink(receiver.Value, filter) : new Problem(ProblemKind.Invalid, "The sink is not valid; nothing was changed.") { Faults = faults };
    }

    /// <summary>The <c>operation</c> of the events that tell of an alert.</summary>
    public const string AlertOperation = "alert.fired";
}
