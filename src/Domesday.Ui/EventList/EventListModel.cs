using Domesday.Core.Control;
using Domesday.Core.Query;
using Domesday.Events;

namespace Domesday.Ui.EventList;

/// <summary>Everything that the page of events shows, of one selection.</summary>
public sealed record EventListModel(EventListState State)
{
    public EventRows? Rows { get; init; }

    public long Total { get; init; }

    public HistogramModel? Histogram { get; init; }

    public IReadOnlyList<FacetModel> Facets { get; init; } = [];

    public Timestamp? CompleteThrough { get; init; }

    public IReadOnlyList<ViewRecord> Views { get; init; } = [];

    public bool MayExport { get; init; }

    /// <summary>Null when the visit is the first one that the browser remembers.</summary>
    public Timestamp? LastVisit { get; init; }
}

/// <summary>Rows of the table.</summary>
/// <param name="Next">Continues behind the last row; null behind the last event.</param>
public sealed record EventRows(ColumnChoice Columns, IReadOnlyList<StoredEntry> Entries, PageCursor? Next);
