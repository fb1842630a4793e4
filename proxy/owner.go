package proxy

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"

	"devgate/proxy/wire"
)

// ownersMax bounds the sockets remembered.
const ownersMax = 1024

// owners is which backend switched protocols for a path and protocol. Its zero value is
// ready to use.
type owners struct {
	age    atomic.Uint64 // counts forget; changed under mu
	mu     sync.Mutex
	owners map[string]string
}

// remember keeps what was found out since the memory had that age, if nothing
// was forgotten meanwhile.
func (m *owners) remember(socket, name string, age uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.age.Load() != age {
		return
	}
	if m.owners == nil || len(m.owners) >= ownersMax {
		m.owners = make(map[string]string)
	}
	m.owners[socket] = name
}

// owner returns the backend's name, "" when none is known.
func (m *owners) owner(socket string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.owners[socket]
}

// forget drops everything: after a restart any backend may answer otherwise.
func (m *owners) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.age.Add(1)
	m.owners = nil
}

// hmrOwner is the backend that serves Vite's client, whose sockets it wants
// back (protocol "vite-hmr"). Its name stays right over restarts.
type hmrOwner struct{ name atomic.Pointer[string] }

const viteClient = "/@vite/client"

// notice learns from an answer that is used.
func (o *hmrOwner) notice(path string, rep *reply) {
	if !strings.HasSuffix(path, viteClient) {
		return
	}
	if s := rep.resp.Status; s == http.StatusOK || s == http.StatusNotModified {
		o.name.Store(&rep.c.Name)
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
	if name == nil || !wire.HasToken(protocols, "vite-hmr") && !wire.HasToken(protocols, "vite-ping") {
		return ""
	}
	return *name
}
