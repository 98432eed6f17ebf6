using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Domesday.Server.Metrics;

/// <summary>Prometheus' text exposition format.</summary>
/// <remarks>Source: prometheus.io/docs/instrumenting/exposition_formats, «Text-based format», version 0.0.4. Why by hand: docs/adr/0005-metrics-exposition.md.</remarks>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>The instrument's own name when it is fit already, as all of ours are; else with underscores, and a unit in seconds or bytes at its end.</summary>
    public static string NameOf(Instrument instrument)
    {
        var name = string.Concat(instrument.Name.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or ':' ? letter : '_'));
        if (name == instrument.Name) return name;
        var unit = instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
        var isCounter = instrument.GetType().GetGenericTypeDefinition() is var type && (type == typeof(Counter<>) || type == typeof(ObservableCounter<>));
        return name + unit + (isCounter ? "_total" : "");
    }

    /// <summary>Appends <c>name="value"</c>, after a comma where others stand before it.</summary>
    public static void AppendLabel(ref LabelText labels, string name, object? value)
    {
        if (labels.Length > 0) labels.Append(',');
        foreach (var letter in name) labels.Append(char.IsAsciiLetterOrDigit(letter) ? letter : '_');
        labels.Append("=\"");
        foreach (var letter in value as string ?? Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")
        {
            if (letter is '\\' or '"') labels.Append('\\');
            if (letter == '\n') labels.Append("\\n");
            else labels.Append(letter);
        }
        labels.Append('"');
    }

    public static void Append(StringBuilder text, InstrumentSeries instrument)
    {
        text.Append("# HELP ").Append(instrument.Name).Append(' ').Append(instrument.Help.Replace("\\", "\\\\", StringComparison.Ordinal).ReplaceLineEndings("\\n")).Append('\n');
        text.Append("# TYPE ").Append(instrument.Name).Append(' ').Append(instrument.Kind.ToString().ToLowerInvariant()).Append('\n');
        foreach (var series in instrument.All)
        {
            if (series is BucketSeries buckets) AppendBuckets(text, instrument.Name, buckets);
            else AppendSample(text, instrument.Name, "", series.Labels, series is SumSeries sum ? sum.Value : ((LastSeries)series).Value);
        }
    }

    private static void AppendBuckets(StringBuilder text, string name, BucketSeries series)
    {
        var (counts, sum) = series.Read();
        var below = 0L;
        var before = series.Labels.Length > 0 ? series.Labels + "," : "";
        for (var i = 0; i < counts.Length; i++)
        {
            below += counts[i];
            var bound = i < series.Bounds.Count ? Number(series.Bounds[i]) : "+Inf";
            AppendSample(text, name, "_bucket", $"{before}le=\"{bound}\"", below);
        }
        AppendSample(text, name, "_sum", series.Labels, sum);
        AppendSample(text, name, "_count", series.Labels, below);
    }

    private static void AppendSample(StringBuilder text, string name, string suffix, string labels, double value)
    {
        text.Append(name).Append(suffix);
        if (labels.Length > 0) text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };
}
