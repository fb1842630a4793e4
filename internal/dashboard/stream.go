package dashboard

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"devgate/internal/control"
	"devgate/internal/logmux"
)

// The topics of a stream. A page has one stream for all that it shows: a browser
// opens six connections to a server at most, over all tabs.
const (
	topicStatus   = "status"
	topicLines    = "lines"
	topicRequests = "requests"
	topicRun      = "run" // comes first, unasked
)

// streamPause is how long lines and requests are gathered before they are sent: a
// page draws no more often.
const streamPause = 50 * time.Millisecond

// feed sends one topic until ctx ends or sending fails.
type feed func(ctx context.Context, to *events) error

// stream sends what a page asks for, as it happens.
func (s *site) stream(w http.ResponseWriter, r *http.Request) error {
	feeds, err := s.feeds(r)
	if err != nil {
		return err
	}
	defer s.looks.begin()()
	to := newEvents(w)
	if to.send(topicRun, "", s.run) != nil {
		return nil
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	var running sync.WaitGroup
	for _, f := range feeds {
		running.Go(func() {
			defer cancel() // without one of them the page would show what is not so
			f(ctx, to)
		})
	}
	running.Wait()
	return nil
}

func (s *site) feeds(r *http.Request) (all []feed, err error) {
	asked := r.URL.Query()
	for _, topic := range asked["topic"] {
		switch topic {
		case topicStatus:
			all = append(all, s.feedStatus)
		case topicLines:
			after, err := s.lastNumber(r)
			if err != nil {
				return nil, err
			}
			all = append(all, func(ctx context.Context, to *events) error { return s.feedLines(ctx, to, after) })
		case topicRequests:
			all = append(all, s.feedRequests)
		}
	}
	if len(all) == 0 || len(all) != len(asked["topic"]) {
		return nil, invalid("topic: want status, lines or requests")
	}
	return all, nil
}

// lastNumber is the number of the last line that a reader has: of a browser that
// has lost its connection, or of a page that comes back to a stream.
func (s *site) lastNumber(r *http.Request) (uint64, error) {
	text := cmp.Or(r.Header.Get("Last-Event-ID"), r.URL.Query().Get("after"))
	if text == "" || r.URL.Query().Get("run") != s.run { // of another devgate, which has counted from 1 too
		return 0, nil
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, invalid("after: want the number of a line")
	}
	return n, nil
}

func (s *site) feedStatus(ctx context.Context, to *events) error {
	for status := range s.project.Changes(ctx) {
		if err := to.send(topicStatus, "", status); err != nil {
			return err
		}
	}
	return nil
}

// line is a log line as a page gets it.
type line struct {
	Number    uint64 `json:"number"`
	At        int64  `json:"at"` // Unix time in milliseconds
	Service   string `json:"service"`
	Stream    string `json:"stream"`
	Text      string `json:"text"` // with its colours as SGR sequences
	Continued bool   `json:"continued,omitempty"`
}

func lineOf(l logmux.Line) line {
	text := l.Styled
	if text == "" {
		text = l.Text
	}
	return line{l.Number, l.At.UnixMilli(), l.Service, l.Stream, text, l.Continued}
}

func (s *site) feedLines(ctx context.Context, to *events, after uint64) error {
	batches, err := s.project.Logs(ctx, control.LogQuery{Follow: true, After: after})
	if err != nil {
		return err
	}
	for batch := range batches {
		lines := make([]line, len(batch))
		for i, l := range batch {
			lines[i] = lineOf(l)
			after = max(after, l.Number)
		}
		if err := to.send(topicLines, strconv.FormatUint(after, 10), lines); err != nil {
			return err
		}
		// While this waits, memory gathers more for the next batch, and forgets the
		// oldest where they are too many.
		if len(batch) < fullBatch && !pause(ctx, streamPause) {
			return nil
		}
	}
	return nil
}

// fullBatch is where there are probably more lines already: what is shown must keep
// up with what is printed.
const fullBatch = 64

func (s *site) feedRequests(ctx context.Context, to *events) error {
	var gathered latest
	var reading sync.WaitGroup
	defer reading.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	reading.Go(func() {
		defer cancel()
		for batch := range s.project.Requests(ctx, control.RequestQuery{Follow: true}) {
			gathered.add(batch)
		}
	})
	for {
		if batch := gathered.take(); len(batch) > 0 {
			if err := to.send(topicRequests, "", batch); err != nil {
				return err
			}
		}
		if !pause(ctx, 2*streamPause) {
			return nil
		}
	}
}

// pause waits, and reports whether to go on.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// latestMax is how many requests wait for a reader at most: as many as the gateway
// itself remembers.
const latestMax = 500

// latest are the newest requests that nobody has taken yet.
type latest struct {
	mu  sync.Mutex
	all []control.Exchange
}

// add forgets the oldest where there are too many; a page tells from the IDs how
// many it has not seen.
func (l *latest) add(batch []control.Exchange) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, batch...)
	l.all = slices.Delete(l.all, 0, max(0, len(l.all)-latestMax))
}

func (l *latest) take() []control.Exchange {
	l.mu.Lock()
	defer l.mu.Unlock()
	batch := l.all
	l.all = nil
	return batch
}
