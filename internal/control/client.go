package control

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"devgate/internal/logmux"
	"devgate/internal/oserr"
)

// ErrNotRunning is returned when no devgate answers for the project.
var ErrNotRunning = errors.New("devgate is not running here")

// Client speaks with the devgate that runs a project. It keeps no connection. An
// error of that devgate's is an *Error.
type Client struct {
	http   http.Client
	record Record
}

// recordPatience is how long a devgate that has just begun may take to say where
// it listens.
const recordPatience = 2 * time.Second

// Dial finds the devgate that runs the project at root. Without one the error
// is ErrNotRunning.
func Dial(root string) (*Client, error) {
	ctx, cancel := context.WithTimeout(context.Background(), recordPatience)
	defer cancel()
	return connect(awaitRecord(ctx, root, false))
}

// Await is Dial for a devgate that may be only about to begin: it is waited for
// until ctx ends. Then the error is ErrNotRunning, or an *Error when one has begun
// that does not answer yet.
func Await(ctx context.Context, root string) (*Client, error) {
	return connect(awaitRecord(ctx, root, true))
}

// connect makes the client of a devgate that says where it listens.
func connect(record Record, err error) (*Client, error) {
	if err != nil {
		return nil, err
	}
	return newClient(record), nil
}

func newClient(record Record) *Client {
	dialOne := func(ctx context.Context, _, _ string) (net.Conn, error) {
		// The host of a URL says nothing here: every request goes to the one socket.
		return dial(ctx, record)
	}
	// No keep-alive: a connection in the pool would hold the other side's Close up.
	return &Client{http.Client{Transport: &http.Transport{DialContext: dialOne, DisableKeepAlives: true}}, record}
}

// recordPause is how often a record is looked for. Nobody tells of a lock that is
// taken.
const recordPause = 10 * time.Millisecond

// awaitRecord is Holder, and waits until ctx ends for a devgate that holds the lock
// and has no socket yet, or is still to take the lock.
func awaitRecord(ctx context.Context, root string, stillToBegin bool) (Record, error) {
	for {
		record, running := Holder(root)
		switch {
		case running && record.Socket != "":
			return record, nil
		case !running && (!stillToBegin || ctx.Err() != nil):
			return record, ErrNotRunning
		case ctx.Err() != nil:
			// It holds the lock and does not say yet where it listens.
			return record, &Error{Kind: Refused, Text: "a devgate is just starting here, and does not answer yet", Hint: "try again in a moment"}
		}
		select {
		case <-time.After(recordPause):
		case <-ctx.Done():
		}
	}
}

// Status asks how everything is.
// A Status cannot be misread as half of one: JSON that is cut off is an error.
func (c *Client) Status(ctx context.Context) (s Status, err error) {
	body, err := c.call(ctx, http.MethodGet, "/status", nil)
	if err != nil {
		return s, err
	}
	defer body.Close()
	if err := json.NewDecoder(body).Decode(&s); err != nil {
		return s, fmt.Errorf("read status: %w", lost(err))
	}
	return s, nil
}

// Changes passes the status now, and again after each change, to emit, until emit
// fails, ctx ends, or devgate does.
func (c *Client) Changes(ctx context.Context, emit func(Status) error) error {
	query := url.Values{}
	setFlag(query, paramFollow, true)
	body, err := c.call(ctx, http.MethodGet, "/status", query)
	if err != nil {
		return err
	}
	defer body.Close()
	return readStream(body, true, func(text []byte) error {
		var s Status
		if err := json.Unmarshal(text, &s); err != nil {
			return fmt.Errorf("read status: %w", err)
		}
		return emit(s)
	})
}

// Wait returns when services are ready in their newest version, or cannot become so by
// themselves, or after limit (0: none); without names when all are that are to run.
// Saved says that files may have been saved just now, which is to be noticed first.
func (c *Client) Wait(ctx context.Context, names []string, limit time.Duration, saved bool) (r Readiness, err error) {
	query := url.Values{paramName: names}
	setFlag(query, paramSaved, saved)
	if limit > 0 {
		query.Set(paramTimeout, limit.String())
	}
	body, err := c.call(ctx, http.MethodGet, "/wait", query)
	if err != nil {
		return r, err
	}
	defer body.Close()
	if err := json.NewDecoder(body).Decode(&r); err != nil {
		return r, fmt.Errorf("read answer: %w", lost(err))
	}
	return r, nil
}

// Do carries a verb out on services; with wait it returns when they settled.
func (c *Client) Do(ctx context.Context, verb Verb, names []string, wait bool) error {
	query := url.Values{paramName: names}
	setFlag(query, paramWait, wait)
	body, err := c.call(ctx, http.MethodPost, "/services/"+string(verb), query)
	if err != nil {
		return err
	}
	return body.Close()
}

