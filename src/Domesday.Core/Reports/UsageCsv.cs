using System.Buffers;
using System.Globalization;
using System.Text;
using Domesday.Core.Export;

namespace Domesday.Core.Reports;

/// <summary>A usage report as a table for spreadsheets; names cannot be formulas there.</summary>
public static class UsageCsv
{
    public static byte[] Of(UsageReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var output = new ArrayBufferWriter<byte>();
        Encoding.UTF8.GetBytes($"{UsageReading.NameOf(report.By)},events,failures,resources\r\n", output);
        foreach (var row in report.Rows)
        {
            if (row.Key.Length > 0) CsvCell.Write(Encoding.UTF8.GetBytes(row.Key), output);
            Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $",{row.Events},{row.Failures},{row.Resources}\r\n"), output);
        }
        return output.WrittenSpan.ToArray();
    }
}
