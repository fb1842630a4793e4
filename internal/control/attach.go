package control

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
)

// upgradeName is what an attached connection speaks instead of HTTP.
const upgradeName = "devgate-terminal"

// Terminal is a service's terminal as one client sees it.
type Terminal interface {
	// Next blocks until there is something to show, at the latest until ctx
	// ends. Any other error cuts the client off and is told to it.
	Next(ctx context.Context) (Shown, error)
	// Input types p. An error is told to the client, which stays.
	Input(p []byte) error
	// Resize says how large the client's own terminal is.
	Resize(size Size)
	// Close comes last.
	Close()
}

// Shown is what a client shows: bytes as the service printed them, or a line
// of devgate.
type Shown struct {
	Output []byte
	Notice string
}

// attach joins a client with a service's terminal until one of them ends, or
// the server.
func attach(a Actions, w http.ResponseWriter, r *http.Request) error {
	p := read(r.URL.Query(), paramColumns, paramRows)
	size := Size{p.cells(paramColumns), p.cells(paramRows)}
	if err := p.failure(); err != nil {
		return err
	}
	terminal, err := a.Attach(r.PathValue("name"), size)
	if err != nil {
		return err
	}
	defer terminal.Close()
	// From here on the connection is ours: http.Server neither closes it nor waits for
	// its handler, and so Server counts handlers itself.
	conn, in, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return err
	}
	defer conn.Close()
	// Written by hand, as a hijacked connection has no ResponseWriter any more. An error
	// shows in the first frame.
	io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: "+upgradeName+"\r\n\r\n")
	serveTerminal(r.Context(), terminal, conn, in.Reader)
	return nil
}

func serveTerminal(ctx context.Context, terminal Terminal, conn net.Conn, in *bufio.Reader) {
	// The client leaves: that ends the showing, too.
	gone, left := context.WithCancelCause(ctx)
	defer left(nil)
	out := &frameWriter{to: conn}
	// A client that does not read must not hold devgate's end up.
	defer context.AfterFunc(ctx, out.hurry)()
	var typing sync.WaitGroup
	typing.Go(func() { left(takeInput(gone, terminal, in, out)) })
	// Output and typing end each other: a client that leaves cancels gone, an end of the
	// output closes the connection below typing.
	err := showOutput(gone, terminal, out)
	switch {
	case ctx.Err() != nil: // the server ends
		out.write(frameEnd, nil)
	// The client has not left and the server does not end: the terminal's own reason is
	// told. Where the client has left nobody reads.
	case gone.Err() == nil:
		out.write(frameEnd, []byte(err.Error()))
	}
	conn.Close()
	typing.Wait()
}

func showOutput(ctx context.Context, terminal Terminal, out *frameWriter) error {
	for {
		shown, err := terminal.Next(ctx)
		switch {
		case err != nil:
			return err
		case shown.Notice != "":
			err = out.write(frameNotice, []byte(shown.Notice))
		default:
			err = out.write(frameOutput, shown.Output)
		}
		if err != nil {
			return err
		}
	}
}

// takeInput passes on what the client sends until it leaves.
func takeInput(ctx context.Context, terminal Terminal, in io.Reader, out *frameWriter) error {
	for ctx.Err() == nil {
		kind, body, err := readFrame(in)
		if err != nil {
			return err
		}
		switch kind {
		case frameInput:
			if err := terminal.Input(body); err != nil {
				// The client stays: what cannot be typed now may be possible after a
				// restart.
				out.write(frameNotice, []byte(err.Error()))
			}
		case frameSize:
			size, err := parseSize(body)
			if err != nil {
				return err
			}
			terminal.Resize(size)
		// A client that says what this devgate does not know has been made for another
		// one.
		default:
			return fmt.Errorf("unknown frame %q", kind)
		}
	}
	return nil
}

// Attachment is a client's end of a service's terminal. Next is for one
// goroutine, the other methods for any.
type Attachment struct {
	conn io.ReadWriteCloser
	in   *bufio.Reader
	out  frameWriter
}

// Attach joins the terminal of a service; size is that of the client's own.
func (c *Client) Attach(ctx context.Context, name string, size Size) (*Attachment, error) {
	if c.record.Protocol != Version {
		return nil, mismatch(c.record.Protocol, Version)
	}
	target := url.URL{Scheme: "http", Host: "devgate", Path: prefix + "/attach/" + name, RawQuery: size.values().Encode()}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("ask devgate: %w", err)
	}
	request.Header.Set("Connection", "Upgrade")
	request.Header.Set("Upgrade", upgradeName)
	// A 101 of net/http has a body that can be written to.
	body, err := c.exchange(request, http.StatusSwitchingProtocols)
	if err != nil {
		return nil, err
	}
	conn, ok := body.(io.ReadWriteCloser)
	if !ok {
		body.Close()
		return nil, errors.New("ask devgate: the connection takes no input")
	}
	return &Attachment{conn: conn, in: bufio.NewReader(conn), out: frameWriter{to: conn}}, nil
}

// Next blocks until there is something to show. Its error is io.EOF when the
// devgate ends, and says why when it has cut this client off.
func (a *Attachment) Next() (Shown, error) {
	kind, body, err := readFrame(a.in)
	switch {
	case err != nil: // without frameEnd
		return Shown{}, fmt.Errorf("lost the connection to devgate: %w", lost(err))
	case kind == frameOutput:
		return Shown{Output: body}, nil
	case kind == frameNotice:
		return Shown{Notice: string(body)}, nil
	case kind == frameEnd && len(body) == 0:
		return Shown{}, io.EOF
	case kind == frameEnd:
		return Shown{}, errors.New(string(body))
	}
	return Shown{}, fmt.Errorf("unknown frame %q", kind)
}

// Input types p.
func (a *Attachment) Input(p []byte) error { return a.out.write(frameInput, p) }

// Resize says that the client's own terminal has another size now.
func (a *Attachment) Resize(size Size) error { return a.out.write(frameSize, size.body()) }

// Close leaves. It ends Next.
func (a *Attachment) Close() error { return a.conn.Close() }
