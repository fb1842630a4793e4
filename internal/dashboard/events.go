package dashboard

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// events is one event stream (WHATWG HTML, "Server-sent events"). Several goroutines
// may send.
type events struct {
	w       http.ResponseWriter
	control *http.ResponseController

	mu sync.Mutex
}

func newEvents(w http.ResponseWriter) *events {
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no") // a tunnel in between is to pass it on at once
	return &events{w: w, control: http.NewResponseController(w)}
}

// send writes an event. It fails where the reader is gone, or has taken nothing for
// sendPatience. id is what the reader comes back with; "": none.
func (e *events) send(name, id string, data any) error {
	text, err := json.Marshal(data) // has no line end
	if err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.control.SetWriteDeadline(time.Now().Add(sendPatience))
	if id != "" {
		id = "id: " + id + "\n"
	}
	if _, err := fmt.Fprintf(e.w, "event: %s\n%sdata: %s\n\n", name, id, text); err != nil {
		return err
	}
	return e.control.Flush()
}
