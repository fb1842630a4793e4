package session

import (
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"

	"devgate/internal/dashboard"
	"devgate/internal/loopback"
	"devgate/internal/oserr"
	"devgate/internal/port"
	"devgate/procfile"
	"devgate/proxy/ingress"
)

// dashboards is where the project is shown in a browser. Where that is may change
// with a saved Devgatefile, so there is one dashboard after the other.
type dashboards struct {
	current *current
	version string

	port atomic.Int32 // 0: there is none. Requests ask for it, and the lock may wait for these

	mu        sync.Mutex
	listeners []net.Listener    // of the one that there is; nil: there is none
	project   dashboard.Project // nil until it is served
	server    *dashboard.Server
	closed    bool // no other one is opened any more
}

// claim takes the port of the dashboard for a setup. Requests wait until serve. The
// error is about a port that the Devgatefile names.
func (d *dashboards) claim(s *setup) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	listeners, err := listenForDashboard(s)
	if err == nil && listeners != nil {
		d.take(listeners)
	}
	return err
}

// serve answers requests with what a project tells.
func (d *dashboards) serve(project dashboard.Project) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.project = project
	if d.listeners != nil {
		d.take(d.listeners)
	}
}

// take makes listeners those of the dashboard, instead of what there was. The lock is
// held.
func (d *dashboards) take(listeners []net.Listener) {
	old := d.server
	d.listeners, d.server = listeners, nil
	d.port.Store(int32(listeners[0].Addr().(*net.TCPAddr).Port))
	if d.project != nil {
		accepts := func(host string) bool { return ingress.NewHosts(d.current.setup().File.Hosts).Configured(host) }
		d.server = dashboard.Open(dashboard.Options{Project: d.project, Listeners: listeners, Version: d.version, Accepts: accepts})
	}
	if old != nil {
		old.Close()
	}
}

// leave ends the one that there is. The lock is held.
func (d *dashboards) leave() {
	if d.server != nil {
		d.server.Close()
	}
	for _, l := range d.listeners {
		l.Close() // which the server has done where there was one
	}
	d.server, d.listeners = nil, nil
	d.port.Store(0)
}

// url is where the dashboard is, or "".
func (d *dashboards) url() string {
	if number := d.port.Load(); number != 0 {
		return fmt.Sprintf("http://localhost:%d", number)
	}
	return ""
}

// yield leaves a port to the gateway, unless the Devgatefile says that it is the
// dashboard's. follow opens another one.
func (d *dashboards) yield(to int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if int(d.port.Load()) == to && d.current.setup().DashboardPort != to {
		d.leave()
	}
}

// follow takes the dashboard to where the setup after another wants it, and returns
// what there is to say about that; "" where it stays. One that cannot be opened
// where it is wanted stays where it is.
func (d *dashboards) follow(before, after *setup) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed || d.fits(before, after) {
		return ""
	}
	if !after.File.Dashboard.Enabled {
		d.leave()
		return "there is no dashboard any more"
	}
	listeners, err := listenForDashboard(after)
	if err != nil {
		if d.listeners != nil {
			return err.Error() + "\n  until then it stays at " + d.url()
		}
		return err.Error()
	}
	verb := " moves to "
	if d.listeners == nil {
		verb = " is at "
	}
	d.take(listeners)
	return "the dashboard" + verb + d.url()
}

// fits reports whether the dashboard is where a setup wants it.
func (d *dashboards) fits(before, after *setup) bool {
	switch {
	case !after.File.Dashboard.Enabled:
		return d.listeners == nil
	case d.listeners == nil:
		return false
	case after.DashboardPort != 0:
		return int(d.port.Load()) == after.DashboardPort
	}
	// Open pages are not left for the sake of a nicer number.
	return after.Port == before.Port && !takenPorts(after)[int(d.port.Load())]
}

func (d *dashboards) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	d.leave()
}

// listenForDashboard opens the dashboard's port; nil where there is to be none.
func listenForDashboard(s *setup) ([]net.Listener, error) {
	switch {
	case !s.File.Dashboard.Enabled:
		return nil, nil
	case s.DashboardPort != 0:
		return listenAt(s, s.DashboardPort)
	}
	taken := takenPorts(s)
	for {
		number, err := port.Next(s.Port, taken)
		if err != nil {
			number, err = port.Free(taken)
		}
		if err != nil {
			return nil, fmt.Errorf("there is no port for the dashboard: %w\n  hint: write dashboard = PORT, or dashboard = false, in %s", err, s.Path)
		}
		listeners, err := loopback.Listen(number)
		if !oserr.AddrInUse.In(err) {
			return listeners, err
		}
		taken[number] = true // somebody was faster
	}
}

// listenAt opens a port that the Devgatefile names, or that is the dashboard's in a block.
func listenAt(s *setup, number int) ([]net.Listener, error) {
	err := port.Check(number)
	if err == nil {
		var listeners []net.Listener
		if listeners, err = loopback.Listen(number); err == nil {
			return listeners, nil
		}
	}
	where := s.Path
	if s.File.Has("dashboard") {
		where += ":" + s.File.Pos("dashboard").String()
	}
	if oserr.Forbidden.In(err) {
		why, _ := forbidden(err)
		return nil, fmt.Errorf("the dashboard may not listen on port %d: %s\n"+
			"  hint: choose another at %s", number, why, where)
	}
	var busy *port.BusyError
	errors.As(err, &busy)
	return nil, taken{conflict(s.Project, "the dashboard", err, fmt.Sprintf("dashboard = true at %s  leave the port to devgate", where)), busy}
}

// takenPorts are those that a dashboard must not take by itself: some service's, also
// of one that does not run now, the gateway's, and those that no browser opens.
func takenPorts(s *setup) map[int]bool {
	taken := map[int]bool{s.Port: true}
	for _, service := range s.Services {
		taken[service.Port] = true
		taken[s.ports[service.Name]] = true
	}
	for _, refused := range procfile.BlockedPorts() {
		taken[refused] = true
	}
	return taken
}

// named is a value behind its name; "" stays so.
func named(name, value string) string {
	if value == "" {
		return ""
	}
	return name + value
}
