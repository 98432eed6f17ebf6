using Domesday.Ui.EventList;
using Domesday.Ui.OneEvent;

namespace Domesday.Ui.Viewer;

/// <summary>The page without anything in it: its script brings the token and gets the parts.</summary>
/// <param name="Theme"><c>light</c>, <c>dark</c>, or null for what the system says.</param>
public sealed record ViewerFrameModel(string? Theme);

/// <param name="Url">The address that stands for what is shown.</param>
public sealed record ViewerListModel(EventListModel List, string Url);

/// <param name="Back">The list that it was chosen from.</param>
public sealed record ViewerEventModel(OneEventModel One, string Back);