// Down asks the devgate to end, whatever protocol it speaks. It returns when that
// has begun.
func (c *Client) Down(ctx context.Context) error {
	body, err := c.ask(ctx, http.MethodPost, downPath, nil, nil)
	if err != nil {
		return err
	}
	return body.Close()
}

// Logs passes the lines that q chooses to emit until there are no more, emit
// fails, or ctx ends.
func (c *Client) Logs(ctx context.Context, q LogQuery, emit func(logmux.Line) error) error {
	body, err := c.call(ctx, http.MethodGet, "/logs", q.values())
	if err != nil {
		return err
	}
	defer body.Close()
	return readStream(body, q.Follow, func(text []byte) error {
		// The buffer of lines is used again for the next one; Unmarshal copies.
		var line logmux.Line
		if err := json.Unmarshal(text, &line); err != nil {
			return fmt.Errorf("read logs: %w", err)
		}
		if line.Styled == "" {
			line.Styled = line.Text // they are sent once where they are the same
		}
		return emit(line)
	})
}

// longestLine is the room for one line of a stream: a piece of 64 KiB, of which
// JSON may make six bytes each, twice.
const longestLine = 1 << 20

// readStream passes each line of an answer to take. An object with an error is the
// end of the stream, and its error.
func readStream(body io.Reader, follow bool, take func(text []byte) error) error {
	lines := bufio.NewScanner(body)
	lines.Buffer(make([]byte, 64<<10), longestLine)
	for lines.Scan() {
		text := lines.Bytes()
		// Only an Error begins so: "kind" is its first field, and neither a line nor an
		// exchange has one in front.
		if bytes.HasPrefix(text, []byte(`{"kind":`)) {
			return readError(text)
		}
		if err := take(text); err != nil {
			return err
		}
	}
	// Most errors are the end of the connection, and by that of the devgate: for who
	// follows a log that is the end, and no failure. Of who does not, it is half an answer.
	if err := lines.Err(); err != nil && (!follow || errors.Is(err, bufio.ErrTooLong)) {
		return fmt.Errorf("read answer: %w", lost(err))
	}
	return nil // it has ended, or the devgate that was followed has
}

// call returns the body of a 200 answer; any other is an *Error.
func (c *Client) call(ctx context.Context, method, path string, query url.Values) (io.ReadCloser, error) {
	return c.post(ctx, method, path, query, nil)
}

// post is call with a body.
func (c *Client) post(ctx context.Context, method, path string, query url.Values, content io.Reader) (io.ReadCloser, error) {
	if c.record.Protocol != Version {
		return nil, mismatch(c.record.Protocol, Version)
	}
	return c.ask(ctx, method, prefix+path, query, content)
}

// ask is post in no protocol, or in any.
func (c *Client) ask(ctx context.Context, method, path string, query url.Values, content io.Reader) (io.ReadCloser, error) {
	target := url.URL{Scheme: "http", Host: "devgate", Path: path, RawQuery: query.Encode()}
	request, err := http.NewRequestWithContext(ctx, method, target.String(), content)
	if err != nil {
		return nil, fmt.Errorf("ask devgate: %w", err)
	}
	return c.exchange(request, http.StatusOK)
}

// exchange returns the body of an answer with the wanted status.
func (c *Client) exchange(request *http.Request, want int) (io.ReadCloser, error) {
	answer, err := c.http.Do(request)
	if err != nil {
		if ctx := request.Context(); ctx.Err() != nil {
			// The cause, as a caller's own words for a limit say more than "deadline
			// exceeded".
			return nil, context.Cause(ctx)
		}
		// Without the URL that net/http puts in front: its host and path mean nothing to
		// a person.
		return nil, fmt.Errorf("ask devgate: %w", lost(errors.Unwrap(err)))
	}
	if answer.StatusCode == want {
		return answer.Body, nil
	}
	defer answer.Body.Close()
	// Bounded, as whatever listens on the socket may be no devgate at all.
	text, _ := io.ReadAll(io.LimitReader(answer.Body, longestLine))
	return nil, readError(text)
}

// errLost stands for all that a system says of a connection whose other side has gone.
var errLost = errors.New("it has ended without a word")

// lost is an error of the connection, in words where it means that the devgate is gone:
// it was killed, or has crashed. One that ends by itself answers first.
func lost(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || oserr.Reset.In(err) || oserr.BrokenPipe.In(err) {
		return errLost
	}
	return err
}

// readError is the error that an answer tells.
func readError(text []byte) error {
	var e Error
	if err := json.Unmarshal(text, &e); err != nil || e.Text == "" {
		return fmt.Errorf("ask devgate: it answers %.100q", text)
	}
	return &e
}
