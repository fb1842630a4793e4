package proxy

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"

	"devgate/proxy/message"
)

// ownersMax bounds the sockets remembered.
const ownersMax = 1024

// owners is which backend switched protocols, by socket: path and protocol. Its
// zero value is ready to use.
type owners struct {
	generation atomic.Uint64 // counts forget; changed under mu

	mu    sync.Mutex
	names map[string]string
}

// remember keeps what was found out in a generation, if that still lasts.
func (m *owners) remember(socket, name string, generation uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.generation.Load() != generation {
		return
	}
	if m.names == nil || len(m.names) >= ownersMax {
		m.names = make(map[string]string)
	}
	m.names[socket] = name
}

// owner returns the backend's name, "" when none is known.
func (m *owners) owner(socket string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.names[socket]
}

// forget drops everything: after a restart any backend may answer otherwise.
func (m *owners) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.generation.Add(1)
	m.names = nil
}

// hmrOwner is the backend that serves Vite's client, whose sockets it wants
// back (protocol "vite-hmr"). Its name stays right over restarts.
type hmrOwner struct{ name atomic.Pointer[string] }

const (
	viteClient  = "/@vite/client"
	hmrProtocol = "vite-hmr"
)

// notice learns from an answer of a backend that is used.
func (o *hmrOwner) notice(path, name string, status int) {
	if strings.HasSuffix(path, viteClient) && (status == http.StatusOK || status == http.StatusNotModified) {
		owner := name // a copy: most answers are of other paths, and need not pay for it
		o.name.Store(&owner)
	}
}

// forget drops a backend that has moved.
func (o *hmrOwner) forget(name string) {
	if p := o.name.Load(); p != nil && strings.EqualFold(*p, name) {
		o.name.CompareAndSwap(p, nil)
	}
}

// owner returns the name, "" when h does not ask for Vite's sockets or their
// owner is not known.
func (o *hmrOwner) owner(h http.Header) string {
	name := o.name.Load()
	protocols := h["Sec-Websocket-Protocol"]
	if name == nil || !message.HasToken(protocols, hmrProtocol) && !message.HasToken(protocols, "vite-ping") {
		return ""
	}
	return *name
}
