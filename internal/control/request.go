package control

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/http"
	"time"

	"devgate/internal/logmux"
)

// Question is a request that the gateway is to answer and to explain.
type Question struct {
	Method string      `json:"method"`
	Target string      `json:"target"` // path and query, as a client sends them
	Header http.Header `json:"header"`
	Body   []byte      `json:"body"`
}

// Exchange is the record of one request: who was asked, what each said, and what
// the client got. It is what `devgate requests --json` prints.
type Exchange struct {
	ID       uint64    `json:"id"`          // counts the requests in the order of their ends; 0: it is not kept
	At       time.Time `json:"at,omitzero"` // when the request's head had arrived; zero: now
	Method   string    `json:"method"`
	Path     string    `json:"path"`    // the target as it was sent, with its query
	Status   int       `json:"status"`  // of the client's answer; 0 when the client left before it
	Backend  string    `json:"backend"` // whose answer it was; "" for one of the gateway's own
	Learned  bool      `json:"learned"` // it was asked for ahead of the refusals before it
	MS       float64   `json:"duration_ms"`
	HeldMS   float64   `json:"held_ms"`   // the part of it in which it waited for a backend that was not ready
	ReplayOf uint64    `json:"replay_of"` // the request that was sent again as this one; 0: a client's own
	Attempts []Attempt `json:"cascade"`   // in order; never null
}

// Explanation is a request that was sent to find out why it is answered as it is. It
// is what `devgate why --json` prints.
type Explanation struct {
	Exchange
	Conclusion string     `json:"conclusion"` // what follows from it, in a sentence
	Near       []NearMiss `json:"near"`       // the closest first; never null
	// Logs is what was printed while it was answered by the services that were asked,
	// and said of them: the end of it. Who else was answered then may have caused it.
	Logs        []logmux.Line `json:"logs"`         // never null
	LogsOmitted int           `json:"logs_omitted"` // how many lines before these are left out
}

// NearMiss is a request that was answered in this run, and is close to one that nobody
// has answered.
type NearMiss struct {
	Method     string `json:"method"`
	Path       string `json:"path"`
	Backend    string `json:"backend"`
	Status     int    `json:"status"`
	Difference string `json:"difference"` // for people: "trailing slash"
}

// Attempt is what one backend had to say to a request.
type Attempt struct {
	Backend string  `json:"backend"`
	Status  int     `json:"status"`      // 0: it gave no answer, or was not asked
	MS      float64 `json:"duration_ms"` // from the asking to the head of its answer
	Note    string  `json:"note"`        // for people; often ""
}

// Inspector tells about requests.
type Inspector interface {
	// Explain sends a request through the gateway and says how it came out.
	Explain(ctx context.Context, q Question) (Explanation, error)
	// Requests yields the recent requests, the oldest first, as many at a time as
	// there are, and with q.Follow those to come until ctx ends.
	Requests(ctx context.Context, q RequestQuery) iter.Seq[[]Exchange]
	// Detail is one of them as a person looks into it. Without secrets the values
	// that Redacted names are not in it. The error is Unknown when it is not kept
	// any more.
	Detail(id uint64, secrets bool) (Detail, error)
	// Replay sends one of them again, as it was, with its secrets: through the cascade,
	// or to one backend alone, whatever its paths. It is recorded as any other. The
	// error is Unknown when there is no such request or backend, and Invalid, with
	// the reason, for a request that cannot be sent again as it was.
	Replay(ctx context.Context, id uint64, backend string) (Explanation, error)
	// Look says that somebody looks: until done, the bodies of all requests are kept.
	// What is kept without that is said at Message. done may be called twice.
	Look() (done func())
}

// questionLimit bounds the body of a question, in bytes.
// Base64 makes a body a third longer on its way here.
const questionLimit = 64 << 20

func explain(a Actions, w http.ResponseWriter, r *http.Request) error {
	var q Question
	limited := &io.LimitedReader{R: r.Body, N: questionLimit}
	err := json.NewDecoder(limited).Decode(&q)
	switch {
	case err != nil && limited.N <= 0: // cut off, it would be JSON with a mistake at its end
		return &Error{Kind: Invalid, Text: "the question is larger than 64 MiB (a body grows by a third on its way here)"}
	case err != nil:
		return NewError(Invalid, fmt.Errorf("read question: %w", err))
	}
	answer, err := a.Explain(r.Context(), q)
	if err != nil {
		return err
	}
	return reply(w, answer)
}

// Explain sends a request through the gateway of the devgate that runs.
func (c *Client) Explain(ctx context.Context, q Question) (e Explanation, err error) {
	text, err := json.Marshal(q)
	if err != nil {
		return e, fmt.Errorf("ask devgate: %w", err)
	}
	body, err := c.post(ctx, http.MethodPost, "/explain", nil, bytes.NewReader(text))
	if err != nil {
		return e, err
	}
	defer body.Close()
	if err := json.NewDecoder(body).Decode(&e); err != nil {
		return e, fmt.Errorf("read answer: %w", err)
	}
	return e, nil
}

// Requests passes the requests that q chooses to emit, until there are no more,
// emit fails, or ctx ends.
func (c *Client) Requests(ctx context.Context, q RequestQuery, emit func(Exchange) error) error {
	body, err := c.call(ctx, http.MethodGet, "/requests", q.values())
	if err != nil {
		return err
	}
	defer body.Close()
	return readStream(body, q.Follow, func(text []byte) error {
		var e Exchange
		if err := json.Unmarshal(text, &e); err != nil {
			return fmt.Errorf("read requests: %w", err)
		}
		return emit(e)
	})
}
