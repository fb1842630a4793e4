package proxy

import (
	"net/http"
	"strconv"
	"time"
)

// trial is what one backend had to say to a request.
type trial struct {
	backend string
	status  int    // 0: none
	note    string // why there is no status: "down", "refused", ...
	began   time.Time
	took    time.Duration
	answer  string // the beginning of a refused answer, for the explaining page
}

// trace is how the answer to one request came about, in the order of asking.
type trace struct {
	trials []trial
	room   [4]trial // of trials, for chains of usual length
}

func (t *trace) begin(backend string) *trial {
	if t.trials == nil {
		t.trials = t.room[:0]
	}
	t.trials = append(t.trials, trial{backend: backend, began: time.Now()})
	return &t.trials[len(t.trials)-1]
}

// last returns the trial begun last.
func (t *trace) last() *trial { return &t.trials[len(t.trials)-1] }

func (t *trial) end(status int, note string) {
	t.status, t.note, t.took = status, note, time.Since(t.began)
}

// word is the status, or the note where there is none.
func (t *trial) word() string {
	if t.status == 0 {
		return t.note
	}
	return strconv.Itoa(t.status)
}

// stamp writes the headers that say how the answer came about (G9).
func (t *trace) stamp(h http.Header, backend string) {
	var values [3]string
	n := 0
	set := func(name, v string) {
		values[n] = v
		h[name] = values[n : n+1 : n+1]
		n++
	}
	delete(h, headerBackend)
	delete(h, headerTried)
	if backend != "" {
		set(headerBackend, backend)
	}
	if len(t.trials) == 0 {
		return
	}
	set(headerTried, t.tried())
	h[headerTiming] = append(h[headerTiming][:len(h[headerTiming]):len(h[headerTiming])], t.timing())
}

// tried is "web=404, api=200".
func (t *trace) tried() string {
	var room [128]byte
	b := room[:0]
	for i := range t.trials {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = append(b, t.trials[i].backend...)
		b = append(b, '=')
		b = append(b, t.trials[i].word()...)
	}
	return string(b)
}

// timing is `web;dur=1.1;desc="404", api;dur=4;desc="200"`.
func (t *trace) timing() string {
	var room [192]byte
	b := room[:0]
	for i := range t.trials {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = append(b, t.trials[i].backend...)
		b = append(b, ";dur="...)
		b = strconv.AppendFloat(b, milliseconds(t.trials[i].took), 'f', -1, 64)
		b = append(b, `;desc="`...)
		b = append(b, t.trials[i].word()...)
		b = append(b, '"')
	}
	return string(b)
}

// milliseconds rounds to hundredths.
func milliseconds(d time.Duration) float64 {
	return float64(d.Round(10*time.Microsecond)) / float64(time.Millisecond)
}
