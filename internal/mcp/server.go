package mcp

import (
	"context"
	"errors"
	"fmt"
	"io"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
)

// Options are what a server needs of the process that it is in.
type Options struct {
	In      io.Reader // what the client sends
	Out     io.Writer // what it is sent, and nothing else
	Dir     string    // absolute; of a call that names no dir, and for relative ones
	Program string    // the path of devgate itself, for what up starts
	Environ []string  // of what up starts
	Version string    // for the client
}

// instructions is what a model reads before it has called anything.
const instructions = `devgate starts every server of a project behind one URL, restarts what changed, and knows why a request was answered as it was.
Call "up" before using the app (it is safe when devgate runs already), then use the URL that it returns. After saving files call "wait_ready": it returns when the services that were restarted answer again, or with the last lines of what failed. Read a failure with "logs"; ask "explain_request" why a path gives 404, 502 or the wrong page. Never start the servers yourself while devgate runs: they would fight over their ports. "down" stops everything.`

// Serve answers one client until it closes its end, which is no error, or ctx ends.
func Serve(ctx context.Context, o Options) error {
	transport := &sdk.IOTransport{Reader: io.NopCloser(o.In), Writer: unclosed{o.Out}}
	err := newServer(o).Run(ctx, transport)
	if err == nil || errors.Is(err, io.EOF) {
		return nil
	}
	return fmt.Errorf("speak with the agent: %w", err)
}

// unclosed keeps the SDK from closing a stream that is the process's own.
type unclosed struct{ io.Writer }

// Close does nothing.
func (unclosed) Close() error { return nil }

func newServer(o Options) *sdk.Server {
	server := sdk.NewServer(
		&sdk.Implementation{Name: "devgate", Title: "devgate", Version: o.Version},
		// Without logging, which is on by default: there is nothing that would be logged.
		&sdk.ServerOptions{Instructions: instructions, Capabilities: &sdk.ServerCapabilities{}},
	)
	set := &toolset{server: server, host: host{o}, arguments: map[string][]string{}}
	set.addLooking()
	set.addActing()
	server.AddReceivingMiddleware(set.helpful)
	return server
}

// addLooking adds the tools that change nothing.
func (t *toolset) addLooking() {
	add(t, statusTool, readsOnly)
	add(t, logsTool, readsOnly)
	add(t, requestsTool, readsOnly)
	add(t, waitTool, readsOnly)
	add(t, checkTool, readsOnly)
}

// addActing adds the tools that do something.
func (t *toolset) addActing() {
	add(t, upTool, starts)
	add(t, explainTool, sends)
	add(t, restartTool, interrupts)
	add(t, startTool, starts)
	add(t, stopTool, ends)
	add(t, downTool, ends)
}
