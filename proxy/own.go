package proxy

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"strconv"
)

// ownPrefix is where the gateway's own paths are, on the app's origin.
const ownPrefix = "/__devgate/"

// serveOwn answers the gateway's own paths: they only tell, and only words.
// The host is checked here, too: states are nobody's but the project's.
func (x *exchange) serveOwn() {
	switch r := x.r; {
	// Without a Host only HTTP/1.0 may ask, which no browser speaks.
	case !x.route.chain.hosts.Allowed(r.Host) && (r.Host != "" || r.ProtoAtLeast(1, 1)):
		x.fail(faultHost(r.Host))
	case r.URL.Path != ownPrefix+"state":
		x.fail(&fault{status: http.StatusNotFound, word: wordUnanswered, title: "devgate has nothing at this path"})
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		x.w.Header().Set("Allow", "GET, HEAD")
		x.fail(&fault{status: http.StatusMethodNotAllowed, word: "request", title: "this path can only be read"})
	default:
		x.serveState()
	}
}

// stateNow is what the gateway tells of backends on the app's origin: words.
type stateNow struct {
	State    string            `json:"state"`
	Backends map[string]string `json:"backends"`
	// Reached says whether the backend that was asked for accepts connections.
	Reached *bool `json:"reached,omitempty"`
}

// serveState tells one word for each backend, and one for all.
func (x *exchange) serveState() {
	backends := make(map[string]string)
	all := Ready
	for _, c := range x.route.chain.candidates {
		s := c.up.look()
		backends[c.Name] = s.Phase.String()
		switch {
		// One that is optional does not keep the page from being whole.
		case s.Phase == Down && !c.Optional:
			all = Down
		case s.Phase == Waiting && all == Ready:
			all = Waiting
		}
	}
	h := x.w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Etag", strconv.Quote(strconv.FormatUint(x.sockets, 36))) // another one after each change of a state
	json.NewEncoder(x.w).Encode(stateNow{all.String(), backends, x.reached()})
}

// reached tries a connection to the backend that ?reach= names; nil where it names none. A page
// that asked by requests of its own would have the errors of these in the browser's console.
func (x *exchange) reached() *bool {
	c := x.route.chain.find(x.r.URL.Query().Get("reach"))
	if c == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(x.ctx, reachPatience)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", c.up.place())
	if err == nil {
		conn.Close()
	}
	is := err == nil
	return &is
}
