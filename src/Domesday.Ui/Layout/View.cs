using Microsoft.AspNetCore.Components;

namespace Domesday.Ui.Layout;

/// <summary>A page's content: shows what its endpoint read, and reads nothing itself.</summary>
public abstract class View<TModel> : ComponentBase
{
    [Parameter, EditorRequired]
    public required TModel Model { get; set; }

    [CascadingParameter]
    public required Frame Frame { get; set; }
}

/// <summary>A part of a page that needs to know the page's frame.</summary>
public abstract class Part : ComponentBase
{
    [CascadingParameter]
    public required Frame Frame { get; set; }
}
