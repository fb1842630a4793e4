package proxy

import (
	"encoding/json"
	"time"
)

// attemptJSON is the documented form of an Attempt.
type attemptJSON struct {
	Backend  string  `json:"backend"`
	Status   int     `json:"status"`
	Duration float64 `json:"duration_ms"`
	Note     string  `json:"note"`
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
