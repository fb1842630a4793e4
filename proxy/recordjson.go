package proxy

import (
	"encoding/json"
	"time"
)

// exchangeJSON is the documented form of an Exchange. What people see beside it
// (how long it was held, for whom) is in the notes.
type exchangeJSON struct {
	At       time.Time `json:"at,omitzero"`
	Method   string    `json:"method"`
	Path     string    `json:"path"`
	Status   int       `json:"status"`
	Backend  string    `json:"backend"`
	Learned  bool      `json:"learned"`
	Duration float64   `json:"duration_ms"`
	Cascade  []Attempt `json:"cascade"`
}

// attemptJSON is the documented form of an Attempt.
type attemptJSON struct {
	Backend  string  `json:"backend"`
	Status   int     `json:"status"`
	Duration float64 `json:"duration_ms"`
	Note     string  `json:"note"`
}

// MarshalJSON implements json.Marshaler. A zero At is left out; ID, Host, Held,
// Lost, Conclusion and Near are not part of the form.
func (e Exchange) MarshalJSON() ([]byte, error) {
	cascade := e.Cascade
	if cascade == nil {
		cascade = []Attempt{}
	}
	return json.Marshal(exchangeJSON{e.At, e.Method, e.Path, e.Status, e.Backend, e.Learned, milliseconds(e.Duration), cascade})
}

// UnmarshalJSON implements json.Unmarshaler.
func (e *Exchange) UnmarshalJSON(b []byte) error {
	var j exchangeJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	*e = Exchange{
		At: j.At, Method: j.Method, Path: j.Path, Status: j.Status, Backend: j.Backend, Learned: j.Learned,
		Duration: fromMilliseconds(j.Duration), Cascade: j.Cascade,
	}
	return nil
}

// MarshalJSON implements json.Marshaler.
func (a Attempt) MarshalJSON() ([]byte, error) {
	return json.Marshal(attemptJSON{a.Backend, a.Status, milliseconds(a.Duration), a.Note})
}

// UnmarshalJSON implements json.Unmarshaler.
func (a *Attempt) UnmarshalJSON(b []byte) error {
	var j attemptJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	*a = Attempt{j.Backend, j.Status, fromMilliseconds(j.Duration), j.Note}
	return nil
}

// milliseconds rounds to hundredths.
func milliseconds(d time.Duration) float64 {
	return float64(d.Round(10*time.Microsecond)) / float64(time.Millisecond)
}

func fromMilliseconds(ms float64) time.Duration {
	return time.Duration(ms * float64(time.Millisecond)).Round(10 * time.Microsecond)
}
