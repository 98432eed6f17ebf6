using System.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Domesday.Ui.Layout;

/// <summary>Renders a view as an answer: within the layout, or bare for a part of a page that a script asks for.</summary>
public static class PageResult
{
    public static IResult Page<TView, TModel>(Frame frame, TModel model, int status = StatusCodes.Status200OK)
        where TView : View<TModel> => new Result(status, builder =>
        {
            builder.OpenComponent<Shell>(0);
            builder.AddComponentParameter(1, nameof(Shell.Frame), frame);
            builder.AddComponentParameter(2, nameof(Shell.ChildContent), Content<TView, TModel>(model));
            builder.CloseComponent();
        });

    /// <summary>A page without the layout, which pages of other origins may show in a frame.</summary>
    public static IResult Framed<TView, TModel>(Frame frame, TModel model, IReadOnlyList<string> ancestors)
        where TView : View<TModel> => new Result(StatusCodes.Status200OK, Cascaded<TView, TModel>(frame, model), ancestors);

    public static IResult Fragment<TView, TModel>(Frame frame, TModel model, int status = StatusCodes.Status200OK)
        where TView : View<TModel> => new Result(status, Cascaded<TView, TModel>(frame, model));

    private static RenderFragment Cascaded<TView, TModel>(Frame frame, TModel model)
        where TView : View<TModel> => builder =>
        {
            builder.OpenComponent<CascadingValue<Frame>>(0);
            builder.AddComponentParameter(1, nameof(CascadingValue<>.Value), frame);
            builder.AddComponentParameter(2, nameof(CascadingValue<>.ChildContent), Content<TView, TModel>(model));
            builder.CloseComponent();
        };

    private static RenderFragment Content<TView, TModel>(TModel model)
        where TView : View<TModel> => builder =>
        {
            builder.OpenComponent<TView>(0);
            builder.AddComponentParameter(1, nameof(View<>.Model), model);
            builder.CloseComponent();
        };

    private sealed class Result(int status, RenderFragment content, IReadOnlyList<string>? ancestors = null) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var services = httpContext.RequestServices;
            await using var renderer = new HtmlRenderer(services, services.GetRequiredService<ILoggerFactory>());
            var html = await renderer.Dispatcher.InvokeAsync(async () =>
            {
                var parameters = ParameterView.FromDictionary(new Dictionary<string, object?> { [nameof(Document.ChildContent)] = content });
                return (await renderer.RenderComponentAsync<Document>(parameters)).ToHtmlString();
            });
            var response = httpContext.Response;
            response.StatusCode = status;
            response.ContentType = "text/html; charset=utf-8";
            SecurityHeaders.Set(response, ancestors);
            await response.BodyWriter.WriteAsync(Encoding.UTF8.GetBytes(html), httpContext.RequestAborted);
        }
    }

    /// <summary>The root of what is rendered.</summary>
    private sealed class Document : ComponentBase
    {
        [Parameter]
        public RenderFragment? ChildContent { get; set; }

        protected override void BuildRenderTree(Microsoft.AspNetCore.Components.Rendering.RenderTreeBuilder builder) => ChildContent?.Invoke(builder);
    }
}
