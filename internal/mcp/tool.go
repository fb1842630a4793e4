package mcp

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/google/jsonschema-go/jsonschema"
	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"devgate/internal/event"
)

// tool is one tool. In and Out are structs, from which its schemas are made.
type tool[In located, Out any] struct {
	name, title string
	description string // for a model: when to call it, and what comes back
	// run does the work. It returns what programs read, and the same for a model.
	run func(ctx context.Context, h host, in In) (Out, string, error)
}

// located is the arguments of a tool: all are about a project.
type located interface{ folder() string }

// Where is the argument that every tool has.
type Where struct {
	Dir string `json:"dir,omitempty" jsonschema:"a folder of the project; default: the folder that the server was started in"`
}

func (w Where) folder() string { return w.Dir }

// What a client may let happen without asking a person.
var (
	no, yes    = new(false), new(true)
	readsOnly  = sdk.ToolAnnotations{ReadOnlyHint: true, IdempotentHint: true, DestructiveHint: no, OpenWorldHint: no}
	starts     = sdk.ToolAnnotations{IdempotentHint: true, DestructiveHint: no, OpenWorldHint: no}
	sends      = sdk.ToolAnnotations{DestructiveHint: yes, OpenWorldHint: no} // what a request does, only its backend knows
	interrupts = sdk.ToolAnnotations{DestructiveHint: no, OpenWorldHint: no}
	ends       = sdk.ToolAnnotations{IdempotentHint: true, DestructiveHint: yes, OpenWorldHint: no}
)

// toolset is the tools of a server.
type toolset struct {
	server    *sdk.Server
	host      host
	arguments map[string][]string // of each tool, for whoever has used another
}

// add makes a tool known.
func add[In located, Out any](t *toolset, one tool[In, Out], hints sdk.ToolAnnotations) {
	input, output := schemaOf[In](), schemaOf[Out]()
	t.arguments[one.name] = input.PropertyOrder
	hints.Title = one.title
	described := &sdk.Tool{
		Name: one.name, Title: one.title, Description: one.description,
		InputSchema: input, OutputSchema: output, Annotations: &hints,
	}
	sdk.AddTool(t.server, described, func(ctx context.Context, _ *sdk.CallToolRequest, in In) (*sdk.CallToolResult, any, error) {
		out, text, err := one.run(ctx, t.host, in)
		if err != nil {
			return nil, nil, told(err)
		}
		return &sdk.CallToolResult{Content: []sdk.Content{&sdk.TextContent{Text: bounded(text)}}}, out, nil
	})
}

// schemaOf makes the schema of what a struct looks like in JSON.
func schemaOf[T any]() *jsonschema.Schema {
	var words []any
	for _, state := range event.States() {
		words = append(words, state.String())
	}
	schema, err := jsonschema.For[T](&jsonschema.ForOptions{TypeSchemas: map[reflect.Type]*jsonschema.Schema{
		reflect.TypeFor[event.State](): {Type: "string", Enum: words},
		reflect.TypeFor[time.Time]():   {Type: "string", Format: "date-time"},
	}})
	if err != nil {
		panic(fmt.Sprintf("schema of %T: %v", *new(T), err)) // the types are ours: a test makes each
	}
	listsAreNeverNull(schema)
	return schema
}

// listsAreNeverNull says so in a schema and all within: of a slice the library
// believes that it may be nil. Some clients understand no type but one, too.
func listsAreNeverNull(s *jsonschema.Schema) {
	if slices.Contains(s.Types, "array") {
		s.Type, s.Types = "array", nil
	}
	for _, within := range s.Properties {
		listsAreNeverNull(within)
	}
	for _, within := range []*jsonschema.Schema{s.Items, s.AdditionalProperties} {
		if within != nil {
			listsAreNeverNull(within)
		}
	}
}

// helpful says what to do next where the SDK has refused a call itself: it knows no
// such tool, or its arguments are not those of the schema.
func (t *toolset) helpful(next sdk.MethodHandler) sdk.MethodHandler {
	return func(ctx context.Context, method string, request sdk.Request) (sdk.Result, error) {
		result, err := next(ctx, method, request)
		call, isCall := request.(*sdk.CallToolRequest)
		if !isCall {
			return result, err
		}
		var unknown *jsonrpc.Error
		names, known := t.arguments[call.Params.Name]
		switch answer, _ := result.(*sdk.CallToolResult); {
		case !known && errors.As(err, &unknown):
			there := slices.Sorted(maps.Keys(t.arguments))
			return nil, &jsonrpc.Error{Code: unknown.Code, Message: unknown.Message + "; there are " + strings.Join(there, ", ")}
		case answer != nil && answer.IsError && !isFailure(answer.GetError()):
			answer.Content = []sdk.Content{&sdk.TextContent{Text: fmt.Sprintf("%s\n  next: call %s again; its arguments are %s",
				refusal(answer.GetError()), call.Params.Name, strings.Join(names, ", "))}}
		}
		return result, err
	}
}

// refusal is what the SDK says of arguments, without what it was doing.
func refusal(err error) string {
	text := strings.TrimPrefix(err.Error(), `validating "arguments": `)
	return strings.TrimPrefix(text, "validating root: ")
}
