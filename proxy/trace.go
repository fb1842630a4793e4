package proxy

import (
	"net/http"
	"strconv"
	"time"
)

// noteRefused is the note of an answer that passed the request on.
const noteRefused = "falls through"

// attempt is what one backend had to say to a request.
type attempt struct {
	backend string
	status  int    // 0: none
	word    string // stands for a status where there is none: "down", "refused", ...
	note    string // what the answer led to, for people
	held    time.Duration
	waited  string // what it was held for
	learned bool   // asked ahead of the refusals before it
	began   time.Time
	took    time.Duration
	answer  string  // the beginning of a refused answer, for the explaining page
	message Message // what is kept of the answer
	raw     string  // its head as it came, if that is kept in the place of message.Header
}

// trace is how the answer to one request came about, in the order of asking.
type trace struct {
	attempts []attempt
	room     [4]attempt // of attempts, for chains of usual length: no allocation for these
	status   int        // of the client's answer; 0 while there is none
	backend  string     // whose answer it is
}

func (t *trace) begin(backend string) *attempt {
	if t.attempts == nil {
		t.attempts = t.room[:0]
	}
	t.attempts = append(t.attempts, attempt{backend: backend, began: time.Now()})
	// The pointer is good until the next begin, which may move them all.
	return &t.attempts[len(t.attempts)-1]
}

// last returns the attempt begun last.
func (t *trace) last() *attempt { return &t.attempts[len(t.attempts)-1] }

// of returns the attempt of a backend; nil when it was not asked.
func (t *trace) of(backend string) *attempt {
	for i := range t.attempts {
		if t.attempts[i].backend == backend {
			return &t.attempts[i]
		}
	}
	return nil
}

// took is of the asking, and not of the body that follows.
func (t *attempt) end(status int, word string) {
	t.status, t.word, t.took = status, word, time.Since(t.began)
}

// said is the status, or the word where there is none.
func (t *attempt) said() string {
	if t.status == 0 {
		return t.word
	}
	return strconv.Itoa(t.status)
}

// record is the attempt's form for people.
func (t *attempt) record() Attempt {
	return Attempt{Backend: t.backend, Status: t.status, Duration: t.took, Note: t.notes()}
}

func (t *trace) records() []Attempt {
	list := make([]Attempt, 0, len(t.attempts))
	for i := range t.attempts {
		list = append(list, t.attempts[i].record())
	}
	return list
}

// notes joins all there is to say beside the status.
func (t *attempt) notes() string {
	s := t.note
	if t.status == 0 {
		s = also(t.word, s)
	}
	if t.held > 0 {
		held := "held " + t.held.Round(heldPrecision(t.held)).String()
		if t.waited != "" {
			held += ": " + t.waited
		}
		s = also(s, held)
	}
	if t.learned {
		s = also(s, "asked ahead")
	}
	return s
}

// heldPrecision is what people can tell apart.
func heldPrecision(d time.Duration) time.Duration {
	switch {
	case d < time.Millisecond:
		return 10 * time.Microsecond // 0.01 ms is what is shown
	case d < time.Second:
		return time.Millisecond
	}
	return 100 * time.Millisecond
}

// stamp notes the client's answer, and writes the headers that say how it came
// about (G9).
func (t *trace) stamp(h http.Header, status int, backend string) {
	t.status, t.backend = status, backend
	var values [3]string
	n := 0
	// One array for the three values: headers are set on every answer.
	set := func(name, v string) {
		values[n] = v
		h[name] = values[n : n+1 : n+1]
		n++
	}
	// A backend that is itself behind a gateway may have sent them: only ours are true.
	delete(h, headerBackend)
	delete(h, headerTried)
	if backend != "" {
		set(headerBackend, backend)
	}
	if len(t.attempts) == 0 {
		return
	}
	set(headerTried, t.tried())
	// Server-Timing is added to: browsers show what the backend says as well. Its slice
	// is copied, as the backend's answer may be kept.
	h[headerTiming] = append(h[headerTiming][:len(h[headerTiming]):len(h[headerTiming])], t.timing())
}

// tried is "web=404, api=200"; ";learned" follows who was asked ahead of the
// others and was right.
func (t *trace) tried() string {
	var room [128]byte
	b := room[:0]
	for i := range t.attempts {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = append(b, t.attempts[i].backend...)
		b = append(b, '=')
		b = append(b, t.attempts[i].said()...)
		if t.attempts[i].learned {
			b = append(b, ";learned"...)
		}
	}
	return string(b)
}

// timing is `web;dur=1.1;desc="404", api;dur=4;desc="200"`.
func (t *trace) timing() string {
	var room [192]byte
	b := room[:0]
	for i := range t.attempts {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = append(b, t.attempts[i].backend...)
		b = append(b, ";dur="...)
		b = strconv.AppendFloat(b, milliseconds(t.attempts[i].took), 'f', -1, 64)
		b = append(b, `;desc="`...)
		b = append(b, t.attempts[i].said()...)
		b = append(b, '"')
	}
	return string(b)
}
