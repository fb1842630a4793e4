package control

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"runtime/debug"
	"time"

	"devgate/internal/logmux"
)

// handler answers one kind of request, or returns why not before it has begun.
type handler func(Actions, http.ResponseWriter, *http.Request) error

// routes are all that a devgate answers, by method and path. docs/control.md has
// them.
func routes() map[string]handler {
	return map[string]handler{
		"GET " + prefix + "/status":                status,
		"GET " + prefix + "/wait":                  wait,
		"POST " + prefix + "/services/{verb}":      do,
		"GET " + prefix + "/logs":                  logs,
		"GET " + prefix + "/requests":              requests,
		"GET " + prefix + "/requests/{id}":         detail,
		"POST " + prefix + "/requests/{id}/replay": replay,
		"POST " + prefix + "/explain":              explain,
		"GET " + prefix + "/attach/{name}":         attach,
		"POST " + downPath:                         down,
	}
}

// A pattern has the method, so another method on a known path is no route, and answered
// by refuseUnknown.
func routesOf(a Actions) *http.ServeMux {
	mux := http.NewServeMux()
	for pattern, h := range routes() {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := h(a, w, r); err != nil {
				fail(w, err)
			}
		})
	}
	return mux
}

// answer lets a route answer. A panic is told to whoever asked, and ends nothing
// else.
// net/http would cut the connection, and say nothing.
func answer(mux *http.ServeMux, w http.ResponseWriter, r *http.Request) {
	begun := &begun{ResponseWriter: w}
	defer func() {
		if v := recover(); v != nil {
			fail(begun, &Error{
				Kind: Broken, Text: fmt.Sprintf("panic: %v\n\n%s", v, debug.Stack()),
				Hint: "this is a fault of devgate, not of your project: please report it where you have devgate from, with what is printed above",
			})
		}
	}()
	// ServeMux would answer 404 in plain text; a client wants an Error.
	if _, pattern := mux.Handler(r); pattern == "" {
		refuseUnknown(w, r)
		return
	}
	mux.ServeHTTP(begun, r)
}

// begun is an answer that knows whether its status is out: after that, an error
// can only be one more line of it.
type begun struct {
	http.ResponseWriter
	yes bool
}

// WriteHeader writes the status, once.
// A route that has hijacked its connection cannot be answered any more: fail then writes
// to nobody.
func (b *begun) WriteHeader(status int) {
	if !b.yes {
		b.yes = true
		b.ResponseWriter.WriteHeader(status)
	}
}

// Write begins the answer, if need be.
func (b *begun) Write(p []byte) (int, error) {
	b.yes = true
	return b.ResponseWriter.Write(p)
}

// FlushError begins the answer, if need be, and sends what was written.
func (b *begun) FlushError() error {
	b.yes = true
	return http.NewResponseController(b.ResponseWriter).Flush()
}

// Unwrap lets http.ResponseController find what else the answer can do.
func (b *begun) Unwrap() http.ResponseWriter { return b.ResponseWriter }

func reply(w http.ResponseWriter, v any) error {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(v) // a client that has left needs no words
	return nil
}

func status(a Actions, w http.ResponseWriter, r *http.Request) error {
	p := read(r.URL.Query(), paramFollow)
	follow := p.flag(paramFollow)
	if err := p.failure(); err != nil {
		return err
	}
	if !follow {
		return reply(w, a.Status())
	}
	stream(w, oneByOne(a.Changes(r.Context())), appendAny)
	return nil
}

func wait(a Actions, w http.ResponseWriter, r *http.Request) error {
	p := read(r.URL.Query(), paramName, paramTimeout, paramSaved)
	names, limit, saved := p.names(), p.duration(paramTimeout), p.flag(paramSaved)
	if err := p.failure(); err != nil {
		return err
	}
	if saved {
		notice(r.Context())
		if limit > 0 { // 0 would be none
			limit = max(limit-noticing, time.Millisecond)
		}
	}
	answer, err := a.Wait(r.Context(), names, limit)
	if err != nil {
		return err
	}
	return reply(w, answer)
}

// noticing is how long after a save a service is no longer what it was before: a save is
// noticed within a tenth of a second, and a program that saves asks sooner. noticeStep
// is a part of it.
const noticing, noticeStep = 250 * time.Millisecond, 10 * time.Millisecond

// notice gives what was saved just now the time to be noticed. In steps, as it is time in
// which devgate runs that counts: on a busy machine a single pause may pass without any.
func notice(ctx context.Context) {
	for range noticing / noticeStep {
		select {
		case <-time.After(noticeStep):
		case <-ctx.Done():
			return
		}
	}
}

func down(a Actions, w http.ResponseWriter, _ *http.Request) error {
	// The answer first: Down closes the server that it goes through.
	reply(w, struct{}{})
	a.Down()
	return nil
}

func do(a Actions, w http.ResponseWriter, r *http.Request) error {
	p := read(r.URL.Query(), paramName, paramWait)
	wait, names, verb := p.flag(paramWait), p.names(), Verb(r.PathValue("verb"))
	switch verb {
	case Start, Stop, Restart:
	default:
		p.fail("unknown verb %q: want start, stop or restart", string(verb))
	}
	// Without a name nothing is done: "all" must be said, and is not meant by leaving
	// something out.
	if len(names) == 0 {
		p.fail("name: want the service that is to %s", verb)
	}
	if err := p.failure(); err != nil {
		return err
	}
	if err := a.Do(r.Context(), verb, names, wait); err != nil {
		return err
	}
	return reply(w, struct{}{})
}

// logs sends lines in batches: as many in one write as there are.
func logs(a Actions, w http.ResponseWriter, r *http.Request) error {
	q, err := readLogQuery(r.URL.Query())
	if err != nil {
		return err
	}
	batches, err := a.Logs(r.Context(), q)
	if err != nil {
		return err
	}
	stream(w, batches, func(dst []byte, l logmux.Line) []byte { return l.AppendJSON(dst) })
	return nil
}

func requests(a Actions, w http.ResponseWriter, r *http.Request) error {
	q, err := readRequestQuery(r.URL.Query())
	if err != nil {
		return err
	}
	if q.Follow { // somebody looks, and may want to see one of them whole
		defer a.Look()()
	}
	stream(w, a.Requests(r.Context(), q), appendAny)
	return nil
}

// appendAny appends v, which has nothing that could not be written, as JSON.
func appendAny[T any](dst []byte, v T) []byte {
	text, _ := json.Marshal(v)
	return append(dst, text...)
}

// oneByOne is a batch of one for each v.
func oneByOne[T any](all iter.Seq[T]) iter.Seq[[]T] {
	return func(yield func([]T) bool) {
		for v := range all {
			if !yield([]T{v}) {
				return
			}
		}
	}
}

// stream answers with one JSON object a line, and one write a batch, until there
// are no more or the client has left.
func stream[T any](w http.ResponseWriter, batches iter.Seq[[]T], appendJSON func([]byte, T) []byte) {
	w.Header().Set("Content-Type", "application/x-ndjson")
	send := http.NewResponseController(w)
	send.Flush() // it has begun, also when nothing comes for long
	var buf []byte
	for batch := range batches {
		buf = buf[:0]
		for _, v := range batch {
			buf = append(appendJSON(buf, v), '\n')
		}
		// Its error is that of the flush.
		w.Write(buf)
		if send.Flush() != nil {
			return
		}
	}
}
