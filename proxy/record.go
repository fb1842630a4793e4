package proxy

import "time"

// Exchange is the record of one request: who was asked, what each said, and
// what the client got. The gateway's own paths are not recorded.
type Exchange struct {
	// ID counts the requests of this gateway in the order of their ends, from 1.
	ID uint64
	// At is when the request's head had arrived.
	At time.Time
	// Method, Path (the target as it was sent, with its query) and Host are
	// the client's. A target longer than 2 KiB, and the others above 256 bytes,
	// are cut and end in "...".
	Method, Path, Host string
	// Status of the client's answer; 0 when the client left before it.
	Status int
	// Backend whose answer it was; "static" for the folder, "" for an answer of
	// the gateway's own.
	Backend string
	// Learned says that the answer had been asked for ahead of the refusals
	// before it (speculation).
	Learned bool
	// Duration is the time from the head of the request to the end of the
	// answer; for event streams and upgraded connections, to its head.
	Duration time.Duration
	// Held is the part of it in which the request waited for a backend that
	// was not ready.
	Held time.Duration
	// Cascade has one entry for each backend asked, in order.
	Cascade []Attempt
	// ReplayOf is the ID of the request that Replay sent again as this one; 0 for
	// a client's own.
	ReplayOf uint64
	// Lost is the number of exchanges before this one that a reader of Follow
	// missed because it was slow; 0 elsewhere.
	Lost int
	// Conclusion says in a sentence what follows, and Near what was answered in this run and
	// is close to a request that nobody has. Explain and Replay give them.
	Conclusion string
	Near       []NearMiss
}

// Attempt is what one backend had to say to a request.
type Attempt struct {
	Backend  string
	Status   int           // 0: it gave no answer, or was not asked
	Duration time.Duration // from the asking to the head of its answer
	Note     string        // for people: "falls through", "held 1.2s: restarting"; often ""
}

// NearMiss is a request that was answered in this run, with 2xx or 3xx, and is
// close to one that nobody answered.
type NearMiss struct {
	Method string `json:"method"`
	// Path as it was asked for, without its query.
	Path string `json:"path"`
	// Backend that answered it last; "static" for the folder.
	Backend string `json:"backend"`
	// Status that it was answered with first.
	Status int `json:"status"`
	// Difference to what was asked, for people: "trailing slash", "another method".
	Difference string `json:"difference"`
}

// String is "GET /users/ → api".
func (m NearMiss) String() string { return m.Method + " " + m.Path + " → " + m.Backend }
